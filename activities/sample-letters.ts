/** A letter of a preview as it would look. */
import type { Run } from '../domain/run.js';
import type { StoredLetter } from '../models/letter.js';
import type { Models } from '../models/models.js';
import type { Proposal } from '../models/run.js';
import { renderLetter } from '../templates/render.js';

/** So many letters a preview shows (platform.md 8). */
export const SAMPLE_LETTERS = 20;

export function sampleOf({ letterCode, dedupeKey, channel, language, data, suppressedReason }: StoredLetter): Proposal {
  const { subject, html, text } = renderLetter(letterCode, 'EMAIL', data, { language, defaultLanguage: language });
  return {
    recordType: 'letter',
    recordId: dedupeKey,
    recordLabel: letterCode,
    action: 'LETTER',
    details: { subject, html, text, channel, suppressedReason },
  };
}

/** How many letters the earlier pages of a preview show. */
export async function lettersShown(models: Models, { institutionId, runId, batchNo }: Run): Promise<number> {
  const batches = await models.RunBatch.find({ institutionId, runId, batchNo: { $lt: batchNo } }, { proposals: 1 }).lean();
  return batches.flatMap(({ proposals }) => proposals).filter(({ recordType }) => recordType === 'letter').length;
}
