/** A letter of a preview as it would look. */
import type { StoredLetter } from '../models/letter.js';
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
