/** `almanac explain <job key> <record>`: why a job acts on a record, or leaves it, rule by rule. */
import { createExplainers } from '../../activities/explain.js';
import { explainRecord } from '../../api/operations/explain-record.js';
import { now } from '../../config/clock.js';
import { answer, command, institutionOption } from '../command.js';
import { scheduledJobByKey } from '../job-by-key.js';
import { instantOption, institutionCode, withModels } from '../operating.js';

interface Options {
  institution?: string;
  json: boolean;
  asOf?: string;
}

export function explainCommand() {
  return command('explain <job-key> <record>', 'Say why a job acts on a record, or leaves it, rule by rule', 'almanac explain loans-overdue-and-lost loan:CONC4000037 --institution concerto')
    .option(...institutionOption)
    .argument('<job-key>', 'the key of the job, such as loans-overdue-and-lost')
    .argument('<record>', 'the record, such as loan:<barcode> or loan:<id>')
    .option('--as-of <instant>', 'as at another instant (ISO 8601); default: now')
    .action(async (jobKey: string, record: string, { institution, json, asOf: asOfText }: Options) => {
      const asOf = instantOption('--as-of', asOfText);
      await withModels('almanac explain', async (models) => {
        const institutionId = await institutionCode(models, institution);
        await scheduledJobByKey(models, institutionId, jobKey);
        const input = { institutionId, jobKey, record, ...(asOf === undefined ? {} : { asOf }) };
        const explanation = await explainRecord({ models, now, explainers: createExplainers(models) }, input);
        answer(json, explanation, () => [
          `${explanation.recordType} ${explanation.label} (${explanation.recordId})`,
          explanation.summary,
          ...explanation.actions.map((action) => `  ${action}`),
          ...explanation.problems.map((code) => `  problem: ${code}`),
          '',
          ...explanation.questions.map(({ rule, holds, compared }) => `  ${holds ? 'yes' : 'no '}  ${rule}${comparedText(compared)}`),
        ]);
      });
    });
}

function comparedText(compared: Record<string, unknown>): string {
  const pairs = Object.entries(compared).map(([name, value]) => `${name} ${valueText(value)}`);
  return pairs.length === 0 ? '' : `  (${pairs.join(', ')})`;
}

function valueText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
