/** The steps of the desk on a loan or a fee, each a form sent: what is done, and in which words it is answered (fulfillment-loans.md, S6, S7 and S11). */
import type { LossProblem } from '../../desk/declare-lost.js';
import { isWaitedFor } from '../../desk/waited-for.js';
import type { Refunded } from '../../desk/refund-lost-fees.js';
import type { FineProblem, ReturnedLoan } from '../../desk/return-loan.js';
import type { Booking } from '../../domain/fulfillment/fee-bookings.js';
import type { AskedDueDate } from '../../domain/fulfillment/moved-due-dates.js';
import { askedDueDate, dueDateSchema, NEVER_IN } from '../due-date-changes.js';
import type { Fee } from '../../models/fee.js';
import type { Loan } from '../../models/loan.js';
import type { ApiContext } from '../context.js';
import { deedOf } from '../desk.js';
import { book, pay } from '../fee-deeds.js';
import { feeNames } from '../fee-names.js';
import { claim, endRecall, find, giveBack, lose, recall, renew, setDueDate, type CameBack, type Clerk } from '../loan-deeds.js';
import { shownValue } from '../input-problems.js';
import { Refusal } from '../refusal.js';
import type { Viewer } from '../viewer.js';
import { feeTypeName } from '../words.js';
import { answer, type Answer } from './desk-answers.js';
import { dueText, lateText, money } from './desk-words.js';
import type { Form } from './form.js';
import { localInstant, noInstant } from './local-time.js';
import { majorUnits, minorUnits, noAmount } from './typed.js';

type LoanStep = (context: ApiContext, clerk: Clerk, loan: Loan, form: Form) => Promise<Answer>;

/** By the last part of the form's address. */
export const loanSteps: ReadonlyMap<string, LoanStep> = new Map(Object.entries<LoanStep>({
  renew: async (context, clerk, { _id }, form) => {
    const { loan, fees } = await renew(context, clerk, _id, dueCycleIn(form));
    return answer('good', [`Renewed until ${dueText(clerk.viewer, loan)}.`, ...fees.map(charged)], { loanId: _id });
  },
  return: async (context, clerk, { _id }, form) => returned(context, clerk, await giveBack(context, clerk, _id, cameBack(clerk.viewer, form))),
  'claim-returned': async (context, clerk, { _id }) => {
    await claim(context, clerk, _id);
    return answer('good', ['Noted: the patron says that it was returned. The fine grows no longer.'], { loanId: _id });
  },
  lost: async (context, clerk, { _id }) => {
    const { fees, problems, again } = await lose(context, clerk, _id);
    return answer(problems.length === 0 ? 'good' : 'warning', [
      again ? 'It was lost already.' : 'Lost. No letter goes out.',
      ...fees.map(charged),
      ...problems.map((problem) => lossProblems[problem]),
    ], { loanId: _id });
  },
  found: async (context, { viewer, author }, { _id }) => {
    const { loan, refund } = await find(context, { viewer, author }, _id);
    return answer('good', [`Found, and still with the patron: the loan goes on, due ${dueText(viewer, loan)}.`, ...refunded(refund, viewer)], { loanId: _id });
  },
  'due-date': async (context, clerk, before, form) => {
    demandSeen('The loan', before, form);
    const loan = await setDueDate(context, clerk, before._id, dueDay('Due on another day', form.text('day')));
    return answer('good', [`Due ${dueText(clerk.viewer, loan)} from now on. Its notices begin anew.`], { loanId: loan._id });
  },
  recall: async (context, clerk, before, form) => {
    demandSeen('The loan', before, form);
    const day = form.text('day');
    const loan = await recall(context, clerk, before._id, { requestId: null, due: day === '' ? null : dueDay('Recall, due on', day) });
    return answer('good', [`Recalled, due ${dueText(clerk.viewer, loan)}.`], { loanId: loan._id });
  },
  'cancel-recall': async (context, clerk, { _id }) => {
    const loan = await endRecall(context, clerk, _id);
    return answer('good', [`The recall is cancelled: due ${dueText(clerk.viewer, loan)}.`], { loanId: _id });
  },
}));

/** By a rule, for a step on a loan. */
const charged = ({ type, balance, currency }: Fee): string => `${feeTypeName(type)}: ${money(balance, currency)}.`;

const lossProblems: Readonly<Record<LossProblem, string>> = {
  TOU_MISSING: 'Nothing was charged: its terms of use are missing or cannot be read.',
  REPLACEMENT_COST_MISSING: 'No replacement fee was charged: no price is known for the item.',
  CURRENCY_UNKNOWN: 'There is no rate for the currency of the item’s price: another price was taken.',
};

const notDone: ReadonlyMap<string, string> = new Map([['renew', 'Not renewed.'], ['return', 'Not returned.'], ['recall', 'Not recalled.']]);
/** A step that was refused, with the reason. */
export const loanRefused = ({ _id }: Loan, step: string, reason: string): Answer => answer('bad', [notDone.get(step) ?? 'Nothing was done.', reason], { loanId: _id });

type FeeStep = (fee: Fee, form: Form) => { booking: Booking; said: string };
const wholeFee = (type: 'DISPUTE' | 'RESTORE', said: string): FeeStep => () => ({ booking: { type }, said });
const someOfFee = (type: 'PAYMENT' | 'WAIVE' | 'REFUND', said: string): FeeStep => (fee, form) => {
  const amount = amountIn(form, fee.currency);
  return { booking: { type, amount }, said: `${said} ${money(amount, fee.currency)}.` };
};
const feeSteps: ReadonlyMap<string, FeeStep> = new Map(Object.entries<FeeStep>({
  payment: someOfFee('PAYMENT', 'paid'),
  waiver: someOfFee('WAIVE', 'waived'),
  refund: someOfFee('REFUND', 'paid out'),
  dispute: wholeFee('DISPUTE', 'in dispute. It is no debt until it is restored.'),
  restoration: wholeFee('RESTORE', 'restored. It is owed again.'),
}));
export const isFeeStep = (name: string): boolean => feeSteps.has(name);

/** The form was made from a version of the fee: money that somebody else has taken since is not taken once more. */
export async function bookStep(context: ApiContext, clerk: Clerk, before: Fee, name: string, form: Form): Promise<Answer> {
  const step = feeSteps.get(name);
  if (step === undefined) throw new Refusal('not-found', `There is no step ${name}.`);
  demandSeen('The fee', before, form);
  const { booking, said } = step(before, form);
  const reason = form.text('reason').slice(0, 200) || null;
  const { fee, closedLoanId } = await book(context, clerk, before._id, { booking, transactionId: form.text('once'), reason, comment: null });
  const left = fee.balance === 0 ? [] : [fee.balance < 0 ? `The library still owes ${money(fee.balance, fee.currency)}.` : `Left: ${money(fee.balance, fee.currency)}.`];
  return answer('good', [
    `${(await feeNames(context, clerk.viewer)).of(fee)}: ${said}`,
    ...('amount' in booking ? left : []),
    ...(closedLoanId === null ? [] : ['The lost item is paid for, and its loan has ended.']),
  ], { loanId: fee.loanId });
}

const fineProblems: Readonly<Record<FineProblem, string>> = { TOU_MISSING: 'its terms of use are missing or cannot be read', LIBRARY_MISSING: 'its library is unknown' };

/** What a return came to, for whoever stands at the desk with the item. */
export async function returned(context: ApiContext, { viewer }: Clerk, result: Exclude<ReturnedLoan, { outcome: 'REFUSED' }>): Promise<Answer> {
  const { loan } = result;
  const waits = (await isWaitedFor(deedOf(context, viewer), loan)) ? ['Another patron waits for it: put it aside.'] : [];
  const given = { loanId: loan._id };
  if (result.outcome === 'RETURNED_BEFORE') return answer('warning', ['It had been returned before: nothing was done.', ...waits], given);
  const { fine, refund, problem } = result;
  const late = lateText(viewer, loan, (loan.returnDate ?? new Date(0)).getTime());
  const lines = [
    ...(loan.processStatus === 'LOST' ? ['It was lost, and is found now.'] : []),
    ...(fine === null ? [] : [charged(fine)]),
    ...refunded(refund, viewer),
    ...(problem === null ? [] : [`No fine could be reckoned: ${fineProblems[problem]}.`]),
    ...waits,
  ];
  return answer(lines.length === 0 ? 'good' : 'warning', [late === null ? 'Returned in time.' : `Returned ${late}.`, ...lines], given);
}

function refunded({ waived, credited }: Refunded, { institution: { currency } }: Viewer): string[] {
  return [
    ...(waived > 0 ? [`Waived of the replacement fee: ${money(waived, currency)}.`] : []),
    ...(credited > 0 ? [`The library owes the patron ${money(credited, currency)}.`] : []),
  ];
}

/** What a form says of it; a time counts before the book drop. Refusal: validation-failed. */
export function cameBack({ zone }: Viewer, form: Form): CameBack {
  const at = localInstant(zone, form.text('at'));
  if (at === 'WRONG') throw new Refusal('validation-failed', `Returned earlier, at: ${noInstant(form.text('at'))}.`);
  return at ?? (form.ticked('drop') ? 'BOOK_DROP' : 'NOW');
}

/** The page that the form was on showed the record as it is now. Refusal: precondition-failed. */
function demandSeen(what: string, { version }: { version: number }, form: Form): void {
  if (form.text('version') === String(version)) return;
  throw new Refusal('precondition-failed', `${what} was changed by somebody else while you had the page open. Now you see it as it is.`);
}

/** A sum for all that a patron owes. */
export async function payStep(context: ApiContext, clerk: Clerk, userId: string, form: Form): Promise<Answer> {
  const { currency } = clerk.viewer.institution;
  const { booked, left } = await pay(context, clerk, userId, amountIn(form, currency), form.text('once'));
  const fees = booked.map(({ fee }) => fee);
  const names = await feeNames(context, clerk.viewer);
  const rest = fees.reduce((sum, { balance }) => sum + balance, 0);
  return answer(left === 0 ? 'good' : 'warning', [
    `Paid, the oldest first: ${fees.map(names.of).join(', ')}.`,
    ...(rest === 0 ? [] : [`Left of the last one: ${money(rest, currency)}.`]),
    ...(left === 0 ? [] : [`Give back ${money(left, currency)}: somebody else has taken the rest meanwhile.`]),
    ...booked.flatMap(({ closedLoanId }) => (closedLoanId === null ? [] : ['A lost item is paid for, and its loan has ended.'])),
  ]);
}

/** `label`: of its field. */
function dueDay(label: string, day: string): AskedDueDate {
  const given = dueDateSchema.safeParse({ day });
  if (given.success) return askedDueDate(given.data);
  throw new Refusal('validation-failed', `${label}: ${shownValue(day)} was given; expected a day${Number(day.slice(0, 4)) >= NEVER_IN ? ` before ${NEVER_IN}` : ', as 2026-12-31'}.`);
}

/** Of the loan as the page showed it. */
function dueCycleIn(form: Form): number {
  const text = form.text('dueCycle');
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refusal('validation-failed', 'The form does not say which loan period it would renew. Open the page again and repeat the step.');
}

function amountIn(form: Form, currency: string): number {
  const text = form.text('amount');
  const amount = text === '' ? text : minorUnits(text, currency);
  if (typeof amount === 'string') throw new Refusal('validation-failed', `Amount, ${currency}: ${noAmount(text, currency)}.`);
  if (amount > 0) return amount;
  throw new Refusal('validation-failed', `Amount, ${currency}: ${shownValue(text)} was given; expected an amount above ${majorUnits(0, currency)}.`);
}
