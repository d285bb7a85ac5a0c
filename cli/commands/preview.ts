/** `almanac preview <job key>`: what a run would do, without doing it. */
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

export function previewCommand() {
  return command('preview <job-key>', 'Show what a run would do; nothing is written but the preview', 'almanac preview loans-overdue-and-lost --institution demo')
    .option(...institutionOption)
    .argument('<job-key>', 'the key of the job, such as loans-overdue-and-lost')
    .option('--as-of <instant>', 'preview as at another instant (ISO 8601)')
    .action(async (jobKey: string, { institution, json, asOf: asOfText }: Options) => {
      const asOf = instantOption('--as-of', asOfText);
      await withOperating('almanac preview', async (operating) => {
        const { models } = operating;
        const institutionId = await institutionCode(models, institution);
        const job = await scheduledJobByKey(models, institutionId, jobKey);
        const started = await startRun(operating, {
          institutionId,
          scheduledJobId: job._id,
          trigger: 'DRY_RUN',
          submittedBy: { type: 'SYSTEM', id: null, name: 'Command line' },
          ...(asOf === undefined ? {} : { asOf }),
        });
        const run = await followed(operating, institutionId, started._id);
        const batches = await models.RunBatch.find({ institutionId, runId: run.id }, { proposals: 1 }).sort({ batchNo: 1 }).lean();
        const proposals = batches.flatMap((batch) => batch.proposals);
        answer(json, { ...run, proposals }, () => [
          ...reportLines(run),
          '',
          ...proposals.map(({ action, recordType, recordLabel }) => `  ${action.padEnd(24)} ${recordType} ${recordLabel}`),
        ]);
        process.exitCode = exitCodeOf(run);
      });
    });
}
