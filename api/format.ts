/** How instants, days and durations read on the pages: in the institution's zone, in British English. */
import type { Zone } from '../domain/days.js';

/** An instant for a `<time>` element. */
export interface When {
  iso: string;
  text: string;
}

/** Tried in this order: each of them knows the abbreviations of its own part of the world. */
const LOCALES = ['en-GB', 'en-US', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'];
const HOUR = 3_600_000;

interface ZoneFormats {
  parts: Intl.DateTimeFormat;
  names: Intl.DateTimeFormat[];
}
// Building a formatter costs a thousand times what using one does.
const formats = new Map<string, ZoneFormats>();

function formatsOf(timeZone: string): ZoneFormats {
  let known = formats.get(timeZone);
  if (known === undefined) {
    known = {
      parts: new Intl.DateTimeFormat('en-GB', {
        timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
      }),
      names: LOCALES.map((locale) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })),
    };
    formats.set(timeZone, known);
  }
  return known;
}

/** `Tue 12 May 2026 02:30 CEST`; null stays null. */
export function when(zone: Zone, at: Date): When;
export function when(zone: Zone, at: Date | null): When | null;
export function when(zone: Zone, at: Date | null): When | null {
  if (at === null) return null;
  const part = partsOf(zone, at);
  // Intl writes "Sept" where the other months have three letters.
  const month = part('month').slice(0, 3);
  const text = `${part('weekday')} ${part('day')} ${month} ${part('year')} ${part('hour')}:${part('minute')} ${zoneName(zone, at)}`;
  return { iso: at.toISOString(), text };
}

/** `12 May 02:30`, with the year only where it is another than that of `now`: for tables, whose page names the zone. */
export function briefly(zone: Zone, at: Date, now: Date): When;
export function briefly(zone: Zone, at: Date | null, now: Date): When | null;
export function briefly(zone: Zone, at: Date | null, now: Date): When | null {
  if (at === null) return null;
  const part = partsOf(zone, at);
  const year = part('year') === partsOf(zone, now)('year') ? '' : ` ${part('year')}`;
  return { iso: at.toISOString(), text: `${part('day')} ${part('month').slice(0, 3)}${year} ${part('hour')}:${part('minute')}` };
}

/** With seconds: `12 May 02:30:07`, for the steps of one night. */
export function toTheSecond(zone: Zone, at: Date): When {
  const part = partsOf(zone, at);
  const text = `${part('day')} ${part('month').slice(0, 3)} ${part('hour')}:${part('minute')}:${part('second')}`;
  return { iso: at.toISOString(), text };
}

/** `Europe/Berlin, UTC+02:00`. */
export function zoneText(zone: Zone, at: Date): string {
  const offset = offsetMinutes(zone, at);
  const size = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
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

function partsOf(zone: Zone, at: Date): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = formatsOf(zone.timeZone).parts.formatToParts(at);
  return (type) => parts.find((part) => part.type === type)?.value ?? '';
}

/** `CEST`, or `GMT+7` where no English-speaking country has a name for it. */
function zoneName(zone: Zone, at: Date): string {
  const names = formatsOf(zone.timeZone).names.map(
    (format) => format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '',
  );
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? names[0] ?? '';
}

function offsetMinutes({ starts, offsets }: Zone, at: Date): number {
  let spell = starts.length - 1;
  while (starts[spell]! > at.getTime()) spell -= 1;
  return Math.round(offsets[spell]! / 60_000);
}
