/** What is done to a loan at the desk, by pages and REST alike: who may, how it is refused, what the audit says (platform.md 11 and 12). */
import { cancelRecall } from '../desk/cancel-recall.js';
import { claimReturned } from '../desk/claim-returned.js';
import { declareLost, type DeclaredLost } from '../desk/declare-lost.js';
import { foundLoan, type FoundLoan } from '../desk/found-loan.js';
import { lendItem, type AskedLoan } from '../desk/lend-item.js';
import { moveDueDate } from '../desk/move-due-date.js';
import { recallLoan, type AskedRecall } from '../desk/recall-loan.js';
import { renewLoan, type RenewedLoan } from '../desk/renew-loan.js';
import { returnFromBookDrop } from '../desk/return-from-book-drop.js';
import { returnLoan, type ReturnedLoan } from '../desk/return-loan.js';
import { returnLoanDatedBack } from '../desk/return-loan-dated-back.js';
import type { AskedDueDate } from '../domain/fulfillment/moved-due-dates.js';
import type { Loan } from '../models/loan.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { deedOf, notPossible } from './desk.js';
import type { Viewer } from './viewer.js';

type Done<T extends { outcome: string }> = Exclude<T, { outcome: 'REFUSED' }>;

/** Who does it, in which words the audit names them. */
export interface Clerk {
  viewer: Viewer;
  author: Author;
}

export async function lend(context: ApiContext, { viewer, author }: Clerk, asked: AskedLoan): Promise<Loan> {
  const { override } = asked;
  const result = await lendItem(deedOf(context, viewer, override ? 'CIRCULATION_OVERRIDE' : 'CIRCULATION'), asked);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason, result.detail);
  if (!result.again) await record(context, result.loan, override ? 'LEND_OVERRIDING' : 'LEND', author);
  return result.loan;
}

/** `dueCycle`: the one that whoever asks has seen. */
export async function renew(context: ApiContext, { viewer, author }: Clerk, loanId: string, dueCycle: number): Promise<Done<RenewedLoan>> {
  const result = await renewLoan(deedOf(context, viewer), loanId, dueCycle);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason, result.detail);
  if (!result.again) await record(context, result.loan, 'RENEW', author);
  return result;
}

/** When an item came back that is returned: just now, while the library was closed, or at another time. */
export type CameBack = 'NOW' | 'BOOK_DROP' | Date;

/** What is dated back to a time that somebody says takes off fines, as a waiver does, and asks for the same permission. */
export async function giveBack(context: ApiContext, { viewer, author }: Clerk, loanId: string, back: CameBack): Promise<Done<ReturnedLoan>> {
  const deed = deedOf(context, viewer, back instanceof Date ? 'CIRCULATION_OVERRIDE' : 'CIRCULATION');
  const result = back instanceof Date ? await returnLoanDatedBack(deed, loanId, back) : await (back === 'NOW' ? returnLoan : returnFromBookDrop)(deed, loanId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  const action = back instanceof Date ? 'RETURN_DATED_BACK' : back === 'NOW' ? 'RETURN' : 'RETURN_FROM_BOOK_DROP';
  if (result.outcome === 'RETURNED') await record(context, result.loan, action, author);
  return result;
}

export async function claim(context: ApiContext, { viewer, author }: Clerk, loanId: string): Promise<Loan> {
  const result = await claimReturned(deedOf(context, viewer), loanId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'CLAIM_RETURNED', author);
  return result.loan;
}

export async function lose(context: ApiContext, { viewer, author }: Clerk, loanId: string): Promise<Done<DeclaredLost>> {
  const result = await declareLost(deedOf(context, viewer), loanId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'DECLARE_LOST', author);
  return result;
}

export async function find(context: ApiContext, { viewer, author }: Clerk, loanId: string): Promise<Done<FoundLoan>> {
  const result = await foundLoan(deedOf(context, viewer), loanId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'FOUND', author);
  return result;
}

export async function setDueDate(context: ApiContext, { viewer, author }: Clerk, loanId: string, due: AskedDueDate): Promise<Loan> {
  const result = await moveDueDate(deedOf(context, viewer), loanId, due);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'DUE_DATE', author);
  return result.loan;
}

export async function recall(context: ApiContext, { viewer, author }: Clerk, loanId: string, asked: AskedRecall): Promise<Loan> {
  const result = await recallLoan(deedOf(context, viewer), loanId, asked);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'RECALL', author);
  return result.loan;
}

export async function endRecall(context: ApiContext, { viewer, author }: Clerk, loanId: string): Promise<Loan> {
  const result = await cancelRecall(deedOf(context, viewer), loanId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.loan, 'CANCEL_RECALL', author);
  return result.loan;
}

function record(context: ApiContext, { institutionId, _id, barcode }: Loan, action: string, author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'Loan', id: _id, label: barcode }, { action, author });
}
