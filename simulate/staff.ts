/** What staff decide for the whole library, before the doors open. */
import { branches } from '../cli/seed/library.js';
import { applyCalendarChanges } from '../desk/apply-calendar-changes.js';
import { moveDueDates } from '../desk/move-due-dates.js';
import { dayText, type DayNumber } from '../domain/days.js';
import { OPENS, type Asked, type Happening, type Life } from './happening.js';
import { closedAtShortNotice, libraryMoving } from './weather.js';

export function ofStaff({ seed }: Life, day: DayNumber): Happening[] {
  const ahead = closedAtShortNotice(seed, day);
  const branch = libraryMoving(seed, day, branches);
  const happening = { minutes: OPENS, by: 'STAFF' as const, touches: [] };
  return [
    ...(ahead === null ? [] : [{ ...happening, what: 'a day closed', asked: closing(day + ahead) }]),
    ...(branch === null ? [] : [{ ...happening, what: 'due dates moved', asked: moving(branch.code, day) }]),
  ];
}

/** A draft, and then "apply changes". */
const closing = (day: DayNumber): Asked => async (deed) => {
  const { models, institutionId, at } = deed;
  const closed = dayText(day);
  await models.CalendarRecord.create({
    institutionId, level: 'INSTITUTION', libraryCode: null, type: 'EXCEPTION', dayOfWeek: null, fromTime: null, toTime: null, status: 'CLOSED',
    validFrom: closed, validTo: closed, description: 'Closed at short notice', state: 'DRAFT', createdAt: at, updatedAt: at,
  });
  return applyCalendarChanges(deed, { level: 'INSTITUTION', libraryCode: null });
};

/** What is due in a week, for two days, is due three days later. */
const moving = (libraryCode: string, day: DayNumber): Asked => async (deed) => {
  const { moved, left } = await moveDueDates(deed, { libraryCode, from: day + 7, to: day + 8, due: { day: day + 11 } });
  return { outcome: moved > 0 ? 'MOVED' : `NONE ${Object.keys(left).join(' ')}` };
};
