/** The pass over ended loans: rules 1-3. What hangs on a loan is freed of the person first, the loan itself last: until then it is selected again. */
import type { EndedRecord } from '../../../domain/fulfillment/fulfillment-historical-archiving.js';
import type { Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import type { Demerit } from '../../../models/fulfillment.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { ItemHistory } from '../../../models/item-history.js';
import type { Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { updateEach, type UpdateOfOne } from '../../../models/update-each.js';
import type { Change, Pass } from './pass.js';
import { walkOf } from './walk.js';

export const loanFields = {
  userId: 1, itemId: 1, bibId: 1, barcode: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1, userGroup: 1, jobCategory: 1, statisticalCategories: 1,
  status: 1, loanDate: 1, dueDate: 1, originalDueDate: 1, returnDate: 1, renewalCount: 1, lostCount: 1, recall: 1, notes: 1, anonymizedAt: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

export const loanPass = (models: Models): Pass<ReadLoan> => ({
  recordType: 'loan',
  table: 'LOANS',
  walk: walkOf(models.Loan, { status: 'COMPLETE' }, 'returnDate', loanFields),
  asked: ({ loans, loanNotes }) => ({ anonymizes: loans, removesText: loanNotes }),
  hasText,
  labelOf: ({ barcode }) => barcode,
  counters: {
    examined: 'loansExamined', anonymized: 'loansAnonymized', heldByDebts: 'loansHeldByFees', retainedByRule: 'loansRetainedByRule', textRemoved: 'loanNotesRemoved',
  },

  async snapshots(institutionId, loans, ranked) {
    const [open, ranks] = await Promise.all([openFees(models, institutionId, loans), ranked ? ranksOf(models, institutionId, loans) : new Map<string, number>()]);
    return loans.map((loan): EndedRecord => ({
      hasEnded: loan.status === 'COMPLETE',
      endedAt: loan.returnDate?.getTime() ?? null,
      anonymizedAt: loan.anonymizedAt?.getTime() ?? null,
      userId: loan.userId,
      userGroup: loan.userGroup,
      libraryCode: loan.libraryCode,
      locationCode: loan.locationCode,
      openDebts: open.get(loan._id) ?? 0,
      loanRankOnItem: ranks.get(loan._id) ?? null,
      hasText: hasText(loan),
    }));
  },

  async write(run, changes, now) {
    const leaving = changes.filter(({ action }) => action === 'ANONYMIZE');
    const ids = leaving.map(({ record }) => record._id);
    await insertOnce(models.ItemHistory, leaving.map(({ record }) => historyOf(run, record, now)));
    await freeFees(models, run, ids, now);
    await freeNotices(models, run, ids);
    await freeDemerits(models, run, ids, now);
    await leaveBlocks(models, run, leaving);
    await anonymize(models, run, leaving);
    const notesOnly = changes.filter(({ action }) => action === 'REMOVE_TEXT').map(({ record }) => record._id);
    if (notesOnly.length > 0) await models.Loan.updateMany({ ...stillNamed(run, notesOnly) }, { $set: { notes: [] }, $inc: { version: 1 } });
  },
});

const hasText = ({ notes }: ReadLoan): boolean => notes.length > 0;

async function openFees(models: Models, institutionId: string, loans: readonly ReadLoan[]): Promise<Map<string, number>> {
  const fees = await models.Fee.find({ institutionId, loanId: { $in: loans.map(({ _id }) => _id) }, status: { $in: ['ACTIVE', 'IN_DISPUTE', 'EXPORTED'] } }, { loanId: 1 }).lean();
  const open = new Map<string, number>();
  for (const { loanId } of fees) if (loanId !== null) open.set(loanId, (open.get(loanId) ?? 0) + 1);
  return open;
}

/** 1 = the item's latest COMPLETE loan; of two that came back at one instant the one with the later id. Anonymised loans count. */
async function ranksOf(models: Models, institutionId: string, loans: readonly ReadLoan[]): Promise<Map<string, number>> {
  const earliest = Math.min(...loans.map(({ returnDate }) => returnDate?.getTime() ?? Infinity));
  if (!Number.isFinite(earliest)) return new Map();
  const itemIds = [...new Set(loans.map(({ itemId }) => itemId))];
  const since = await models.Loan.find({ institutionId, itemId: { $in: itemIds }, returnDate: { $gte: new Date(earliest) } }, { itemId: 1, returnDate: 1, status: 1 })
    .hint({ institutionId: 1, itemId: 1, returnDate: 1 }).lean();
  const ofItem = new Map<string, { _id: string; at: number }[]>();
  for (const { _id, itemId, returnDate, status } of since) {
    if (status !== 'COMPLETE' || returnDate === null) continue;
    const ended = { _id, at: returnDate.getTime() };
    const others = ofItem.get(itemId);
    if (others === undefined) ofItem.set(itemId, [ended]);
    else others.push(ended);
  }
  const isLater = (one: { _id: string; at: number }, id: string, at: number) => one.at > at || (one.at === at && one._id > id);
  return new Map(loans.flatMap(({ _id, itemId, returnDate }) => {
    const at = returnDate?.getTime();
    return at === undefined ? [] : [[_id, 1 + (ofItem.get(itemId) ?? []).filter((one) => isLater(one, _id, at)).length] as const];
  }));
}

/** Rule 2a. */
function historyOf({ institutionId, asOf }: Run, loan: ReadLoan, now: Date): ItemHistory {
  const { _id, itemId, bibId, libraryCode, locationCode, itemPolicy, materialType, userGroup, jobCategory, statisticalCategories, loanDate, dueDate, originalDueDate, renewalCount, lostCount } = loan;
  const returnDate = loan.returnDate ?? dueDate;
  return {
    _id, institutionId, itemId, bibId, libraryCode, locationCode, itemPolicy, materialType, userGroup, jobCategory, statisticalCategories, loanDate, returnDate, originalDueDate,
    lastDueDate: dueDate, renewalCount, wasOverdue: returnDate > dueDate, wasLost: lostCount > 0, archivedAt: new Date(asOf), createdAt: now, updatedAt: now,
  };
}

/** Rule 2b: else a fee that is kept would give the loan away. */
async function freeFees(models: Models, { institutionId }: Run, loanIds: readonly string[], now: Date): Promise<void> {
  const fees = await models.Fee.find({ institutionId, loanId: { $in: [...loanIds] }, status: 'CLOSED', userId: { $gt: '' } }, { _id: 1, version: 1 }).lean();
  await updateEach(models.Fee, fees.map(({ _id }): UpdateOfOne<Fee> => ({
    filter: { institutionId, _id, status: 'CLOSED', loanId: { $gt: '' } },
    update: { $set: { loanId: null, itemId: null, barcode: null, title: null, dedupeKey: `#${_id}`, updatedAt: now }, $inc: { version: 1 } },
  })));
}

/** Rule 2c. */
async function freeNotices(models: Models, { institutionId }: Run, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const loanId = { $in: [...ids] };
  await models.LoanNotice.updateMany({ institutionId, loanId, userId: { $gt: '' } }, { $set: { userId: null, data: {}, letterKey: '' }, $inc: { version: 1 } });
  await models.LoanEvent.updateMany({ institutionId, loanId, by: { $gt: '-' } }, { $set: { by: '-' } });
}

/** Rule 2c: the points stay. */
async function freeDemerits(models: Models, { institutionId }: Run, loanIds: readonly string[], now: Date): Promise<void> {
  const demerits = await models.Demerit.find({ institutionId, loanId: { $in: [...loanIds] } }, { _id: 1 }).lean();
  await updateEach(models.Demerit, demerits.map(({ _id }): UpdateOfOne<Demerit> => ({ filter: { institutionId, _id }, update: { $set: { loanId: `#${_id}`, updatedAt: now }, $inc: { version: 1 } } })));
}

/** Rule 2c: blocks of its borrower no longer name it. */
async function leaveBlocks(models: Models, { institutionId }: Run, leaving: readonly Change<ReadLoan>[]): Promise<void> {
  const userIds = [...new Set(leaving.flatMap(({ record }) => record.userId ?? []))];
  if (userIds.length === 0) return;
  const loanIds = { $in: leaving.map(({ record }) => record._id) };
  await models.UserBlock.updateMany({ institutionId, userId: { $in: userIds }, loanIds }, { $pull: { loanIds }, $inc: { version: 1 } });
}

const stillNamed = ({ institutionId }: Run, ids: readonly string[]) => ({ institutionId, _id: { $in: [...ids] }, status: 'COMPLETE', anonymizedAt: null }) as const;

/** Rule 2d. One statement for the loans that are alike. */
async function anonymize(models: Models, run: Run, leaving: readonly Change<ReadLoan>[]): Promise<void> {
  for (const recalled of [false, true]) {
    for (const withNotes of [false, true]) {
      const alike = leaving.filter(({ record, removesText }) => (record.recall !== null) === recalled && removesText === withNotes);
      if (alike.length === 0) continue;
      const set = { userId: null, proxyUserId: null, anonymizedAt: new Date(run.asOf), ...(recalled && { 'recall.requestId': null }), ...(withNotes && { notes: [] }) };
      await models.Loan.updateMany(stillNamed(run, alike.map(({ record }) => record._id)), { $set: set, $inc: { version: 1 } });
    }
  }
}
