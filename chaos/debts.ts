/** A morning of fines-fees-notifications, drawn from a seed. */
import { finesLetterKey, notificationFeeKey } from '../domain/fulfillment/fines-fees-notifications.js';
import type { Fee } from '../models/fee.js';
import type { Models } from '../models/models.js';
import { activated, finesProfile, idOf } from '../test/support/demo-library.js';
import { at } from '../test/support/fixture-a.js';
import { drawFrom, type Draw } from './draw.js';
import { asOf, parts, peopled, primaryIdOf, type Size } from './library.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * As many fees as the size says loans, and one of a user who is gone; a run of an hour before broke off when it had charged for two letters,
 * one of which is still due.
 */
export async function debtsWork(models: Models, institutionId: string, { seed, loans: size }: Size): Promise<string> {
  const draw = drawFrom(seed, 'library');
  const patrons = await peopled(models, institutionId, size, draw);
  await finesProfile(models, institutionId, 'D1', 1, { minimumBalance: 500, daysAfterCreation: 7, repeatEveryDays: 7, maxRepeats: 1, notificationFee: 50, sendFormat: 'EMAIL_AND_SMS' });
  await finesProfile(models, institutionId, 'D2', 2, { minimumBalance: 2_000, daysAfterCreation: 14, libraries: ['MAIN'], notificationFee: 100 });
  await finesProfile(models, institutionId, 'D3', 3, { feeTypes: ['LOST_ITEM_REPLACEMENT_FEE'], minimumBalance: 3_000 });
  await models.User.create({
    _id: idOf(institutionId, 'B1'), institutionId, primaryId: 'B1', displayName: 'Patron B1', lastName: 'B1', userGroup: 'STUDENT', status: 'ACTIVE', statusDate: '2025-01-01',
    emails: [{ address: `b1.${institutionId}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' }],
  });

  const drawn = Array.from({ length: size }, (_, index) => feeOf(institutionId, index, patrons, draw));
  const createdAt = new Date(at('2025-03-01 12:00'));
  const old = { ...drawn[0]!, type: 'OVERDUE_FINE', status: 'ACTIVE', originalAmount: 900, balance: 900, createdAt } as const;
  const own = named(institutionId, 'FB1');
  const ofBroken: Fee = { ...old, ...own, userId: idOf(institutionId, 'B1') };
  const left = [0, 1].map((step): Fee => {
    const dedupeKey = notificationFeeKey(finesLetterKey(idOf(institutionId, 'D1'), ofBroken.userId!, own._id, step));
    return { ...ofBroken, ...named(institutionId, `C${step}`), type: 'FINE_FEE_NOTIFICATION_FEE', libraryCode: null, originalAmount: 50, balance: 50, createdAt: new Date(asOf.getTime() - DAY_MS / 24), dedupeKey };
  });
  const ofNobody: Fee = { ...old, ...named(institutionId, 'FNONE'), userId: idOf(institutionId, 'nobody') };
  for (const some of parts([...drawn, ofBroken, ...left, ofNobody])) await models.Fee.insertMany(some);
  return (await activated(models, institutionId, 'fines-fees-notifications'))._id;
}

/** Charged in the last five weeks; one in nine is disputed, one in ten paid, one in fourteen a credit. */
export function feeOf(institutionId: string, index: number, patrons: number, draw: Draw): Fee {
  const userId = idOf(institutionId, primaryIdOf(draw.below(patrons)));
  const credit = draw.below(14) === 0;
  const status = draw.one(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'IN_DISPUTE', 'EXPORTED'] as const);
  const originalAmount = credit ? -150 : 100 * (1 + draw.below(40));
  const createdAt = new Date(asOf.getTime() - draw.below(35) * DAY_MS - index);
  return {
    ...named(institutionId, `F${String(index).padStart(5, '0')}`), institutionId, userId, userGroup: 'STUDENT', status,
    type: credit ? 'CREDIT' : draw.one(['OVERDUE_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'FINE_FEE_NOTIFICATION_FEE']), originalAmount, balance: originalAmount, currency: 'USD',
    libraryCode: draw.one(['MAIN', 'MAIN', 'WEST', null]), loanId: null, itemId: null, barcode: null, relatedFeeId: null, comment: null, closedAt: null, transactions: [],
    exportClaim: null, bursarTransactionId: null, transferredAmount: 0, anonymizedAt: null, version: 1, createdAt, updatedAt: createdAt,
  };
}

/** In an order that is the same in every institution: letters list fees of one instant by their ids. */
function named(institutionId: string, title: string): Pick<Fee, '_id' | 'title' | 'dedupeKey'> {
  const _id = idOf(institutionId, 'fees').slice(0, 12) + Buffer.from(title).toString('hex').slice(0, 12).padEnd(12, '0');
  return { _id, title, dedupeKey: `#${_id}` };
}
