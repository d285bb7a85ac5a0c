/** Why notifications-activity-report tells one patron what is on the account, or does not. */
import { listening } from '../../../domain/ask.js';
import { dayText, localDay, zoneOf } from '../../../domain/days.js';
import type { Explain } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/notifications-activity-report.js';
import type { Models } from '../../../models/models.js';
import { amountText, numberOf } from '../in-words.js';
import { findUser } from '../users/find-user.js';
import { accountsOf } from './accounts.js';
import { readGround } from './ground.js';
import { judgeAccounts } from './judge.js';

const leftBecause: Record<LeaveReason, string> = {
  NOTHING_ON_ACCOUNT: 'The patron has nothing on loan and nothing to pay.',
  OTHER_USER_GROUP: 'The job is for other user groups.',
  ONLY_CREDITS: 'The patron has nothing on loan, and owes nothing.',
  NOTHING_OVERDUE_OR_OWED: 'Nothing is overdue or owed, and the job tells of nothing else.',
  BELOW_MINIMUM_DEBT: 'The patron owes less than the job tells of.',
  REPORTED_BEFORE: 'The patron has had the report of this day.',
  USER_MISSING: 'The patron is not there any more, so nobody can be told.',
};

export function createActivityExplainer(models: Models): Explain {
  return async (request) => {
    const { institutionId, currency, timeZone, asOf } = request;
    const user = await findUser(models, institutionId, request.record);
    if (user === null) return null;
    const businessDate = dayText(localDay(zoneOf(timeZone), Date.parse(asOf)));
    const ground = await readGround(models, { ...request, runId: '-', businessDate });
    const { ask, heard } = listening();
    const [judged] = await judgeAccounts(models, ground, await accountsOf(models, institutionId, [user._id]), ask);
    if (judged === undefined) return null;

    const { decision, letters } = judged;
    const explanation = { recordType: 'user', recordId: user._id, label: user.primaryId, questions: heard };
    if (decision.action === 'LEAVE') {
      const { reason } = decision;
      return { ...explanation, decision: 'LEAVE', summary: leftBecause[reason], actions: [], problems: reason === 'USER_MISSING' ? [reason] : [] };
    }
    const { overdue, loans, feeIds, totalDebt, problems } = decision.report;
    const accrued = overdue.reduce((sum, { accruedFine }) => sum + accruedFine, 0);
    const actions = [
      `${letters.length === 1 ? 'A letter lists' : `${letters.length} letters list`} ${numberOf(overdue.length, 'overdue loan')}, ${numberOf(loans.length, 'other loan')} and `
        + `${numberOf(feeIds.length, 'fee')}, ${amountText(totalDebt, currency)} in all, and fines so far of ${amountText(accrued, currency)}.`,
    ];
    return { ...explanation, decision: 'ACT', summary: 'A run would tell the patron what is on the account.', actions, problems: problems.map(({ code }) => code) };
  };
}
