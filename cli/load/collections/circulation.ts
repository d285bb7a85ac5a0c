/** loans, fees and requests. */
import { z } from 'zod';
import type { Item } from '../../../models/catalogue-records.js';
import type { Fee } from '../../../models/fee.js';
import { processStatuses, type Loan, type Lost } from '../../../models/loan.js';
import type { StoredRequest } from '../../../models/request.js';
import { loadable, missing, nothing, type Destination } from './loadable.js';
import { librariesNamed } from './places.js';
import { amount, code, day, instant, integer, text, truth } from './values.js';

interface Borrower {
  _id: string;
  userGroup: string | null;
}
type LentItem = Pick<Item, '_id' | 'bibId' | 'barcodeKey' | 'libraryCode' | 'locationCode' | 'itemPolicy' | 'materialType' | 'callNumber' | 'description'>;

async function borrowersNamed({ models, institutionId }: Destination, primaryIds: (string | null | undefined)[]): Promise<Map<string, Borrower>> {
  const asked = [...new Set(primaryIds.filter((one) => typeof one === 'string'))];
  const found = await models.User.find({ institutionId, primaryId: { $in: asked } }, { primaryId: 1, userGroup: 1 }).lean();
  return new Map(found.map(({ primaryId, _id, userGroup }) => [primaryId, { _id, userGroup }]));
}

async function itemsNamed({ models, institutionId }: Destination, barcodes: (string | null | undefined)[]): Promise<Map<string, LentItem>> {
  const asked = [...new Set(barcodes.filter((one) => typeof one === 'string'))];
  const wanted = { bibId: 1, barcodeKey: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1, callNumber: 1, description: 1 };
  const found = await models.Item.find({ institutionId, barcodeKey: { $in: asked } }, wanted).lean();
  return new Map(found.map((one) => [one.barcodeKey, one]));
}

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

/** A loan is known by what was lent and when. */
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

const fee = z.strictObject({
  /** What the library calls it elsewhere: an invoice number, a bill's id. */
  key: code,
  primaryId: code.optional(),
  type: code.optional(),
  originalAmount: amount.optional(),
  /** Left out: the original amount. */
  balance: amount.optional(),
  /** When the debt began. */
  createdAt: instant.optional(),
  libraryCode: code.nullable().optional(),
  barcode: code.nullable().optional(),
  comment: text.nullable().optional(),
}).refine(({ balance, originalAmount }) => balance === undefined || originalAmount === undefined || balance <= originalAmount, {
  path: ['balance'],
  message: 'at most the original amount',
});
type FeeLine = z.output<typeof fee>;

interface FeeReferences {
  borrowers: ReadonlyMap<string, Borrower>;
  items: ReadonlyMap<string, LentItem>;
  libraries: ReadonlySet<string>;
}

export const fees = loadable<Fee, FeeLine, FeeReferences>({
  name: 'fees',
  model: (models) => models.Fee,
  line: fee,
  keyOf: (line) => `loaded:${line.key}`,
  storedKeyOf: (record) => record.dedupeKey,
  stored: (model, institutionId, lines) => model.find({ institutionId, dedupeKey: { $in: lines.map((line) => `loaded:${line.key}`) } }).lean<Fee[]>(),
  references: async (destination, lines) => ({
    borrowers: await borrowersNamed(destination, lines.map(({ primaryId }) => primaryId)),
    items: await itemsNamed(destination, lines.map(({ barcode }) => barcode)),
    libraries: await librariesNamed(destination, lines.map(({ libraryCode }) => libraryCode)),
  }),
  fields: (line, { borrowers, items, libraries }, { currency }) => {
    const { key, primaryId, ...fields } = line;
    const borrower = primaryId === undefined ? undefined : borrowers.get(primaryId);
    const item = typeof line.barcode === 'string' ? items.get(line.barcode) : undefined;
    const reasons = [
      ...(primaryId !== undefined && borrower === undefined ? [missing('primaryId', primaryId, 'primary id of a user')] : []),
      ...(typeof line.barcode === 'string' && item === undefined ? [missing('barcode', line.barcode, 'barcode of an item')] : []),
      ...(typeof line.libraryCode === 'string' && !libraries.has(line.libraryCode) ? [missing('libraryCode', line.libraryCode, 'code of a library')] : []),
    ];
    if (reasons.length > 0) return reasons;
    const balance = line.balance ?? line.originalAmount;
    return {
      ...fields,
      balance,
      status: balance === undefined ? undefined : balance === 0 ? 'CLOSED' : 'ACTIVE',
      currency,
      userId: borrower?._id,
      userGroup: borrower?.userGroup ?? undefined,
      itemId: line.barcode === null ? null : item?._id,
      dedupeKey: `loaded:${key}`,
    };
  },
  blank: () => ({
    userId: undefined,
    userGroup: '',
    type: undefined,
    status: undefined,
    originalAmount: undefined,
    balance: undefined,
    currency: undefined,
    libraryCode: null,
    loanId: null,
    itemId: null,
    barcode: null,
    title: null,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: undefined,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
  }),
  beside: nothing,
});

const request = z
  .strictObject({
    /** What the library calls it elsewhere. */
    key: code,
    primaryId: code,
    requestedAt: instant,
    /** Of a request for any copy of a title. */
    recordId: code.optional(),
    /** Of a request for one copy. */
    barcode: code.optional(),
    pickupLibraryCode: code,
    lastInterestDate: day.nullable().default(null),
    priority: integer.pipe(z.int().min(0)).default(50),
  })
  .refine(({ recordId, barcode }) => (recordId === undefined) !== (barcode === undefined), { path: ['recordId'], message: 'either recordId or barcode' });
type RequestLine = z.output<typeof request>;

interface RequestReferences extends FeeReferences {
  titles: ReadonlyMap<string, { _id: string; title: string }>;
}

/** Open requests of patrons, waiting in the queue. What became of them since is not undone by loading again. */
export const requests = loadable<StoredRequest, RequestLine, RequestReferences>({
  name: 'requests',
  model: (models) => models.Request,
  line: request,
  keyOf: (line) => `loaded:${line.key}`,
  storedKeyOf: (record) => record.activeKey,
  stored: (model, institutionId, lines) => model.find({ institutionId, activeKey: { $in: lines.map((line) => `loaded:${line.key}`) } }).lean<StoredRequest[]>(),
  references: async (destination, lines) => {
    const { models, institutionId } = destination;
    const recordIds = lines.flatMap(({ recordId }) => recordId ?? []);
    const titles = await models.Bib.find({ institutionId, recordId: { $in: recordIds }, deletedAt: null }, { recordId: 1, title: 1 }).lean();
    return {
      borrowers: await borrowersNamed(destination, lines.map(({ primaryId }) => primaryId)),
      items: await itemsNamed(destination, lines.map(({ barcode }) => barcode)),
      libraries: await librariesNamed(destination, lines.map(({ pickupLibraryCode }) => pickupLibraryCode)),
      titles: new Map(titles.map((one) => [one.recordId, one])),
    };
  },
  fields: (line, { borrowers, items, libraries, titles }) => {
    const borrower = borrowers.get(line.primaryId);
    const item = items.get(line.barcode ?? '');
    const title = titles.get(line.recordId ?? '');
    const bibId = item?.bibId ?? title?._id;
    if (borrower === undefined || bibId === undefined || !libraries.has(line.pickupLibraryCode)) {
      return [
        ...(borrower === undefined ? [missing('primaryId', line.primaryId, 'primary id of a user')] : []),
        ...(bibId !== undefined ? [] : [line.barcode === undefined ? missing('recordId', line.recordId ?? '', 'record id of a bib') : missing('barcode', line.barcode, 'barcode of an item')]),
        ...(libraries.has(line.pickupLibraryCode) ? [] : [missing('pickupLibraryCode', line.pickupLibraryCode, 'code of a library')]),
      ];
    }
    return {
      level: item === undefined ? 'TITLE' : 'ITEM',
      bibId,
      itemId: item?._id ?? null,
      title: title?.title,
      requesterUserId: borrower._id,
      userGroup: borrower.userGroup,
      pickupLibraryCode: line.pickupLibraryCode,
      lastInterestDate: line.lastInterestDate,
      priority: line.priority,
      createdAt: line.requestedAt,
      activeKey: `loaded:${line.key}`,
    };
  },
  blank: (id, { now }) => ({
    requestType: 'PATRON_PHYSICAL',
    level: undefined,
    bibId: undefined,
    itemId: null,
    description: null,
    title: null,
    requesterUserId: undefined,
    userGroup: null,
    status: 'NOT_STARTED',
    active: true,
    step: 'IN_QUEUE',
    stepEnteredAt: now(),
    stepExpiryDate: null,
    stepExpirySource: null,
    lastInterestDate: null,
    assignedItemId: null,
    assignedLibraryCode: null,
    assignedLocationCode: null,
    assignmentKey: `#${id}`,
    pickupType: 'LIBRARY',
    pickupLibraryCode: null,
    priority: 50,
    activeKey: undefined,
    cancelReason: null,
    closedAt: null,
    closedBy: null,
    anonymizedAt: null,
  }),
  beside: nothing,
});
