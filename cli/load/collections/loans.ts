/** loans: known by what was lent and when. */
import { z } from 'zod';
import { processStatuses, type Loan, type Lost } from '../../../models/loan.js';
import { loadable, missing, type Destination } from './loadable.js';
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

export const loans = loadable<Loan, LoanLine, LoanReferences>({
  name: 'loans',
  model: (models) => models.Loan,
  line: loan,
  keyOf: (line) => `${line.barcode}|${line.loanDate.toISOString()}`,
  storedKeyOf: (record) => `${record.barcode}|${record.loanDate.toISOString()}`,
  stored: (model, institutionId, lines) => model.find({ institutionId, barcode: { $in: lines.map((line) => line.barcode) } }).lean<Loan[]>(),
  references: async (destination, lines) => {
    const { models, institutionId } = destination;
    const [borrowers, items, terms] = await Promise.all([
      borrowersNamed(destination, lines.map(({ primaryId }) => primaryId)),
      itemsNamed(destination, lines.map(({ barcode }) => barcode)),
      models.TermsOfUse.find({ institutionId, code: { $in: [...new Set(lines.flatMap(({ touCode }) => touCode ?? []))] }, deletedAt: null }, { code: 1 }).lean(),
    ]);
    const bibIds = [...new Set([...items.values()].map(({ bibId }) => bibId))];
    const bibs = await models.Bib.find({ institutionId, _id: { $in: bibIds } }, { title: 1, author: 1 }).lean();
    return { borrowers, items, titles: new Map(bibs.map((one) => [one._id, one])), touIds: new Map(terms.map((one) => [one.code, one._id])) };
  },
  fields: (line, { borrowers, items, titles, touIds }, _destination, before) => {
    const { primaryId, touCode, ...given } = line;
    const item = items.get(line.barcode);
    const borrower = typeof primaryId === 'string' ? borrowers.get(primaryId) : undefined;
    const reasons = [
      ...(item === undefined ? [missing('barcode', line.barcode, 'barcode of an item')] : []),
      ...(typeof primaryId === 'string' && borrower === undefined ? [missing('primaryId', primaryId, 'primary id of a user')] : []),
      ...(touCode !== undefined && !touIds.has(touCode) ? [missing('touCode', touCode, 'code of terms of use')] : []),
    ];
    if (item === undefined || reasons.length > 0) return reasons;
    return {
      ...given,
      ...(before === undefined ? asLent(line, item, titles) : asChanged(line, before)),
      userId: primaryId === null ? null : borrower?._id,
      userGroup: borrower?.userGroup ?? undefined,
      touId: touCode === undefined ? undefined : touIds.get(touCode),
      lost: line.processStatus === undefined ? undefined : lostOf(line),
      closeReason: line.status === 'COMPLETE' ? 'RETURNED' : undefined,
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
});

/** What a loan copies from its item when it begins (data-model.md, loan). */
function asLent(line: LoanLine, item: LentItem, titles: LoanReferences['titles']) {
  const { libraryCode, locationCode, itemPolicy, materialType } = item;
  const title = titles.get(item.bibId);
  return {
    itemId: item._id,
    bibId: item.bibId,
    libraryCode,
    locationCode,
    itemPolicy,
    materialType,
    title: title?.title,
    author: title?.author ?? undefined,
    callNumber: item.callNumber ?? undefined,
    description: item.description ?? undefined,
    originalDueDate: line.dueDate,
    processStatusDate: line.processStatusDate ?? line.loanDate,
    lostCount: line.processStatus === 'LOST' ? 1 : 0,
  };
}

/** Another due date begins another cycle of notices. */
function asChanged(line: LoanLine, before: Loan) {
  const isMoved = line.dueDate !== undefined && line.dueDate.getTime() !== before.dueDate.getTime();
  const becameLost = line.processStatus === 'LOST' && before.processStatus !== 'LOST';
  return {
    ...(isMoved ? { dueCycle: before.dueCycle + 1, dueDateSource: 'BULK' as const } : {}),
    ...(becameLost ? { lostCount: before.lostCount + 1 } : {}),
  };
}

function lostOf({ processStatus, processStatusDate, loanDate }: LoanLine): Lost | null {
  if (processStatus !== 'LOST') return null;
  return { at: processStatusDate ?? loanDate, by: 'STAFF', profileId: null, runId: null, previousStatus: 'NORMAL' };
}

const OUT = { NORMAL: 'LOAN', RENEW: 'LOAN', RENEW_REQUESTED: 'LOAN', RECALL: 'LOAN', CLAIMED_RETURN: 'CLAIM_RETURNED_LOAN', LOST: 'LOST_LOAN' } as const;

/** An item on loan is not in place; one whose loan ended is again. */
async function sayWhereItemsAre({ models, institutionId, now }: Destination, written: Loan[]): Promise<void> {
  if (written.length === 0) return;
  const at = now();
  const updates = written.map(({ _id, itemId, status, processStatus, processStatusDate }) => {
    const out = { baseStatus: 'NOT_IN_PLACE', processType: OUT[processStatus], processTypeAt: processStatusDate, currentLoanId: _id };
    const back = { baseStatus: 'IN_PLACE', processType: null, processTypeAt: null, currentLoanId: null };
    const isOut = status === 'ACTIVE';
    // An item that another loan has is left to that one.
    const filter = { institutionId, _id: itemId, currentLoanId: isOut ? { $in: [null, _id] } : _id };
    return { updateOne: { filter, update: { $set: { ...(isOut ? out : back), updatedAt: at }, $inc: { version: 1 } } } };
  });
  await models.Item.collection.bulkWrite(updates as never, { ordered: false });
}
