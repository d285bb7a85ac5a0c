/** Explains one record by one job, at any moment (platform.md 8). */
import { jobOf } from '../../catalogue/jobs.js';
import type { Explain, Explanation } from '../../domain/explanation.js';
import { Refusal } from '../refusal.js';
import { institutionOf, type Operating } from './context.js';

export interface ExplainInput {
  institutionId: string;
  jobKey: string;
  /** `loan:<id or barcode>`. */
  record: string;
  /** Default: now. */
  asOf?: Date;
}

/** Nothing is stored. Refusals: not-found, job-not-available, validation-failed. */
export async function explainRecord(
  operating: Pick<Operating, 'models' | 'now'> & { explainers: Readonly<Record<string, Explain>> },
  { institutionId, jobKey, record, asOf }: ExplainInput,
): Promise<Explanation> {
  const { models, now, explainers } = operating;
  const institution = await institutionOf(operating, institutionId);
  const job = await models.ScheduledJob.findOne({ institutionId, jobKey, deletedAt: null }).lean();
  const explain = explainers[jobKey];
  if (job === null) throw new Refusal('not-found', `${institutionId} has no scheduled job "${jobKey}".`);
  if (explain === undefined || !jobOf(jobKey).available) throw new Refusal('job-not-available', `"${job.name}" is not yet available.`);

  const { timeZone, currency } = institution;
  const at = (asOf ?? now()).toISOString();
  const request = { institutionId, record, asOf: at, timeZone, currency, parameters: job.parameters };
  const explanation = await explain(request).catch((error: unknown) => {
    if (error instanceof RangeError) throw new Refusal('validation-failed', error.message, [{ pointer: '/record', code: 'invalid', message: error.message }]);
    throw error;
  });
  if (explanation === null) throw new Refusal('not-found', `There is no record "${record}" in ${institutionId}.`);
  return explanation;
}
