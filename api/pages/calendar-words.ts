/** How hours, days and records of a calendar read. */
import type { OpenInterval } from '../../domain/calendar.js';
import { dayNumber, endOfDay, localDay, localMinutes, startOfDay, type Day, type DayNumber, type Zone } from '../../domain/days.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import { dayWords } from '../format.js';

export const weekdayWords: Readonly<Record<string, string>> = { 1: 'Monday', 2: 'Tuesday', 3: 'Wednesday', 4: 'Thursday', 5: 'Friday', 6: 'Saturday', 7: 'Sunday' };

/** Loaded hours that are valid until they are changed end there. */
const WITHOUT_END = '9999-12-31';

/** `09:00–12:00, 13:00–24:00`; of a closed day `closed`. */
export const hoursWords = (zone: Zone, day: DayNumber, intervals: readonly OpenInterval[]): string => {
  if (intervals.length === 0) return 'closed';
  if (intervals.some(({ from, to }) => from <= startOfDay(zone, day) && to > endOfDay(zone, day))) return 'open all day';
  const clock = (at: number) => {
    const minutes = localMinutes(zone, at);
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  };
  return intervals.map(({ from, to }) => `${clock(from)}–${localDay(zone, to) > day ? '24:00' : clock(to)}`).join(', ');
};
const two = (value: number) => String(value).padStart(2, '0');

/** `Thu 24 Dec 2026`, `Thu 24 Dec 2026 – Fri 1 Jan 2027`, `from Wed 1 Jan 2025 on`. */
export function rangeWords(from: Day, to: Day): string {
  if (to === WITHOUT_END) return `from ${dayWords(dayNumber(from))} on`;
  return stretchWords({ from: dayNumber(from), to: dayNumber(to) });
}

export const stretchWords = ({ from, to }: { from: DayNumber; to: DayNumber }): string => (from === to ? dayWords(from) : `${dayWords(from)} – ${dayWords(to)}`);

/** `09:00–21:00`, `20:00–24:00`; null: whole days. */
export const timesWords = ({ fromTime, toTime }: Pick<StoredCalendarRecord, 'fromTime' | 'toTime'>): string | null =>
  (fromTime === null || toTime === null ? null : `${fromTime}–${toTime === '23:59' ? '24:00' : toTime}`);

/** What a record says, in the three columns of its kind. */
export function recordWords(record: StoredCalendarRecord): [string, string, string] {
  const { type, dayOfWeek, status, validFrom, validTo, eventName, eventDate, eventTime } = record;
  const times = timesWords(record);
  if (type === 'STANDARD') return [weekdayWords[dayOfWeek ?? 0] ?? '', times ?? '', rangeWords(validFrom, validTo)];
  if (type === 'EXCEPTION') {
    const what = status === 'CLOSED' ? 'Closed' : 'Open';
    const onlyDays = validFrom === validTo ? '' : 'every day';
    return [rangeWords(validFrom, validTo), dayOfWeek === null ? onlyDays : `${weekdayWords[dayOfWeek] ?? ''}s`, times === null ? `${what} all day` : `${what} ${times}`];
  }
  return [eventName ?? '', eventDate === null ? '' : dayWords(dayNumber(eventDate)), eventTime ?? 'when the library closes'];
}

/** In one line: `Closed all day, Thu 24 Dec 2026`. */
export function recordLine(record: StoredCalendarRecord): string {
  const [first, second, third] = recordWords(record);
  if (record.type === 'STANDARD') return `${first} ${second}, ${third}`;
  if (record.type === 'EXCEPTION') return `${third}, ${first}${record.dayOfWeek === null ? '' : `, ${second}`}`;
  return `${first} on ${second}, ${third}`;
}
