/** fees: known by what the library calls them elsewhere. */
import { z } from 'zod';
import type { Fee } from '../../../models/fee.js';
import { loadable, missing, nothing } from './loadable.js';
import { borrowersNamed, itemsNamed, type Borrower, type LentItem } from './named.js';
import { librariesNamed } from './places.js';
import { amount, code, instant, text } from './values.js';

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
