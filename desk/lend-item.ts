/** Lends an item to a patron (fulfillment-loans.md, Entities and S3; data-model.md 4). */
import type { Borrower } from '../domain/fulfillment/borrower.js';
import { decideLoan, type LendingRefusal } from '../domain/fulfillment/lending.js';
import { resolveLoanTou, type LoanTouAnswer } from '../domain/fulfillment/loan-terms.js';
import type { Item } from '../models/catalogue-records.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import { readRenewalLimits, readRenewalSurroundings } from '../models/renewal-surroundings.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { completeRequest } from './complete-request.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { newLoan } from './new-loan.js';
import { readUnits } from './read-units.js';
import { resumeReturn } from './return-loan.js';

/** `loanId`: chosen by whoever asks; an item is lent once under it. */
export interface AskedLoan {
  loanId: string;
  barcode: string;
  userId: string;
  /** Blocks that may be overridden, and limits, do not count. */
  override: boolean;
}

type Reason =
  | 'NO_ITEM' | 'LOAN_ID_USED' | 'ITEM_ON_LOAN' | 'ITEM_NOT_AVAILABLE' | 'ITEM_BUSY' | LendingRefusal | Extract<LoanTouAnswer, { refused: string }>['refused'];
/** `detail`: the description of the block, of USER_BLOCKED. */
export type LentItem =
  /** `again`: the patron had it on loan already. */
  | { outcome: 'LENT'; loan: Loan; again: boolean }
  | { outcome: 'REFUSED'; reason: Reason; detail: string | null };

const refuse = (reason: Reason, detail: string | null = null): LentItem => ({ outcome: 'REFUSED', reason, detail });

/** So long an item that was taken for a loan waits for the loan; after it, the process that took it is dead. */
const CLAIM_HOLDS_MS = 60_000;

/**
 * Repeatable under its `loanId`. The item is taken first, by one desk alone, then the loan is made: a desk that dies in between leaves an
 * item without a loan, which anybody may take a minute later.
 */
export async function lendItem(deed: Deed, asked: AskedLoan): Promise<LentItem> {
  const { models, institutionId } = deed;
  const { loanId, userId } = asked;
  const before = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
  if (before !== null) return before.userId === userId && before.barcode === asked.barcode ? lent(deed, before, true) : refuse('LOAN_ID_USED');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const item = await models.Item.findOne({ institutionId, barcodeKey: asked.barcode, deletedAt: null }).lean();
    if (item === null) return refuse('NO_ITEM');
    const holder = await holderOf(deed, item, asked);
    if (holder === 'BUSY') return refuse('ITEM_BUSY');
    if (holder === 'FREED') continue;
    if (holder !== 'FREE') return isWith(userId, holder) ? lent(deed, holder, true) : refuse('ITEM_ON_LOAN');
    // Of a hold shelf the request says for whom it stands there.
    if (item.currentLoanId === null && item.processType !== null && item.processType !== 'HOLDSHELF') return refuse('ITEM_NOT_AVAILABLE');

    const made = await decide(deed, asked, item);
    if ('outcome' in made) return made;
    if (item.currentLoanId !== loanId && !(await takeItem(deed, item, loanId))) continue;
    await insertOnce(models.Loan, [made]);
    return lent(deed, made, false);
  }
  return refuse('ITEM_BUSY');
}

/** A lost item that lies on the desk is not with the patron: it has come back. */
const isWith = (userId: string, loan: Loan) => loan.userId === userId && loan.status === 'ACTIVE' && loan.processStatus !== 'LOST';

/** The loan that the item is out on. A return that broke off is completed (FREED). */
async function holderOf(deed: Deed, { currentLoanId, processTypeAt }: Item, { loanId }: AskedLoan): Promise<Loan | 'FREE' | 'FREED' | 'BUSY'> {
  const { models, institutionId, at } = deed;
  if (currentLoanId === null) return 'FREE';
  const loan = await models.Loan.findOne({ institutionId, _id: currentLoanId }).lean();
  if (loan === null) return currentLoanId === loanId || at.getTime() - (processTypeAt?.getTime() ?? 0) > CLAIM_HOLDS_MS ? 'FREE' : 'BUSY';
  if (loan.closeReason !== 'RETURNED') return loan;
  await resumeReturn(deed, loan);
  return 'FREED';
}

async function decide(deed: Deed, { loanId, userId, override }: AskedLoan, item: Item): Promise<Loan | LentItem> {
  const { models, institutionId, at } = deed;
  const user = await models.User.findOne({ institutionId, _id: userId }).lean();
  if (user === null) return refuse('USER_MISSING');
  const terms = resolveLoanTou(user, item, await readUnits(deed, item));
  if ('refused' in terms) return refuse(terms.refused);
  const wanted = { _id: loanId, userId, itemId: item._id, bibId: item.bibId, description: item.description ?? '' };
  const [tou, bib, { limits, preferences }, { borrowers, claims }] = await Promise.all([
    models.TermsOfUse.findOne({ institutionId, code: terms.rule.touCode, type: 'LOAN', deletedAt: null }, { _id: 1 }).lean(),
    models.Bib.findOne({ institutionId, _id: item.bibId }, { title: 1, author: 1 }).lean(),
    readRenewalLimits(models, institutionId),
    readRenewalSurroundings(models, institutionId, at, [wanted]),
  ]);
  if (tou === null) return refuse('TOU_MISSING');
  const { moment, policies, calendar } = await readLoanGround(deed, { touId: tou._id, libraryCode: item.libraryCode });
  const borrower = borrowers.get(userId);
  const { requested, bookedFrom } = claims.get(loanId) ?? { requested: null, bookedFrom: null };
  const decision = decideLoan({
    moment, policies: policies ?? undefined, calendar: calendar ?? undefined, preferences, requested, bookedFrom,
    borrower: borrower === undefined || !override ? borrower : { ...borrower, blocks: await blocksThatStay(deed, userId) },
    limits: override ? new Map() : limits,
  });
  return decision.action === 'LEND' ? newLoan(deed, loanId, user, item, bib, tou._id, decision) : refuse(decision.reason, decision.detail);
}

/** The blocks that nobody may override. */
async function blocksThatStay({ models, institutionId }: Deed, userId: string): Promise<Borrower['blocks']> {
  const blocks = await models.UserBlock.find({ institutionId, userId, status: 'ACTIVE' }).lean();
  const definitions = await models.UserBlockDefinition.find({ institutionId, _id: { $in: blocks.map(({ definitionId }) => definitionId) }, overridable: true }, { _id: 1 }).lean();
  const overridable = new Set(definitions.map(({ _id }) => _id));
  return blocks.filter(({ definitionId }) => !overridable.has(definitionId)).map((block) => ({ ...block, expiresAt: block.expiresAt?.getTime() ?? null }));
}

/** False: another desk was faster. */
async function takeItem({ models, institutionId, at }: Deed, { _id, currentLoanId, processType }: Item, loanId: string): Promise<boolean> {
  const taken = await models.Item.updateOne(
    { institutionId, _id, currentLoanId, processType, deletedAt: null },
    { $set: { currentLoanId: loanId, processType: 'LOAN', processTypeAt: at, baseStatus: 'NOT_IN_PLACE' }, $inc: { version: 1 } },
  );
  return taken.matchedCount === 1;
}

async function lent(deed: Deed, loan: Loan, again: boolean): Promise<LentItem> {
  if (loan.status === 'ACTIVE') await completeRequest({ ...deed, at: loan.loanDate }, loan);
  await writeLoanEvent({ ...deed, at: loan.loanDate }, { ...loan, dueCycle: 1 }, { type: 'LOANED', newDueDate: loan.originalDueDate });
  return { outcome: 'LENT', loan, again };
}
