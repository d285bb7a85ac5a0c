/** What a run would do about the patrons of a page, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import { SAMPLE_LETTERS, sampleOf } from '../../sample-letters.js';
import { lettersOf, type JudgedDebtor } from './judge.js';
import type { Outcome } from './write-letters.js';

/** `shown`: so many letters the pages before show already. */
export function proposalsOf(judged: readonly JudgedDebtor[], { letters }: Outcome, shown: number): Proposal[] {
  const notices = judged.flatMap(({ userId, primaryId, decision }) => lettersOf(decision).map(({ letterKey, profile, feeIds, total }) => ({
    recordType: 'user',
    recordId: userId,
    recordLabel: primaryId ?? userId,
    action: `NOTIFICATION_${profile.notificationType}`,
    details: { profile: profile.name, fees: feeIds.length, total, notificationFee: profile.notificationFee, sendFormat: profile.sendFormat, letterKey },
  })));
  return [...letters.slice(0, Math.max(0, SAMPLE_LETTERS - shown)).map(sampleOf), ...notices];
}
