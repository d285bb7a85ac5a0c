/** The pass over closed fees: rule 5. */
import type { EndedRecord } from '../../../domain/fulfillment/fulfillment-historical-archiving.js';
import type { Fee } from '../../../models/fee.js';
import type { Models } from '../../../models/models.js';
import { updateEach, type UpdateOfOne } from '../../../models/update-each.js';
import type { Change, Pass } from './pass.js';
import { walkOf } from './walk.js';

const feeFields = {
  userId: 1, userGroup: 1, type: 1, status: 1, balance: 1, comment: 1, closedAt: 1, transactions: 1, anonymizedAt: 1, version: 1,
} as const satisfies Partial<Record<keyof Fee, 1>>;
export type ReadFee = Pick<Fee, '_id' | keyof typeof feeFields>;

export const feePass = (models: Models): Pass<ReadFee> => ({
  recordType: 'fee',
  table: 'FEES',
  walk: walkOf(models.Fee, { status: 'CLOSED' }, 'closedAt', feeFields),
  asked: ({ fees, feeComments }) => ({ anonymizes: fees, removesText: feeComments }),
  hasText,
  labelOf: ({ type }) => type,
  counters: { examined: 'feesExamined', anonymized: 'feesAnonymized', retainedByRule: 'feesRetainedByRule', textRemoved: 'feeCommentsRemoved' },
  snapshots: (_institutionId, fees) => Promise.resolve(fees.map((fee): EndedRecord => ({
    hasEnded: fee.status === 'CLOSED',
    endedAt: fee.closedAt?.getTime() ?? null,
    anonymizedAt: fee.anonymizedAt?.getTime() ?? null,
    userId: fee.userId,
    userGroup: fee.userGroup,
    libraryCode: null,
    locationCode: null,
    openDebts: fee.balance === 0 ? 0 : 1,
    loanRankOnItem: null,
    hasText: hasText(fee),
  }))),
  write: ({ institutionId, asOf }, changes, now) => updateEach(models.Fee, changes.map(({ record, action, removesText }): UpdateOfOne<Fee> => {
    const { _id, version } = record;
    // Of a fee on a letter the key names the person.
    const anonymous = action === 'ANONYMIZE' ? { userId: null, dedupeKey: `#${_id}`, anonymizedAt: new Date(asOf) } : {};
    const set = { ...anonymous, ...(removesText && { comment: null }), transactions: transactionsOf(record, action, removesText), updatedAt: now };
    return { filter: { institutionId, _id, version, status: 'CLOSED', balance: 0, anonymizedAt: null }, update: { $set: set, $inc: { version: 1 } } };
  })),
});

const hasText = ({ comment, transactions }: ReadFee): boolean => comment !== null || transactions.some((each) => each.reason !== null || each.comment !== null);

const transactionsOf = ({ transactions }: ReadFee, action: Change<ReadFee>['action'], removesText: boolean): Fee['transactions'] =>
  transactions.map((transaction) => ({ ...transaction, ...(action === 'ANONYMIZE' && { by: '-' }), ...(removesText && { reason: null, comment: null }) }));
