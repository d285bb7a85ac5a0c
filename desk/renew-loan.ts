/** Renews a loan for whoever asks, by the decision that the nightly renewal asks as well (notifications-courtesy-and-renewals, rules 2-10). */
import { decideRenewal, type RenewalRefusal } from '../domain/fulfillment/renewal.js';
import { overdueFine } from '../domain/overdue-fine.js';
import type { Fee } from '../models/fee.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import { newFee } from '../models/new-fee.js';
import { readRenewalLimits, readRenewalSurroundings } from '../models/renewal-surroundings.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { finedLoan } from './fined-loan.js';
import { dueDateOfCycleBefore, writeLoanEvent } from './loan-event.js';
import { readLoanGround, type LoanGround } from './loan-ground.js';
import { postFine, takeBackFees } from './post-fine.js';

/** `detail`: the description of the block, of USER_BLOCKED. */
export type RenewedLoan =
  /** `fees`: charged for the renewal, or the fine of an overdue loan. `again`: this due cycle had been renewed before. */
  | { outcome: 'RENEWED'; loan: Loan; fees: Fee[]; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_CLAIMED' | 'LOAN_BUSY' | 'CHANGED_SINCE' | RenewalRefusal; detail: string | null };

const refuse = (reason: Extract<RenewedLoan, { outcome: 'REFUSED' }>['reason'], detail: string | null = null): RenewedLoan => ({ outcome: 'REFUSED', reason, detail });

/**
 * Repeatable: `dueCycle` is the one that whoever asks has seen, and it is renewed once. CHANGED_SINCE: the loan is in another cycle by
 * something else than this renewal.
 */
export async function renewLoan(deed: Deed, loanId: string, dueCycle: number): Promise<RenewedLoan> {
  const { models, institutionId, at } = deed;
  let charged: Fee[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    const isRenewed = loan !== null && loan.dueCycle === dueCycle + 1 && loan.dueDateSource === 'RENEWAL';
    // Another desk that was faster found these fees there and counts on them; the nightly renewal charges nobody.
    if (!isRenewed || (charged.length > 0 && (await isOfJob(deed, loan)))) await takeBackFees(deed, charged);
    if (loan === null) return refuse('NO_LOAN');
    if (isRenewed) return renewedBefore(deed, loan);
    if (loan.dueCycle !== dueCycle) return refuse('CHANGED_SINCE');
    const { status, processStatus, dueDate } = loan;
    if (status === 'COMPLETE') return refuse('LOAN_ENDED');
    if (processStatus === 'LOST') return refuse('LOAN_LOST');
    if (processStatus === 'CLAIMED_RETURN') return refuse('LOAN_CLAIMED');
    if (attempt > ATTEMPTS) return refuse('LOAN_BUSY');

    const ground = await readLoanGround(deed, loan);
    const decision = await decide(deed, loan, ground);
    if (decision.action === 'REFUSE') return refuse(decision.reason, decision.detail);
    charged = await charge(deed, loan, ground);
    const set = {
      dueDate: new Date(decision.newDueDate), dueDateSource: 'RENEWAL', processStatus: 'RENEW', processStatusDate: at, lastRenewalAt: at, lastRenewalFailure: null,
    } as const;
    const renewed = await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status, processStatus, dueCycle, dueDate },
      { $set: set, $inc: { dueCycle: 1, renewalCount: 1, version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (renewed === null) continue;
    await writeLoanEvent(deed, renewed, { type: 'RENEWED', oldDueDate: dueDate, newDueDate: renewed.dueDate });
    return { outcome: 'RENEWED', loan: renewed, fees: charged, again: false };
  }
}

/** The job notes a renewal before it makes it. */
async function isOfJob({ models, institutionId }: Deed, { _id: loanId, dueCycle }: Loan): Promise<boolean> {
  return (await models.LoanNotice.findOne({ institutionId, loanId, dueCycle, kind: 'RENEWED' }, { _id: 1 }).lean()) !== null;
}

/** The event of a renewal that broke off is written as that would have; one of the job is the job's to write. */
async function renewedBefore(deed: Deed, loan: Loan): Promise<RenewedLoan> {
  if (!(await isOfJob(deed, loan))) {
    const then = { ...deed, at: loan.lastRenewalAt ?? deed.at };
    await writeLoanEvent(then, loan, { type: 'RENEWED', oldDueDate: await dueDateOfCycleBefore(deed, loan), newDueDate: loan.dueDate });
  }
  return { outcome: 'RENEWED', loan, fees: [], again: true };
}

async function decide({ models, institutionId, at }: Deed, loan: Loan, { moment, policies, calendar }: LoanGround) {
  const [limits, { borrowers, claims }] = await Promise.all([readRenewalLimits(models, institutionId), readRenewalSurroundings(models, institutionId, at, [loan])]);
  const { processStatus, recall, loanDate, dueDate, userId } = loan;
  const renewable = { processStatus, recalled: recall?.active ?? false, loanDate: loanDate.getTime(), dueDate: dueDate.getTime() };
  const { requested, bookedFrom } = claims.get(loan._id) ?? { requested: null, bookedFrom: null };
  return decideRenewal(renewable, {
    moment, policies: policies ?? undefined, calendar: calendar ?? undefined, borrower: borrowers.get(userId ?? ''), ...limits, requested, bookedFrom,
  });
}

/** The fine of the cycle that ends (S6.7), and what the renewal costs. Answers with what was charged here. */
async function charge(deed: Deed, loan: Loan, { moment, policies, calendar, currency }: LoanGround): Promise<Fee[]> {
  const { models, institutionId, at } = deed;
  if (policies === null || calendar === null) return [];
  const fine = await postFine(deed, loan, overdueFine(finedLoan(loan), policies, calendar, moment.asOf), currency);
  const fees = fine === null ? [] : [fine];
  if (policies.renewFee === 0) return fees;
  const charge = { type: 'RENEW_FEE', amount: policies.renewFee, currency, dedupeKey: `renew:${loan._id}:${loan.dueCycle + 1}` };
  const fee = newFee(institutionId, charge, { ...loan, loanId: loan._id }, at);
  const there = await insertOnce(models.Fee, [fee]);
  return there.length === 0 ? [...fees, fee] : fees;
}
