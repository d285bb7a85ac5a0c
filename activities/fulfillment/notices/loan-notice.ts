/** The notice of a decision about one loan, as it is stored (fulfillment-loans.md, S8.9). */
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import type { Loan, LoanNotice } from '../../../models/loan.js';

/** What makes it one notice of its loan and due cycle, and its letter. */
export type Noticed = Pick<LoanNotice, 'kind' | 'profileId' | 'dayKey' | 'sendFormat' | 'state' | 'letterKey' | 'data'>;

/** The whole document: it goes in lean. */
export function noticeOf(
  run: Run, loan: Pick<Loan, '_id' | 'dueCycle' | 'userId' | 'libraryCode'>, noticed: Noticed, now: Date,
): LoanNotice {
  const { kind, profileId, dayKey, sendFormat, state, letterKey, data } = noticed;
  return {
    _id: newId(),
    institutionId: run.institutionId,
    loanId: loan._id,
    dueCycle: loan.dueCycle,
    kind,
    profileId,
    dayKey,
    userId: loan.userId,
    libraryCode: loan.libraryCode,
    sendFormat,
    runId: run.runId,
    decidedAt: now,
    data,
    state,
    letterKey,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
