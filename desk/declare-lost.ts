/** The patron says that the item is lost: it is charged for as if the night had made it lost (loans-overdue-and-lost, rules 8 and 9; data-model.md, lost.by STAFF). */
import { dayText } from '../domain/days.js';
import { lostFees, type ReplacementProblem } from '../domain/fulfillment/overdue-fees.js';
import { converterOn } from '../domain/money.js';
import { overdueFine } from '../domain/overdue-fine.js';
import type { Fee } from '../models/fee.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import { newFee } from '../models/new-fee.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { finedLoan } from './fined-loan.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { takeBackFees } from './post-fine.js';

export type LossProblem = ReplacementProblem | 'TOU_MISSING';
export type DeclaredLost =
  /** `fees`: charged for it here. `again`: it was lost already. */
  | { outcome: 'LOST'; loan: Loan; fees: Fee[]; problems: LossProblem[]; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_ENDED' | 'LOAN_BUSY' };

/**
 * Both fees of a lost loan are charged, as the terms of use say; a profile, which may leave one out, speaks for the night alone. No letter
 * goes out: the patron said so. The loan changes first, as in the job, so that a run and the desk charge it once; what broke off after that
 * is completed by declaring it lost once more.
 */
export async function declareLost(deed: Deed, loanId: string): Promise<DeclaredLost> {
  const { models, institutionId, at } = deed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    const { status, processStatus, dueCycle, lostCount } = loan;
    if (status === 'COMPLETE') return { outcome: 'REFUSED', reason: 'LOAN_ENDED' };
    if (processStatus === 'LOST') {
      return (await isHalfLost(deed, loan)) ? complete({ ...deed, at: loan.lost?.at ?? at }, loan, true) : { outcome: 'LOST', loan, fees: [], problems: [], again: true };
    }
    const lost = { at, by: 'STAFF', profileId: null, runId: null, previousStatus: processStatus } as const;
    const changed = await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status: 'ACTIVE', processStatus, dueCycle, lostCount },
      { $set: { processStatus: 'LOST', processStatusDate: at, lost }, $inc: { lostCount: 1, version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (changed !== null) return complete(deed, changed, false);
  }
  return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
}

/** By the desk; what a run left half done is the next run's. The item is marked last. */
async function isHalfLost({ models, institutionId }: Deed, { _id, itemId, lost }: Loan): Promise<boolean> {
  const unmarked = { institutionId, _id: itemId, currentLoanId: _id, processType: { $in: unlostItem } };
  return lost?.by === 'STAFF' && (await models.Item.findOne(unmarked, { _id: 1 }).lean()) !== null;
}

const unlostItem = ['LOAN', 'CLAIM_RETURNED_LOAN'] as const;

async function complete(deed: Deed, loan: Loan, again: boolean): Promise<DeclaredLost> {
  const { models, institutionId, at } = deed;
  const { _id, itemId, lostCount } = loan;
  const { fees, problems } = await charge(deed, loan);
  await writeLoanEvent(deed, loan, { type: 'LOST' });
  await models.Item.updateOne(
    { institutionId, _id: itemId, currentLoanId: _id, processType: { $in: unlostItem } },
    { $set: { processType: 'LOST_LOAN', processTypeAt: at }, $inc: { version: 1 } },
  );
  // Another desk that found it or took it back meanwhile has seen none of this.
  const now = await models.Loan.findOne({ institutionId, _id, status: 'ACTIVE' }, { processStatus: 1, lostCount: 1 }).lean();
  if (now?.processStatus === 'LOST' && now.lostCount === lostCount) return { outcome: 'LOST', loan, fees, problems, again };
  await takeBackFees(deed, fees);
  await models.Item.updateOne({ institutionId, _id: itemId, currentLoanId: now?._id ?? '-', processType: 'LOST_LOAN' }, { $set: { processType: 'LOAN' }, $inc: { version: 1 } });
  return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
}

/** Answers with what was charged here. */
async function charge(deed: Deed, loan: Loan): Promise<{ fees: Fee[]; problems: LossProblem[] }> {
  const { models, institutionId, at } = deed;
  const { _id: loanId, userId, itemId, libraryCode, dueCycle, lostCount } = loan;
  const [{ policies, calendar, settings, currency, moment }, item, library, rates] = await Promise.all([
    readLoanGround(deed, loan),
    models.Item.findOne({ institutionId, _id: itemId, deletedAt: null }, { replacementCost: 1 }).lean(),
    models.Library.findOne({ institutionId, code: libraryCode }, { defaultReplacementCost: 1 }).lean(),
    models.ExchangeRate.find({ institutionId: '*' }).lean(),
  ]);
  if (policies === null) return { fees: [], problems: ['TOU_MISSING'] };
  if (userId === null) return { fees: [], problems: [] };
  const sources = {
    replacementCost: item?.replacementCost ?? null, defaultReplacementCost: library?.defaultReplacementCost ?? null, currency, convert: converterOn(rates, dayText(moment.today)),
  };
  const before = finedLoan({ ...loan, processStatus: loan.lost?.previousStatus ?? 'NORMAL' }); // a claim has stopped the fine
  const accrued = settings?.overdueAtLostLoan && calendar !== null ? overdueFine(before, policies, calendar, moment.asOf) : null;
  const both = { chargeReplacementFee: true, chargeProcessFee: true };
  const { fees: charges, problems } = lostFees({ loanId, dueCycle }, lostCount, both, policies, sources, accrued);
  const fees = charges.map((each) => newFee(institutionId, each, { ...loan, loanId }, at));
  const there = new Set(await insertOnce(models.Fee, fees));
  return { fees: fees.filter((_, place) => !there.has(place)), problems };
}
