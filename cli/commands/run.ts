/** `almanac run <job key>`: starts a run, waits, prints its report. */
import { startRun } from '../../api/operations/start-run.js';
import { answer, command, institutionOption } from '../command.js';
import { scheduledJobByKey } from '../job-by-key.js';
import { instantOption, institutionCode, withOperating } from '../operating.js';
import { exitCodeOf, followed, reportLines } from '../run-report.js';

interface Options {
  institution?: string;
  json: boolean;
  asOf?: string;
}

export function runCommand() {
  return command('run <job-key>', 'Run a job now and print its report', 'almanac run loans-overdue-and-lost --institution demo')
    .option(...institutionOption)
    .argument('<job-key>', 'the key of the job, such as loans-overdue-and-lost')
    .option('--as-of <instant>', 'run as at another instant (ISO 8601); in SANDBOX institutions only')
    .action(async (jobKey: string, { institution, json, asOf: asOfText }: Options) => {
      const asOf = instantOption('--as-of', asOfText);
      await withOperating('almanac run', async (operating) => {
        const institutionId = await institutionCode(operating.models, institution);
        const job = await scheduledJobByKey(operating.models, institutionId, jobKey);
        const started = await startRun(operating, {
          institutionId,
          scheduledJobId: job._id,
          trigger: 'MANUAL',
          submittedBy: { type: 'SYSTEM', id: null, name: 'Command line' },
          byOperator: true,
          ...(asOf === undefined ? {} : { asOf }),
        });
        const run = await followed(operating, institutionId, started._id);
        answer(json, run, () => reportLines(run));
        process.exitCode = exitCodeOf(run);
      });
    });
}
