/** Another due date for all loans of a library that are due within some days, such as when it has to close; by pages and REST (data-model.md, loan: BULK). */
import { z } from 'zod';
import { countDueWithin, moveDueDates, type DueWithin, type MovedDueDates } from '../desk/move-due-dates.js';
import { dayNumber } from '../domain/days.js';
import type { AskedDueDate } from '../domain/fulfillment/moved-due-dates.js';
import { recordDeed } from './changes.js';
import type { ApiContext } from './context.js';
import { deedOf } from './desk.js';
import { libraryOf } from './libraries.js';
import type { Clerk } from './loan-deeds.js';
import type { Viewer } from './viewer.js';

const day = z.iso.date('expected a day such as 2026-05-12').meta({ examples: ['2026-05-12'] });
/** Two months: what is due within more days is no closing, but a slip of the pen. */
const MOST_DAYS = 62;

const instant = z.iso.datetime({ offset: true, error: 'expected an instant such as 2026-05-12T04:00:00Z' });
/** The first year that no loan is due in: a later one is a slip of the pen. */
export const NEVER_IN = 2100;
const inThisCentury = (text: string): boolean => !(Number(text.slice(0, 4)) >= NEVER_IN); // what is no day is refused as such
const tooLate = { error: ({ input }: { input?: unknown }) => `"${String(input)}" was given; expected a year before ${NEVER_IN}` };
export const dueDateSchema = z.union([z.strictObject({ day: day.refine(inThisCentury, tooLate) }), z.strictObject({ instant: instant.refine(inThisCentury, tooLate) })])
  .describe('A day: when the library closes then. What falls on closed time moves as the terms of use say.');
export const askedDueDate = (given: z.output<typeof dueDateSchema>): AskedDueDate => ('day' in given ? { day: dayNumber(given.day) } : { instant: Date.parse(given.instant) });

export const dueDateChangeSchema = z
  .strictObject({
    libraryCode: z.string().min(1).max(100),
    from: day,
    to: day.describe(`The last day, inclusive; at most ${MOST_DAYS} days.`),
    due: dueDateSchema,
    reason: z.string().trim().min(1).max(500),
  })
  .superRefine(({ from, to }, problems) => {
    const add = (message: string) => problems.addIssue({ code: 'custom', path: ['to'], message: `"${to}" was given; expected ${message}` });
    if (![from, to].every((text) => day.safeParse(text).success)) return; // said already
    if (to < from) add(`${from} or a later day`);
    else if (dayNumber(to) - dayNumber(from) >= MOST_DAYS) add(`a day within ${MOST_DAYS} days of ${from}`);
  });
export type DueDateChange = z.output<typeof dueDateChangeSchema>;

/** A decision of the desk's managers, whose reason is kept in the audit. Refusals: forbidden, not-found. */
export async function changeDueDates(context: ApiContext, { viewer, author }: Clerk, change: DueDateChange): Promise<MovedDueDates> {
  const deed = deedOf(context, viewer, 'CIRCULATION_OVERRIDE');
  const { libraryCode, from, to, due, reason } = change;
  const result = await moveDueDates(deed, { ...(await withinOf(context, viewer, change)), due: askedDueDate(due) });
  const target = { type: 'Library', id: libraryCode, label: `${libraryCode}, due ${from} to ${to}` };
  await recordDeed(context, deed.institutionId, target, { action: 'DUE_DATES', author: { ...author, reason } });
  return result;
}

/** How many loans that would be. Refusals: forbidden, not-found. */
export async function loansOfChange(context: ApiContext, viewer: Viewer, change: DueDateChange): Promise<number> {
  return countDueWithin(deedOf(context, viewer, 'CIRCULATION_OVERRIDE'), await withinOf(context, viewer, change));
}

async function withinOf(context: ApiContext, viewer: Viewer, { libraryCode, from, to }: DueDateChange): Promise<DueWithin> {
  await libraryOf(context, viewer, libraryCode);
  return { libraryCode, from: dayNumber(from), to: dayNumber(to) };
}
