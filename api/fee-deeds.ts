/** What is charged at the desk and booked on a fee, by pages and REST alike: who may, how it is refused, what the audit says (platform.md 11 and 12). */
import { z } from 'zod';
import { bookOnFee, type AskedBooking, type BookedOnFee } from '../desk/book-on-fee.js';
import { chargeFee, type ChargedFee } from '../desk/charge-fee.js';
import { payFees, type PaidFees } from '../desk/pay-fees.js';
import type { InstitutionPermission } from '../domain/permissions.js';
import type { Booking } from '../domain/fulfillment/fee-bookings.js';
import type { Fee } from '../models/fee.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { deedOf, notPossible } from './desk.js';
import { unknown } from './input-problems.js';
import { checked, type Checked } from './job-settings.js';
import type { Clerk } from './loan-deeds.js';
import { amount } from './profiles.js';
import { demand, type Viewer } from './viewer.js';

/** Taking money is everybody's at the desk; the rest its managers decide. */
export const permissionFor = (type: Booking['type']): Extract<InstitutionPermission, 'CIRCULATION' | 'CIRCULATION_OVERRIDE'> =>
  type === 'PAYMENT' ? 'CIRCULATION' : 'CIRCULATION_OVERRIDE';

/** The reason of the booking is the reason in the audit. Refusals: forbidden, not-possible. */
export async function book(context: ApiContext, { viewer, author }: Clerk, feeId: string, asked: AskedBooking): Promise<Exclude<BookedOnFee, { outcome: 'REFUSED' }>> {
  const { booking, reason } = asked;
  const result = await bookOnFee(deedOf(context, viewer, permissionFor(booking.type)), feeId, asked);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.fee, booking.type, { ...author, reason });
  return result;
}

/** A sum for all that somebody owes. Refusals: forbidden, not-possible. */
export async function pay(
  context: ApiContext, { viewer, author }: Clerk, userId: string, amount: number, transactionId: string,
): Promise<Exclude<PaidFees, { outcome: 'REFUSED' }>> {
  const result = await payFees(deedOf(context, viewer, permissionFor('PAYMENT')), userId, amount, transactionId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  for (const { fee, again } of result.booked) if (!again) await record(context, fee, 'PAYMENT', author);
  return result;
}

export const newFeeSchema = z.strictObject({
  type: z.string().min(1).max(50).describe('OTHER, or one of `staffFeeTypes` of the fulfillment settings.'),
  amount: amount.min(1).describe('Minor units of the institution’s currency.'),
  comment: z.string().trim().min(1).max(500).nullable().default(null).describe('What it is for; a letter shows it.'),
  barcode: z.string().trim().min(1).max(100).nullable().default(null).describe('Of the item it is about: the patron’s latest loan of it, else the item.'),
  libraryCode: z.string().min(1).max(100).nullable().default(null).describe('The library it is owed to; null: that of the item, without an item the institution.'),
});

/** The types that staff charge by hand. */
async function typesToCharge({ models }: ApiContext, viewer: Viewer): Promise<string[]> {
  demand(viewer, 'CIRCULATION');
  const settings = await models.FulfillmentSettings.findOne({ institutionId: viewer.institution.code }, { staffFeeTypes: 1 }).lean();
  return ['OTHER', ...(settings?.staffFeeTypes ?? [])];
}

/** `input` is a body or a form as it came. Refusal: forbidden. */
export async function checkFee(context: ApiContext, viewer: Viewer, userId: string, input: unknown): Promise<Checked<ChargedFee>> {
  const types = await typesToCharge(context, viewer);
  const { value, problems } = checked(newFeeSchema, input);
  if (value === null) return { value, problems };
  const { type, barcode, libraryCode, ...rest } = value;
  const { models } = context;
  const [about, library] = await Promise.all([
    barcode === null ? null : subjectOf(context, viewer, userId, barcode),
    libraryCode === null ? null : models.Library.findOne({ institutionId: viewer.institution.code, code: libraryCode }, { _id: 1 }).lean(),
  ]);
  const wrong = [
    ...(types.includes(type) ? [] : [unknown('/type', type, new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(types))]),
    ...(barcode !== null && about === null ? [unknown('/barcode', barcode, 'the barcode of an item')] : []),
    ...(libraryCode !== null && library === null ? [unknown('/libraryCode', libraryCode, 'the code of a library')] : []),
  ];
  if (wrong.length > 0) return { value: null, problems: wrong };
  return { value: { ...rest, type, about, libraryCode: libraryCode ?? about?.libraryCode ?? null }, problems: [] };
}

/** Of an item that is on record no more its loan tells. null: there is neither. */
async function subjectOf({ models }: ApiContext, { institution: { code: institutionId } }: Viewer, userId: string, barcode: string): Promise<ChargedFee['about'] & { libraryCode: string } | null> {
  const loan = await models.Loan.findOne({ institutionId, barcode, userId }).sort({ loanDate: -1 }).lean();
  if (loan !== null) return { loanId: loan._id, itemId: loan.itemId, barcode, title: loan.title, libraryCode: loan.libraryCode };
  const item = await models.Item.findOne({ institutionId, barcodeKey: barcode, deletedAt: null }, { bibId: 1, libraryCode: 1 }).lean();
  if (item === null) return null;
  const bib = await models.Bib.findOne({ institutionId, _id: item.bibId }, { title: 1 }).lean();
  return { loanId: null, itemId: item._id, barcode, title: bib?.title ?? null, libraryCode: item.libraryCode };
}

/** Refusals: forbidden, not-possible. */
export async function charge(context: ApiContext, { viewer, author }: Clerk, feeId: string, userId: string, asked: ChargedFee): Promise<Fee> {
  const result = await chargeFee(deedOf(context, viewer), { feeId, userId, currency: viewer.institution.currency, ...asked });
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.fee, 'CHARGE', author);
  return result.fee;
}

function record(context: ApiContext, { institutionId, _id, type, title }: Fee, action: Booking['type'] | 'CHARGE', author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'Fee', id: _id, label: title === null ? type : `${type}, ${title}` }, { action, author });
}
