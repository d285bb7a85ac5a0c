/** A night of loans-due-date-correction, drawn from a seed: days that were closed since, and two loans at which an earlier run broke off. */
import type { Models } from '../models/models.js';
import { closes } from '../test/support/calendar-changes.js';
import { activated, calendar, idOf } from '../test/support/demo-library.js';
import { at, mainHours } from '../test/support/fixture-a.js';
import type { Draw } from './draw.js';
import { bare, brokenRun, library, primaryIdOf, type Size } from './library.js';

/** Answers with the id of its scheduled job, which nothing but a person starts. */
export async function closedDays(models: Models, institutionId: string, size: Size): Promise<string> {
  const moved = { ...bare(institutionId, 'B001', new Date(at('2025-03-19 21:00'))), dueCycle: 2, dueDateSource: 'CALENDAR' as const };
  const still = bare(institutionId, 'B002', new Date(at('2025-03-18 21:00')));
  await library(models, institutionId, size, dueAboutClosings, [moved, still]);
  await models.LoanNotice.insertMany([moved, still].map(({ _id: loanId, userId, libraryCode }) => ({
    institutionId, loanId, dueCycle: 2, kind: 'DUE_DATE_CHANGED', profileId: '-', dayKey: '-', userId, libraryCode, sendFormat: 'EMAIL', runId: brokenRun(institutionId),
    decidedAt: new Date(at('2025-03-16 00:15')), state: 'DECIDED', data: { oldDueDate: new Date(at('2025-03-18 21:00')), newDueDate: new Date(at('2025-03-19 21:00')) },
    letterKey: `${brokenRun(institutionId)}:FulItemChangeDueDateLetter:DUE_DATE_CHANGED.EMAIL:${idOf(institutionId, primaryIdOf(1))}:-`,
  })));
  await calendar(models, institutionId, mainHours.map((hours) => ({ ...hours, libraryCode: 'WEST' })));
  await closes(models, institutionId, '2025-03-15 10:00', '2025-03-18');
  await closes(models, institutionId, '2025-03-16 10:00', '2025-03-14', { level: 'LIBRARY', libraryCode: 'MAIN' });
  await closes(models, institutionId, '2025-03-16 11:00', '2025-03-20', { level: 'LIBRARY', libraryCode: 'WEST', fromTime: '15:00', toTime: '21:00' });
  return (await activated(models, institutionId, 'loans-due-date-correction'))._id;
}

/** On the days that were closed, and about them. */
const dueAboutClosings = (draw: Draw) =>
  new Date(at(draw.one(['2025-03-14 21:00', '2025-03-15 17:00', '2025-03-18 00:00', '2025-03-18 21:00', '2025-03-18 21:00', '2025-03-19 21:00', '2025-03-20 21:00'])));
