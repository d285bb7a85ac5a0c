/** How instants, days and durations read on the pages: in the institution's zone, in British English. */
import { dayText, localDay, localMinutes, startOfDay, weekday, type DayNumber, type Zone } from '../domain/days.js';

/** An instant for a `<time>` element. */
export interface When {
  iso: string;
  text: string;
}

/** Tried in this order: each of them knows the abbreviations of its own part of the world. */
const LOCALES = ['en-GB', 'en-US', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'];
const HOUR = 3_600_000;

// Building a formatter costs a thousand times what using one does.
const nameFormats = new Map<string, Intl.DateTimeFormat[]>();

function nameFormatsOf(timeZone: string): Intl.DateTimeFormat[] {
  let known = nameFormats.get(timeZone);
  if (known === undefined) {
    known = LOCALES.map((locale) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }));
    nameFormats.set(timeZone, known);
  }
  return known;
}

const two = (value: number): string => String(value).padStart(2, '0');
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Tue 12 May 2026 02:30 CEST`; null stays null. */
export function when(zone: Zone, at: Date): When;
export function when(zone: Zone, at: Date | null): When | null;
export function when(zone: Zone, at: Date | null): When | null {
  if (at === null) return null;
  const { ofWeek, day, month, year, time } = partsOf(zone, at);
  const text = `${ofWeek} ${day} ${month} ${year} ${time} ${zoneName(zone, at)}`;
  return { iso: at.toISOString(), text };
}

/** `12 May 02:30`, with the year only where it is another than that of `now`: for tables, whose page names the zone. */
export function briefly(zone: Zone, at: Date, now: Date): When;
export function briefly(zone: Zone, at: Date | null, now: Date): When | null;
export function briefly(zone: Zone, at: Date | null, now: Date): When | null {
  if (at === null) return null;
  const { day, month, year, time } = partsOf(zone, at);
  return {
    iso: at.toISOString(),
    text: `${day} ${month}${year === partsOf(zone, now).year ? '' : ` ${year}`} ${time}`,
  };
}

/** `Tue 12 May 2026`. */
export function dayWords(day: DayNumber): string {
  const [year, month, ofMonth] = dayText(day).split('-').map(Number);
  return `${weekdays[weekday(day) % 7] ?? ''} ${ofMonth ?? ''} ${months[(month ?? 1) - 1] ?? ''} ${year ?? ''}`;
}

/** The last day of what ends with a day, as `Tue 12 May 2026`; of what ends within one, the time. `end` is not of it any more. */
export function lastOf(zone: Zone, end: Date): string {
  const day = localDay(zone, end.getTime());
  return startOfDay(zone, day) === end.getTime() ? dayWords(day - 1) : when(zone, end).text;
}

/** With seconds: `12 May 02:30:07`, for the steps of one night. */
export function toTheSecond(zone: Zone, at: Date): When {
  const { day, month, time, second } = partsOf(zone, at);
  return { iso: at.toISOString(), text: `${day} ${month} ${time}:${second}` };
}

/** `Europe/Berlin, UTC+02:00`. */
export function zoneText(zone: Zone, at: Date): string {
  const offset = offsetMinutes(zone, at);
  const size = Math.abs(offset);
  return `${zone.timeZone}, UTC${offset < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `45 s`, `12 min 30 s`, `3 h 05 min`, `2 d 4 h`: two units at most. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return milliseconds < 950 ? `${Math.max(0, Math.round(milliseconds))} ms` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (milliseconds < 48 * HOUR) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

/** `12,400`. */
export const count = (value: number): string => value.toLocaleString('en-GB');

/** By the tables of the zone: a list shows a hundred and fifty instants, and Intl takes longer for them than the database for the list. */
function partsOf(zone: Zone, at: Date) {
  const local = localDay(zone, at.getTime());
  const seconds = Math.floor(Math.round(localMinutes(zone, at.getTime()) * 60_000) / 1000);
  const [year = '', month, day = ''] = dayText(local).split('-');
  return {
    ofWeek: weekdays[weekday(local) % 7] ?? '',
    day: String(Number(day)),
    month: months[Number(month) - 1] ?? '',
    year: String(Number(year)),
    time: `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`,
    second: two(seconds % 60),
  };
}

/** `CEST`, or `GMT+7` where no English-speaking country has a name for it. */
function zoneName(zone: Zone, at: Date): string {
  let first = '';
  for (const format of nameFormatsOf(zone.timeZone)) {
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
    if (!/^GMT[+-]/.test(name)) return name;
    first ||= name;
  }
  return first;
}

function offsetMinutes({ starts, offsets }: Zone, at: Date): number {
  let spell = starts.length - 1;
  while (starts[spell]! > at.getTime()) spell -= 1;
  return Math.round(offsets[spell]! / 60_000);
}
