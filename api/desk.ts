/** What the routes of the circulation desk share: who may, which record is meant, and how the desk's no is said (platform.md 11, 17). */
import type { Deed } from '../desk/deed.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

/** Refusal: forbidden. One moment for all that is done. */
export function deedOf({ models, now }: ApiContext, viewer: Viewer, permission: 'CIRCULATION' | 'CIRCULATION_OVERRIDE' = 'CIRCULATION'): Deed {
  demand(viewer, permission);
  return { models, institutionId: viewer.institution.code, at: now(), by: 'STAFF', actorId: viewer.userId };
}

/** `reference`: an id or, as `barcode:39999000123456`, the item; of its loans the open one, else the latest. */
export async function loanOf({ models }: ApiContext, viewer: Viewer, reference: string): Promise<Loan> {
  demand(viewer, 'CIRCULATION');
  const institutionId = viewer.institution.code;
  const [, barcode] = /^barcode:(.+)$/.exec(reference) ?? [];
  const loan = barcode === undefined
    ? await models.Loan.findOne({ institutionId, _id: reference }).lean()
    : await models.Loan.findOne({ institutionId, barcode }).sort({ loanDate: -1 }).lean();
  if (loan === null) throw new Refusal('not-found', barcode === undefined ? `There is no loan ${reference}.` : `No loan of an item with the barcode ${barcode} is on record.`);
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
  if (user === null) throw new Refusal('not-found', `There is no user ${primaryId}.`);
  return user._id;
}

const reasons = {
  NO_LOAN: 'The loan is not on record any more.',
  NO_FEE: 'The fee is not on record any more.',
  LOAN_ENDED: 'The loan has ended.',
  LOAN_LOST: 'The loan counts as lost: it has to be found first.',
  LOAN_NOT_LOST: 'The loan does not count as lost.',
  LOAN_BUSY: 'The loan was changed by others again and again. Try once more.',
  FEE_CLOSED: 'The fee is closed.',
  FEE_EXPORTED: 'The fee was handed to the bursar, who collects it.',
  FEE_IN_DISPUTE: 'The fee is in dispute: it has to be restored first.',
  FEE_NOT_IN_DISPUTE: 'The fee is not in dispute.',
  FEE_IS_CREDIT: 'It is a credit: the library owes it to the patron.',
  FEE_BUSY: 'The fee was changed by others again and again. Try once more.',
  MORE_THAN_OWED: 'It is more than is owed.',
  TRANSACTION_ID_USED: 'The transaction id belongs to another booking on this fee.',
} as const;
export type DeskReason = keyof typeof reasons;

/** `not-possible`, with the reason as its code. */
export function notPossible(reason: DeskReason): Refusal {
  return new Refusal('not-possible', reasons[reason], [{ code: reason, message: reasons[reason] }]);
}

export function recordLoanDeed(context: ApiContext, { institutionId, _id, barcode }: Loan, action: string, author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'Loan', id: _id, label: barcode }, { action, author });
}

export function recordFeeDeed(context: ApiContext, { institutionId, _id, type, title }: Fee, action: string, author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'Fee', id: _id, label: title === null ? type : `${type}, ${title}` }, { action, author });
}
