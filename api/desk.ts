/** What the routes of the circulation desk share: who may, which record is meant, and how the desk's no is said (platform.md 11, 17). */
import type { Deed } from '../desk/deed.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';
import { shortened } from './words.js';

/** Refusal: forbidden. One moment for all that is done. */
export function deedOf({ models, now, wakeMail, log }: ApiContext, viewer: Viewer, permission: 'CIRCULATION' | 'CIRCULATION_OVERRIDE' = 'CIRCULATION'): Deed {
  demand(viewer, permission);
  const institutionId = viewer.institution.code;
  const tellMail = async () => wakeMail(institutionId).catch((error: unknown) => log.warn({ error, institutionId }, 'The delivery could not be told of a letter'));
  return { models, institutionId, at: now(), by: 'STAFF', actorId: viewer.actor.id, tellMail };
}

/** `reference`: an id or, as `barcode:39999000123456`, the item; of its loans the open one, else the latest. */
export async function loanOf({ models }: ApiContext, viewer: Viewer, reference: string): Promise<Loan> {
  demand(viewer, 'CIRCULATION');
  const institutionId = viewer.institution.code;
  const [, barcode] = /^barcode:(.+)$/.exec(reference) ?? [];
  const loan = barcode === undefined
    ? await models.Loan.findOne({ institutionId, _id: reference }).lean()
    : await models.Loan.findOne({ institutionId, barcode }).sort({ loanDate: -1 }).lean();
  if (loan === null) throw new Refusal('not-found', barcode === undefined ? `There is no loan ${reference}.` : `No loan of an item with the barcode ${shortened(barcode)} is on record.`);
  return loan;
}

export async function feeOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<Fee> {
  demand(viewer, 'CIRCULATION');
  const fee = await models.Fee.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (fee === null) throw new Refusal('not-found', `There is no fee ${id}.`);
  return fee;
}

/** The id of the person with that primary id. */
export async function userIdOf({ models }: ApiContext, viewer: Viewer, primaryId: string): Promise<string> {
  demand(viewer, 'CIRCULATION');
  const user = await models.User.findOne({ institutionId: viewer.institution.code, primaryId }, { _id: 1 }).lean();
  if (user === null) throw new Refusal('not-found', `There is no user ${shortened(primaryId)}.`);
  return user._id;
}

const reasons = {
  NO_LOAN: 'The loan is not on record any more.',
  NO_FEE: 'The fee is not on record any more.',
  LOAN_ENDED: 'The loan has ended.',
  LOAN_LOST: 'The loan counts as lost: it has to be found first.',
  LOAN_NOT_LOST: 'The loan does not count as lost.',
  LOAN_CLAIMED: 'The patron says that it was returned.',
  NOT_RECALLED: 'The loan is not recalled.',
  RETURN_IN_FUTURE: 'The return would lie in the future.',
  RETURN_BEFORE_LOAN: 'It would be returned before it was lent.',
  RETURN_TOO_LONG_AGO: 'A return is dated back by a year at most.',
  CHANGED_SINCE: 'The due date was changed by somebody else meanwhile.',
  DUE_DATE_PAST: 'It would be due in the past.',
  LOAN_ID_USED: 'The loan id belongs to another loan.',
  NO_ITEM: 'There is no item with this barcode.',
  ITEM_ON_LOAN: 'The item is on loan: it has to be returned first.',
  ITEM_NOT_AVAILABLE: 'The item is in a process that keeps it from being lent.',
  ITEM_BUSY: 'Another desk is at work on the item. Try once more.',
  ITEM_REQUESTED: 'Another patron has requested it.',
  BOOKING_CONFLICT: 'Another patron has booked it within the loan.',
  NO_FULFILLMENT_UNIT: 'The location of the item belongs to no fulfillment unit.',
  FULFILLMENT_UNIT_DISABLED: 'The fulfillment unit of the item is disabled.',
  NO_RULE: 'No rule of the fulfillment unit names terms of use.',
  TOU_MISSING: 'The terms of use are missing or cannot be read.',
  LIBRARY_MISSING: 'The library of the item is unknown.',
  USER_MISSING: 'The patron is not on record any more.',
  USER_INACTIVE: 'The patron is inactive.',
  NO_PATRON_ROLE: 'The person has no role of a patron.',
  USER_EXPIRED: 'The card has expired.',
  USER_BLOCKED: 'The patron is blocked.',
  CASH_LIMIT: 'The patron owes more than is allowed.',
  OVERDUE_LIMIT: 'The patron has more overdue loans than are allowed.',
  OVERDUE_RECALL_LIMIT: 'The patron has more overdue recalls than are allowed.',
  EVENT_DATE_MISSING: 'The calendar has no date ahead for the event at which it would be due.',
  NO_LATER_DUE_DATE: 'It would be due before it is lent: the card ends first.',
  NOT_RENEWABLE: 'The terms of use allow no renewal.',
  RECALLED: 'It is recalled.',
  TOO_EARLY: 'It is too early to renew it.',
  MAX_RENEWAL_REACHED: 'It has been out as long as it may be.',
  USER_EXPIRES: 'The card ends before a renewal could make it due later.',
  SAME_DUE_DATE: 'A renewal would not make it due later.',
  LOAN_BUSY: 'The loan was changed by others again and again. Try once more.',
  FEE_CLOSED: 'The fee is closed.',
  FEE_EXPORTED: 'The fee was handed to the bursar, who collects it.',
  FEE_IN_DISPUTE: 'The fee is in dispute: it has to be restored first.',
  FEE_NOT_IN_DISPUTE: 'The fee is not in dispute.',
  FEE_IS_CREDIT: 'It is a credit: the library owes it to the patron.',
  FEE_NOT_CREDIT: 'It is no credit: the patron owes it to the library.',
  FEE_ID_USED: 'The fee id belongs to another fee.',
  FEE_BUSY: 'The fee was changed by others again and again. Try once more.',
  NO_BLOCK: 'The block is not on record any more.',
  BLOCKED_ALREADY: 'The patron has a block of this kind already.',
  BLOCK_ID_USED: 'The block id belongs to another block.',
  BLOCK_ENDED: 'The block has ended already.',
  BLOCK_EXTERNAL: 'The block comes from another system: it is lifted there.',
  BLOCK_BUSY: 'The block was changed by others again and again. Try once more.',
  MORE_THAN_OWED: 'It is more than is owed.',
  MORE_THAN_CREDIT: 'It is more than the credit comes to.',
  TRANSACTION_ID_USED: 'The transaction id belongs to another booking on this fee.',
} as const;
type DeskReason = keyof typeof reasons;

/** Why the desk does not do something, in a sentence; `detail` says more of it. */
export const reasonText = (reason: DeskReason, detail: string | null = null): string => (detail === null ? reasons[reason] : `${reasons[reason].slice(0, -1)}: ${detail}.`);

/** `not-possible`, with the reason as its code. */
export function notPossible(reason: DeskReason, detail: string | null = null): Refusal {
  const message = reasonText(reason, detail);
  return new Refusal('not-possible', message, [{ code: reason, message }]);
}
