/** `almanac runs`: the latest runs of an institution. */
import { answer, command, institutionOption } from '../command.js';
import { countOption } from '../count-option.js';
import { institutionCode, withModels } from '../operating.js';

interface Options {
  institution?: string;
  json: boolean;
  limit: string;
}

export function runsCommand() {
  return command('runs', 'List the latest runs, newest first', 'almanac runs --institution demo --limit 10')
    .option(...institutionOption)
    .option('--limit <number>', 'how many', '20')
    .action(async ({ institution, json, limit }: Options) => {
      const count = countOption('--limit', limit);
      await withModels('almanac runs', async (models) => {
        const institutionId = await institutionCode(models, institution);
        const runs = await models.Run.find({ institutionId }).sort({ submittedAt: -1, _id: -1 }).limit(count).lean();
        answer(json, runs.map(({ _id, ...run }) => ({ id: _id, ...run })), () =>
          runs.map(({ processId, status, submittedAt, trigger, businessDate, name }) =>
            [String(processId).padStart(6), submittedAt.toISOString(), status.padEnd(24), trigger.padEnd(12), businessDate, name].join('  '),
          ),
        );
      });
    });
}
