/** What a run would tell the patrons of a page, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import { SAMPLE_LETTERS, sampleOf } from '../../sample-letters.js';
import type { JudgedAccount } from './judge.js';
import type { Outcome } from './write-letters.js';

/** `shown`: so many letters the pages before show already. */
export function proposalsOf(judged: readonly JudgedAccount[], { letters }: Outcome, shown: number): Proposal[] {
  const reports = judged.flatMap(({ account, primaryId, letters: own, decision }) => {
    if (decision.action === 'LEAVE') return [];
    const { overdue, loans, feeIds, totalDebt } = decision.report;
    const totalAccrued = overdue.reduce((sum, { accruedFine }) => sum + accruedFine, 0);
    const details = { overdue: overdue.length, loans: loans.length, fees: feeIds.length, totalDebt, totalAccrued, letterKeys: own.map(({ letterKey }) => letterKey) };
    return [{ recordType: 'user', recordId: account.userId, recordLabel: primaryId ?? account.userId, action: 'ACTIVITY_REPORT', details }];
  });
  return [...letters.slice(0, Math.max(0, SAMPLE_LETTERS - shown)).map(sampleOf), ...reports];
}
