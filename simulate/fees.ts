/** Who pays, in part or all that they owe, has waived, disputes and is paid back. */
import type { Draw } from '../chaos/draw.js';
import { bookOnFee, type AskedBooking } from '../desk/book-on-fee.js';
import { payFees } from '../desk/pay-fees.js';
import type { Fee } from '../models/fee.js';
import { sometime, type Happening, type Life } from './happening.js';

const fields = { _id: 1, userId: 1, itemId: 1, status: 1, balance: 1, version: 1, dedupeKey: 1 } as const;
type ReadFee = Pick<Fee, keyof typeof fields>;

/** Of a thousand patrons with debts twenty pay all of them; of a thousand open fees of the others forty are paid, ten in part, five are waived and three disputed. */
export async function ofFees({ models, plan: { institutionId } }: Life, draw: Draw): Promise<Happening[]> {
  const open = await models.Fee.find({ institutionId, status: { $in: ['ACTIVE', 'IN_DISPUTE'] }, balance: { $ne: 0 } }, fields).lean<ReadFee[]>();
  const fees = open.sort((a, b) => (a.dedupeKey < b.dedupeKey ? -1 : 1));
  const owed = new Map<string, ReadFee[]>();
  for (const fee of fees) if (fee.userId !== null && fee.status === 'ACTIVE' && fee.balance > 0) owed.set(fee.userId, [...(owed.get(fee.userId) ?? []), fee]);
  const paying = new Map([...owed].filter(() => draw.below(1_000) < 20));

  const all = [...paying].map(([userId, debts]): Happening => {
    const sum = debts.reduce((total, { balance }) => total + balance, 0);
    const transactionId = debts.map(({ _id, version }) => `${_id}:${version}`).join();
    return { minutes: sometime(draw), by: 'STAFF', what: 'all paid', touches: touchedBy(debts), asked: (deed) => payFees(deed, userId, sum, transactionId) };
  });
  const single = fees.filter(({ userId }) => !paying.has(userId ?? '')).flatMap((fee): Happening[] => {
    const booking = bookingOf(fee, draw.below(1_000));
    if (booking === null) return [];
    const asked: AskedBooking = { booking, transactionId: `${fee._id}:${fee.version}`, reason: null, comment: null };
    return [{ minutes: sometime(draw), by: 'STAFF', what: booking.type.toLowerCase(), touches: touchedBy([fee]), asked: (deed) => bookOnFee(deed, fee._id, asked) }];
  });
  return [...all, ...single];
}

/** The loan that a payment may end has the item. */
const touchedBy = (fees: readonly ReadFee[]) => [...new Set(fees.flatMap(({ _id, userId, itemId }) => [userId ?? _id, itemId ?? _id]))];

function bookingOf({ status, balance }: ReadFee, thrown: number): AskedBooking['booking'] | null {
  if (balance < 0) return thrown < 100 ? { type: 'REFUND', amount: -balance } : null;
  if (status === 'IN_DISPUTE') return thrown < 150 ? { type: 'RESTORE' } : null;
  if (thrown < 40) return { type: 'PAYMENT', amount: balance };
  if (thrown < 50 && balance > 1) return { type: 'PAYMENT', amount: Math.floor(balance / 2) };
  if (thrown < 55) return { type: 'WAIVE', amount: balance };
  return thrown < 58 ? { type: 'DISPUTE' } : null;
}
