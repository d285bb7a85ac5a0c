/** A year of a calendar: twelve months, each day open, closed or with other hours, in force and with the drafts (fulfillment-loans.md, S2). */
import { Router } from 'express';
import { sameHours } from '../../domain/calendar-drafts.js';
import type { CalendarDay, DayState } from '../../domain/calendar-year.js';
import { dayText, localDay, weekday, type Zone } from '../../domain/days.js';
import { stretches } from '../calendar-preview.js';
import { calendarYear } from '../calendar-year.js';
import type { ApiContext } from '../context.js';
import { count } from '../format.js';
import { viewerOf } from '../viewer.js';
import { calendarAt, calendarPaths } from './calendar-path.js';
import { hoursWords, weekdayWords } from './calendar-words.js';
import type { Present } from './present.js';
import { Query } from './query.js';

/** The tables of the time zones end there. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2100];

/** A sign and words for each state: no day is told by its colour alone. */
const states: Readonly<Record<DayState, { sign: string; words: string; look: string }>> = {
  OPEN: { sign: '○', words: 'open', look: 'open' },
  CLOSED: { sign: '×', words: 'closed', look: 'closed' },
  OTHER_HOURS: { sign: '≈', words: 'other hours', look: 'other' },
  NO_HOURS: { sign: '?', words: 'no hours, counts as open', look: 'open' },
};

export function calendarYearPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  router.get(calendarPaths('/year'), async (request, response) => {
    const viewer = viewerOf(request);
    const { libraryCode, name, path } = await calendarAt(context, request);
    const today = dayText(localDay(viewer.zone, context.now().getTime()));
    const asked = Query.of(request).number('year');
    const year = asked !== null && asked >= FIRST_YEAR && asked <= LAST_YEAR ? asked : Number(today.slice(0, 4));
    const { inForce, drafted, withoutHours } = await calendarYear(context, viewer, libraryCode, year);
    const days = inForce.map((now, at): YearDay => ({ now, then: drafted?.[at] ?? now, date: dayText(now.day) }));
    present(request, response, 'calendar-year', {
      title: `${name} in ${year}`,
      section: 'configuration',
      path, name, year, withoutHours,
      previous: year > FIRST_YEAR ? { href: `${path}/year?year=${year - 1}`, text: year - 1 } : null,
      next: year < LAST_YEAR ? { href: `${path}/year?year=${year + 1}`, text: year + 1 } : null,
      hasDrafts: drafted !== null,
      totals: totals(inForce, drafted),
      legend: legendOf(days),
      hasEvents: days.some(({ then }) => then.events.length > 0),
      months: monthNames.map((month, index) => {
        const ofMonth = days.filter(({ date }) => Number(date.slice(5, 7)) === index + 1);
        return monthOf(`${month} ${year}`, ofMonth, viewer.zone, today);
      }),
      weekdays: Object.values(weekdayWords).map((word) => ({ word, short: word.slice(0, 2) })),
    });
  });
  return router;
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

interface YearDay {
  date: string;
  now: CalendarDay;
  /** With the drafts; the same where there are none. */
  then: CalendarDay;
}

/** The signs of the year that is shown. */
function legendOf(days: readonly YearDay[]) {
  const shown = new Set(days.flatMap(({ now, then }) => [now.state, then.state]));
  return Object.entries(states)
    .filter(([state]) => [...shown].some((each) => each === state))
    .map(([state, { sign, words, look }]) => ({ sign, look, words: state === 'OPEN' ? 'open; no sign on days that stay so' : words }));
}

function totals(inForce: readonly CalendarDay[], drafted: readonly CalendarDay[] | null) {
  const daysThat = (days: readonly CalendarDay[], is: (day: CalendarDay) => boolean) => count(days.filter(is).length);
  const kinds: [string, (day: CalendarDay) => boolean][] = [
    ['Open days', ({ state }) => state !== 'CLOSED'], ['Closed days', ({ state }) => state === 'CLOSED'],
    ['Of the open, with other hours', ({ state }) => state === 'OTHER_HOURS'],
  ];
  return kinds.map(([name, is]) => ({ name, inForce: daysThat(inForce, is), drafted: drafted === null ? '' : daysThat(drafted, is) }));
}

function monthOf(name: string, days: readonly YearDay[], zone: Zone, today: string) {
  const before = Array.from({ length: weekday(days[0]!.now.day) - 1 }, () => null);
  const cells = [...before, ...days.map((day) => cellOf(day, zone, today))];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => Array.from({ length: 7 }, (_none, at) => cells[week * 7 + at] ?? null));
  return { name, id: `month-${days[0]!.date.slice(5, 7)}`, weeks, lines: linesOf(days, zone) };
}

const differs = ({ now, then }: YearDay): boolean => !sameHours(now.hours, then.hours) || now.state !== then.state;

function cellOf(day: YearDay, zone: Zone, today: string) {
  const { now, then, date } = day;
  const drafted = differs(day);
  const [is, becomes] = [states[now.state], then.state === now.state ? states.OTHER_HOURS : states[then.state]];
  const usual = now.state === 'OPEN' && !drafted;
  return {
    number: Number(date.slice(8)),
    look: `${is.look}${drafted ? ' drafted-day' : ''}`,
    sign: `${usual ? '' : is.sign}${drafted ? `→${becomes.sign}` : ''}${then.events.length > 0 ? '•' : ''}`,
    words: [is.words, ...(drafted ? [`with the drafts ${becomes.words}`] : []), ...then.events].join(', '),
    hours: drafted ? `${hoursWords(zone, now.day, now.hours)} → ${hoursWords(zone, now.day, then.hours)}` : hoursWords(zone, now.day, now.hours),
    today: date === today,
  };
}

/** What is not as every week: `24–26: closed (Winter holidays)`, `7, 14: draft: 10:00–18:00, was 10:00–17:00`. */
function linesOf(days: readonly YearDay[], zone: Zone): { days: string; text: string; draft: boolean }[] {
  const lines = new Map<string, { days: number[]; draft: boolean }>();
  for (const day of days) {
    for (const { text, draft } of textsOf(day, zone)) {
      const line = lines.get(text) ?? { days: [], draft };
      line.days.push(Number(day.date.slice(8)));
      lines.set(text, line);
    }
  }
  const daysOf = (days: readonly number[]) => stretches(days).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
  return [...lines].map(([text, line]) => ({ days: daysOf(line.days), text, draft: line.draft }));
}

function textsOf(day: YearDay, zone: Zone): { text: string; draft: boolean }[] {
  const { now, then } = day;
  const said = (of: CalendarDay) => `${hoursWords(zone, of.day, of.hours)}${of.notes.length === 0 ? '' : ` (${of.notes.join(', ')})`}`;
  const [kept, fresh] = [then.events.filter((event) => now.events.includes(event)), then.events.filter((event) => !now.events.includes(event))];
  const gone = now.events.filter((event) => !then.events.includes(event));
  return [
    ...(differs(day) ? [{ text: `${said(then)}, was ${said(now)}`, draft: true }] : now.exceptional ? [{ text: said(now), draft: false }] : []),
    ...kept.map((text) => ({ text, draft: false })),
    ...fresh.map((text) => ({ text, draft: true })),
    ...gone.map((event) => ({ text: `no longer ${event}`, draft: true })),
  ];
}
