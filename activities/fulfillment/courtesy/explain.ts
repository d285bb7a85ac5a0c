/** Why notifications-courtesy-and-renewals renews one loan, tells its patron that it does not, or leaves it. */
import { notificationsCourtesyAndRenewals } from '../../../catalogue/fulfillment/notifications-courtesy-and-renewals.js';
import { listening } from '../../../domain/ask.js';
import { zoneOf, type Zone } from '../../../domain/days.js';
import type { Asking, Explain, ExplainOne } from '../../../domain/explanation.js';
import type { LeaveReason, NotRenewedReason, RenewalProblem } from '../../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { Models } from '../../../models/models.js';
import { localText } from '../in-words.js';
import { findLoan } from '../loans/find-loan.js';
import { readGround } from './ground.js';
import { judgeLoans, loanFields, type JudgedLoan, type ReadLoan } from './judge.js';
import { problemsOf } from './tally.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ACTIVE: 'The loan has ended.',
  STATUS_LEFT_OUT: 'The loan is lost, or claimed returned: such loans are not renewed.',
  SHORT_LOAN: 'The loan was made for minutes or hours: short loans have reminders of their own.',
  NOT_IN_WINDOW: 'The loan is not due within the days that the job looks ahead.',
  FELL_DUE_BEFORE: 'The loan is overdue: it fell due when an earlier run had looked at it.',
  TRIED_BEFORE: 'The loan is overdue, and a run tried in vain to renew it before it fell due.',
};

const notRenewedBecause: Record<NotRenewedReason, string> = {
  NO_RULE: 'no rule wants it renewed automatically',
  NOT_RENEWABLE: 'its terms of use allow no renewal',
  RENEW_FEE_APPLIES: 'its renewal costs a fee, and nobody is charged without asking',
  RECALLED: 'it is recalled',
  USER_INACTIVE: 'the borrower is inactive',
  NO_PATRON_ROLE: 'the borrower is no patron any more',
  USER_EXPIRED: "the borrower's card has expired",
  USER_BLOCKED: 'the borrower is blocked',
  CASH_LIMIT: 'the borrower owes more than is allowed',
  OVERDUE_LIMIT: 'the borrower has more overdue loans than are allowed',
  OVERDUE_RECALL_LIMIT: 'the borrower has more overdue recalled loans than are allowed',
  ITEM_REQUESTED: 'another user waits for it',
  EVENT_DATE_MISSING: 'the calendar has no date for the event that its terms of use name',
  BOOKING_CONFLICT: 'another user has booked it',
  MAX_RENEWAL_REACHED: 'it has been lent for as long as is allowed',
  USER_EXPIRES: "the borrower's card ends before it could be due later",
  SAME_DUE_DATE: 'it would not be due later than it is',
};

const failedBecause: Record<RenewalProblem, string> = {
  TOU_MISSING: 'its terms of use are missing or cannot be read',
  USER_MISSING: 'the borrower is not there any more',
  LIBRARY_MISSING: 'its library is unknown',
};

export const createCourtesyExplainer = (models: Models): Explain => async (request) => (await explainLoansFallingDue(models, request))(request.record);

/** Of many loans: what they are judged by is read once. */
export async function explainLoansFallingDue(models: Models, request: Asking): Promise<ExplainOne> {
  const ground = await readGround(models, { ...request, runId: '-' }, notificationsCourtesyAndRenewals.parameters.parse(request.parameters));
  return async (record) => {
    const loan = await findLoan<ReadLoan>(models, request.institutionId, record, loanFields);
    if (loan === null) return null;
    const { ask, heard } = listening();
    const [judged] = await judgeLoans(models, request.institutionId, ground, [loan], [], ask);
    if (judged === undefined) return null;
    const problems = problemsOf(judged, ground).map(({ code }) => code);
    return { recordType: 'loan', recordId: loan._id, label: loan.barcode, questions: heard, problems, ...sentencesOf(judged, zoneOf(request.timeZone)) };
  };
}

function sentencesOf({ decision }: JudgedLoan, zone: Zone): { decision: 'ACT' | 'LEAVE'; summary: string; actions: string[] } {
  switch (decision.action) {
    case 'LEAVE':
      return { decision: 'LEAVE', summary: leftBecause[decision.reason], actions: [] };
    case 'WAIT':
      return { decision: 'LEAVE', summary: 'It is too early to renew the loan: a later run tries again.', actions: [] };
    case 'FAIL':
      return { decision: 'LEAVE', summary: `The loan can be neither renewed nor told of: ${failedBecause[decision.reason]}.`, actions: [] };
    case 'RENEW': {
      const shortened = { MAX: ', shortened by the maximum renewal period', EXPIRY: ", shortened by the end of the borrower's card" };
      const until = `The loan is renewed until ${localText(zone, decision.newDueDate)}${decision.cappedBy === null ? '' : shortened[decision.cappedBy]}.`;
      return { decision: 'ACT', summary: 'A run would renew the loan.', actions: [until, decision.letterKey === '' ? 'No letter says so.' : 'The renewal letter to its borrower lists it.'] };
    }
    case 'KEEP': {
      const actions = [
        ...(decision.tell === null ? [] : ['The courtesy letter to its borrower lists it.']),
        ...(decision.note ? ['The reason is noted on the loan.'] : []),
      ];
      return { decision: actions.length > 0 ? 'ACT' : 'LEAVE', summary: `A run would not renew the loan: ${notRenewedBecause[decision.reason]}.`, actions };
    }
  }
}
