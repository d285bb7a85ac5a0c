/** loans: known by what was lent and when. */
import { z } from 'zod';
import type { Item } from '../../../models/catalogue-records.js';
import { processStatuses, type Loan, type Lost } from '../../../models/loan.js';
import { loadable, missing, type Destination, type Reason } from './loadable.js';
import { borrowersNamed, itemsNamed, type Borrower, type LentItem } from './named.js';
import { code, instant, integer, truth } from './values.js';

const loan = z
  .strictObject({
    barcode: code,
    loanDate: instant,
    primaryId: code.nullable().optional(),
    touCode: code.optional(),
    dueDate: instant.optional(),
    shortLoan: truth.optional(),
    status: z.enum(['ACTIVE', 'COMPLETE']).optional(),
    processStatus: z.enum(processStatuses).optional(),
    processStatusDate: instant.optional(),
    claimedReturnAt: instant.nullable().optional(),
    renewalCount: integer.pipe(z.int().min(0)).optional(),
    lastRenewalAt: instant.nullable().optional(),
    returnDate: instant.nullable().optional(),
    circDesk: code.nullable().optional(),
  })
  .refine(({ loanDate, dueDate }) => dueDate === undefined || dueDate >= loanDate, { path: ['dueDate'], message: 'an instant not before loanDate' })
  .refine(({ status, returnDate }) => status !== 'COMPLETE' || returnDate instanceof Date, { path: ['returnDate'], message: 'when it came back, as the loan is COMPLETE' });
type LoanLine = z.output<typeof loan>;

interface LoanReferences {
  borrowers: ReadonlyMap<string, Borrower>;
  items: ReadonlyMap<string, LentItem>;
  titles: ReadonlyMap<string, { title: string; author: string | null }>;
  touIds: ReadonlyMap<string, string>;
}

/** What a line may say of a loan that is stored, and what its item hears of it: half of its fields. */
const kept = {
  barcode: 1, itemId: 1, circDesk: 1, userId: 1, userGroup: 1, touId: 1, shortLoan: 1, loanDate: 1, dueDate: 1, dueDateSource: 1, dueCycle: 1, status: 1,
  processStatus: 1, processStatusDate: 1, renewalCount: 1, lastRenewalAt: 1, claimedReturnAt: 1, lost: 1, lostCount: 1, returnDate: 1, closeReason: 1, version: 1,
} as const;
type KeptLoan = Pick<Loan, '_id' | keyof typeof kept>;

export const loans = loadable<Loan, LoanLine, LoanReferences, keyof typeof kept>({
  name: 'loans',
  model: (models) => models.Loan,
  line: loan,
  keyOf: (line) => `${line.barcode}|${line.loanDate.toISOString()}`,
  storedKeyOf: (record) => `${record.barcode}|${record.loanDate.toISOString()}`,
  stored: (model, institutionId, lines) => model.find({ institutionId, barcode: { $in: lines.map((line) => line.barcode) } }, kept).lean<KeptLoan[]>(),
  references: async (destination, lines, fresh) => {
    const { models, institutionId } = destination;
    const [borrowers, items, terms] = await Promise.all([
      borrowersNamed(destination, lines.map(({ primaryId }) => primaryId)),
      itemsNamed(destination, lines.map(({ barcode }) => barcode)),
      models.TermsOfUse.find({ institutionId, code: { $in: [...new Set(lines.flatMap(({ touCode }) => touCode ?? []))] }, deletedAt: null }, { code: 1 }).lean(),
    ]);
    const bibIds = new Set(fresh.flatMap(({ barcode }) => items.get(barcode)?.bibId ?? []));
    const bibs = bibIds.size === 0 ? [] : await models.Bib.find({ institutionId, _id: { $in: [...bibIds] } }, { title: 1, author: 1 }).lean();
    return { borrowers, items, titles: new Map(bibs.map((one) => [one._id, one])), touIds: new Map(terms.map((one) => [one.code, one._id])) };
  },
  fields: (line, { borrowers, items, titles, touIds }, _destination, before) => {
    const { primaryId, touCode, loanDate, dueDate, status, processStatus } = line;
    const item = items.get(line.barcode);
    const borrower = typeof primaryId === 'string' ? borrowers.get(primaryId) : undefined;
    const touId = touCode === undefined ? undefined : touIds.get(touCode);
    const reasons: Reason[] = [];
    if (item === undefined) reasons.push(missing('barcode', line.barcode, 'barcode of an item'));
    if (typeof primaryId === 'string' && borrower === undefined) reasons.push(missing('primaryId', primaryId, 'primary id of a user'));
    if (touCode !== undefined && touId === undefined) reasons.push(missing('touCode', touCode, 'code of terms of use'));
    if (item === undefined || reasons.length > 0) return reasons;

    const isMoved = before !== undefined && dueDate !== undefined && dueDate.getTime() !== before.dueDate.getTime();
    // What a loan copies from its item when it begins (data-model.md, loan).
    const lent = before === undefined ? item : undefined;
    const title = before === undefined ? titles.get(item.bibId) : undefined;
    // One literal: with a million lines, objects put together by spreading cost more than reading the lines.
    return {
      barcode: line.barcode,
      itemId: lent?._id,
      bibId: lent?.bibId,
      title: title?.title,
      author: title?.author ?? undefined,
      description: lent?.description ?? undefined,
      callNumber: lent?.callNumber ?? undefined,
      libraryCode: lent?.libraryCode,
      locationCode: lent?.locationCode,
      itemPolicy: lent?.itemPolicy,
      materialType: lent?.materialType,
      circDesk: line.circDesk,
      userId: primaryId === null ? null : borrower?._id,
      userGroup: borrower?.userGroup ?? undefined,
      touId,
      shortLoan: line.shortLoan,
      loanDate,
      dueDate,
      // Another due date begins another cycle of notices.
      dueDateSource: isMoved ? 'BULK' : undefined,
      dueCycle: isMoved ? before.dueCycle + 1 : undefined,
      originalDueDate: before === undefined ? dueDate : undefined,
      status,
      processStatus,
      processStatusDate: line.processStatusDate ?? (before === undefined ? loanDate : undefined),
      renewalCount: line.renewalCount,
      lastRenewalAt: line.lastRenewalAt,
      claimedReturnAt: line.claimedReturnAt,
      lost: processStatus === undefined ? undefined : lostOf(line),
      lostCount: processStatus === undefined ? undefined : lostCountOf(processStatus, before),
      returnDate: line.returnDate,
      closeReason: status === 'COMPLETE' ? 'RETURNED' : undefined,
    };
  },
  blank: () => ({
    userId: undefined,
    proxyUserId: null,
    itemId: undefined,
    bibId: undefined,
    barcode: undefined,
    title: '',
    author: '',
    description: '',
    callNumber: '',
    libraryCode: undefined,
    locationCode: undefined,
    itemPolicy: null,
    materialType: null,
    circDesk: null,
    userGroup: '',
    jobCategory: null,
    statisticalCategories: [],
    touId: undefined,
    shortLoan: false,
    loanDate: undefined,
    dueDate: undefined,
    dueDateSource: 'POLICY',
    dueCycle: 1,
    originalDueDate: undefined,
    status: 'ACTIVE',
    processStatus: 'NORMAL',
    processStatusDate: undefined,
    recall: null,
    renewalCount: 0,
    lastRenewalAt: null,
    claimedReturnAt: null,
    lost: null,
    lostCount: 0,
    returnDate: null,
    closeReason: null,
    notes: [],
    lastRenewalFailure: null,
    anonymizedAt: null,
  }),
  beside: sayWhereItemsAre,
  // Of two loans of one item the earlier line may free the item for the later one.
  subjectOf: (line) => line.barcode,
});

const lostCountOf = (processStatus: Loan['processStatus'], before: KeptLoan | undefined) =>
  (before?.lostCount ?? 0) + (processStatus === 'LOST' && before?.processStatus !== 'LOST' ? 1 : 0);

function lostOf({ processStatus, processStatusDate, loanDate }: LoanLine): Lost | null {
  if (processStatus !== 'LOST') return null;
  return { at: processStatusDate ?? loanDate, by: 'STAFF', profileId: null, runId: null, previousStatus: 'NORMAL' };
}

const OUT = { NORMAL: 'LOAN', RENEW: 'LOAN', RENEW_REQUESTED: 'LOAN', RECALL: 'LOAN', CLAIMED_RETURN: 'CLAIM_RETURNED_LOAN', LOST: 'LOST_LOAN' } as const;

/** What loans say of their item. */
type Whereabouts = Pick<Item, 'baseStatus' | 'processType' | 'processTypeAt' | 'currentLoanId'>;

async function sayWhereItemsAre({ models, institutionId, now }: Destination, lent: KeptLoan[], { items }: LoanReferences): Promise<void> {
  const before = new Map([...items.values()].map((item): [string, Whereabouts] => [item._id, item]));
  const after = new Map(before);
  // Those that ended first: their items may be out on another.
  const [ended, open] = [lent.filter(({ closeReason }) => closeReason === 'RETURNED'), lent.filter(({ status }) => status === 'ACTIVE')];
  for (const loan of [...ended, ...open]) {
    const whereabouts = after.get(loan.itemId); // none: its barcode is another item's by now
    if (whereabouts !== undefined) after.set(loan.itemId, heardOf(loan, whereabouts));
  }
  const updatedAt = now();
  const updates = [...after].filter(([_id, whereabouts]) => whereabouts !== before.get(_id)).map(([_id, whereabouts]) => ({
    updateOne: {
      // As it was read: an item that the desk lends or takes back meanwhile is left to the desk.
      filter: { institutionId, _id, currentLoanId: before.get(_id)?.currentLoanId },
      update: { $set: { ...whereabouts, updatedAt }, $inc: { version: 1 } },
    },
  }));
  if (updates.length > 0) await models.Item.collection.bulkWrite(updates as never, { ordered: false });
}

/** An item on loan is not in place; one whose loan ended is again. One that another loan has is left to that one. The same object where nothing changes. */
function heardOf({ _id, status, processStatus, processStatusDate }: KeptLoan, known: Whereabouts): Whereabouts {
  const isItsLoan = known.currentLoanId === _id;
  if (status !== 'ACTIVE') return isItsLoan ? { baseStatus: 'IN_PLACE', processType: null, processTypeAt: null, currentLoanId: null } : known;
  if (known.currentLoanId !== null && !isItsLoan) return known;
  const processType = OUT[processStatus];
  if (isItsLoan && known.baseStatus === 'NOT_IN_PLACE' && known.processType === processType) return known;
  return { baseStatus: 'NOT_IN_PLACE', processType, processTypeAt: processStatusDate, currentLoanId: _id };
}
