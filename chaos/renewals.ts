/** A night of notifications-courtesy-and-renewals, drawn from a seed: loans that fall due, and two at which an earlier run broke off. */
import type { Models } from '../models/models.js';
import { activated, idOf } from '../test/support/demo-library.js';
import { at } from '../test/support/fixture-a.js';
import type { Draw } from './draw.js';
import { bare, brokenRun, library, primaryIdOf, type Size } from './library.js';

const lastNight = new Date(at('2025-03-16 03:00'));

/** Loans of WEST are named by no rule. Answers with the id of its scheduled job, which nothing but a person starts. */
export async function fallingDue(models: Models, institutionId: string, size: Size): Promise<string> {
  const [oldDueDate, newDueDate] = [new Date(at('2025-03-18 21:00')), new Date(at('2025-04-14 21:00'))];
  const renewed = { ...bare(institutionId, 'B001', newDueDate), dueCycle: 2, dueDateSource: 'RENEWAL' as const, processStatus: 'RENEW' as const, renewalCount: 1, lastRenewalAt: lastNight };
  const still = bare(institutionId, 'B002', oldDueDate);
  await library(models, institutionId, size, dueAboutTheWindow, [renewed, still]);
  await models.LoanNotice.insertMany([renewed, still].map(({ _id: loanId, userId, libraryCode }) => ({
    institutionId, loanId, dueCycle: 2, kind: 'RENEWED', profileId: '-', dayKey: '-', userId, libraryCode, sendFormat: 'EMAIL', runId: brokenRun(institutionId),
    decidedAt: lastNight, state: 'DECIDED',
    data: { oldDueDate: oldDueDate.toISOString(), newDueDate: newDueDate.toISOString(), cappedBy: null, renewedAt: lastNight.toISOString() },
    letterKey: `${brokenRun(institutionId)}:AutomaticLoansRenewNotice:RENEWED.EMAIL:${idOf(institutionId, primaryIdOf(1))}:-`,
  })));
  const notOfWest = [{ field: 'library', op: 'NOT_EQUALS' as const, values: ['WEST'] }];
  await models.AutoRenewalRule.create({ institutionId, order: 1, name: 'All but West', parameters: notOfWest, output: true });
  await models.PatronLimit.create({ institutionId, userGroup: 'STUDENT', maxOverdueLoans: 1 });
  return (await activated(models, institutionId, 'notifications-courtesy-and-renewals'))._id;
}

/** From overdue to the day after the window. */
const dueAboutTheWindow = (draw: Draw) =>
  new Date(at(draw.one(['2025-03-10 21:00', '2025-03-17 21:00', '2025-03-18 21:00', '2025-03-19 21:00', '2025-03-20 21:00', '2025-03-20 23:59', '2025-03-21 00:00'])));
