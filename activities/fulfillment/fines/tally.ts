/** What a page reports: its counters and its problems (fulfillment-loans.md, fines-fees-notifications, Report). */
import type { Counters, Problem } from '../../../domain/run.js';
import type { StoredLetter } from '../../../models/letter.js';
import { finesFeesLetterData } from '../../../templates/letters/ful-fines-fees-notification-letter.js';
import type { JudgedDebtor } from './judge.js';
import type { Outcome } from './write-letters.js';

const add = (counters: Counters, key: string, amount = 1): void => void (counters[key] = (counters[key] ?? 0) + amount);

/** Letters count as they are written, not as the rules would have them now: a patron may have paid between two attempts at a page. */
export function tally(judged: readonly JudgedDebtor[], { letters, changedDuringRun, problems }: Outcome, currency: string): { counters: Counters; problems: Problem[] } {
  const told = new Set(letters.flatMap(({ recipient }) => recipient.id ?? []));
  const others = judged.filter(({ userId }) => !told.has(userId));
  const missing = others.filter(({ decision }) => decision.action === 'LEAVE' && decision.reason === 'USER_MISSING');
  const counters: Counters = {
    recordsSelected: told.size + others.length,
    recordsProcessed: told.size + others.length,
    recordsChanged: told.size,
    recordsUnchanged: others.length - missing.length,
    recordsInError: missing.length,
  };
  if (changedDuringRun.size > 0) counters.changedDuringRun = changedDuringRun.size;
  addLetters(counters, letters, currency);
  return { counters, problems: [...missing.map(userMissing), ...problems] };
}

function addLetters(counters: Counters, letters: readonly StoredLetter[], currency: string): void {
  const byKey = new Map<string, { userId: string | null; type: number; total: number; notificationFee: number }>();
  for (const { dedupeKey, recipient, state, data } of letters) {
    const { notificationType, total, notificationFee } = finesFeesLetterData.parse(data);
    byKey.set(dedupeKey.slice(0, dedupeKey.lastIndexOf(':')), { userId: recipient.id, type: notificationType, total, notificationFee });
    add(counters, 'lettersCreated');
    if (state === 'SUPPRESSED') add(counters, 'lettersSuppressed');
    add(counters, `lettersType${notificationType}`);
  }
  const matched = new Set([...byKey.values()].map(({ type, userId }) => `usersMatchedType${type} ${userId}`));
  for (const match of matched) add(counters, match.slice(0, match.indexOf(' ')));
  for (const { total, notificationFee } of byKey.values()) {
    add(counters, `totalDebtNotifiedAmount:${currency}`, total);
    if (notificationFee === 0) continue;
    add(counters, 'notificationFees');
    add(counters, `notificationFeesAmount:${currency}`, notificationFee);
  }
}

const userMissing = ({ userId, primaryId }: JudgedDebtor): Problem => ({
  severity: 'ERROR',
  code: 'USER_MISSING',
  message: 'The patron is not there any more: nobody could be told what is owed',
  params: { userId },
  recordType: 'user',
  recordId: userId,
  recordLabel: primaryId,
  retryable: true,
});
