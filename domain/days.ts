/**
 * Instants, local days and the way between them, for every zone of the IANA database.
 *
 * Specification: README.md, "Time". An `Instant` is an absolute moment; a day exists only together with a zone. Two forms of a day
 * are in use: the text that is stored and shown, and a number to compute with. A zone is a table of its changes of offset, so that
 * a night's two million loans ask integers and never the formatter, which is a hundred times slower.
 */

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;
/** `YYYY-MM-DD`. */
export type Day = string;
/** Days since 1970-01-01; a difference of two is "days from a to b". */
export type DayNumber = number;

/** The changes of offset of one time zone between 1970 and 2100; before and after, the first and the last offset are kept. */
export interface Zone {
  readonly timeZone: string;
  /** Rising; `starts[0]` is minus infinity. From `starts[i]` (inclusive) on, local time is UTC + `offsets[i]`. */
  readonly starts: Float64Array;
  readonly offsets: Float64Array;
}

/** The instant a run's rules go by, and what follows from it in the institution's zone. */
export interface Moment {
  asOf: Instant;
  zone: Zone;
  today: DayNumber;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** No zone was ever further from UTC than this, to either side. */
const WIDEST_OFFSET = 16 * 60 * MINUTE;

const TABLE_FROM = Date.UTC(1970, 0, 1);
const TABLE_TO = Date.UTC(2101, 0, 1);
/** An offset that comes and goes between two looks is missed. The shortest last a week: Boa Vista in October 2000, Gaza after the Ramadan of 2040. */
const LOOK_EVERY = 5 * DAY;
/** All changes but a few of the seventies fall on a quarter of an hour of UTC. */
const QUARTER = 15 * MINUTE;

const zones = new Map<string, Zone>();

/** The table of a zone, made on first use and kept. An unknown name is a RangeError. */
export function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    zone = tableOf(timeZone);
    zones.set(timeZone, zone);
  }
  return zone;
}

export function momentAt(zone: Zone, asOf: Instant): Moment {
  return { asOf, zone, today: localDay(zone, asOf) };
}

/** The local date of an instant: an instant on the border belongs to the day that begins. */
export function localDay(zone: Zone, instant: Instant): DayNumber {
  return Math.floor((instant + offsetOf(zone, spellAt(zone, instant))) / DAY);
}

/** Minutes since 00:00 on the clock of the wall (not elapsed time); seconds are a fraction. */
export function localMinutes(zone: Zone, instant: Instant): number {
  const local = instant + offsetOf(zone, spellAt(zone, instant));
  return (local - Math.floor(local / DAY) * DAY) / MINUTE;
}

/**
 * The instant of a local date and time, `minutes` being hours × 60 + minutes of the wall clock (1440 = 24:00).
 *
 * A time the clock skips moves forward by the length of the gap (RFC 5545); of a time that occurs twice the first is meant.
 */
export function localToInstant(zone: Zone, day: DayNumber, minutes: number): Instant {
  const local = day * DAY + Math.round(minutes * MINUTE); // a fraction of a minute is whole milliseconds
  const spell = spellShowing(zone, local);
  const instant = local - offsetOf(zone, spell);
  return instant >= startOf(zone, spell) ? instant : local - offsetOf(zone, spell - 1);
}

/** The first instant of a day: 00:00, or what the clock shows first where that is skipped. A day left out begins with the next. */
export function startOfDay(zone: Zone, day: DayNumber): Instant {
  const local = day * DAY;
  const spell = spellShowing(zone, local);
  return Math.max(local - offsetOf(zone, spell), startOf(zone, spell));
}

/**
 * The last second of a day: 23:59:59 on all but a few days.
 *
 * Where the clock skips that time (Nuuk goes from 23:00 to 00:00 each March) or shows it twice (each October), the last second that
 * still belongs to the day is meant: what is due by the end of a day is never due on another.
 */
export function endOfDay(zone: Zone, day: DayNumber): Instant {
  return startOfDay(zone, day + 1) - SECOND;
}

export function dayText(day: DayNumber): Day {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The number of a stored day; a text that is no day of the calendar is a RangeError. */
export function dayNumber(text: Day): DayNumber {
  const day = Date.parse(`${text}T00:00:00.000Z`) / DAY;
  if (!Number.isInteger(day) || dayText(day) !== text) throw new RangeError(`"${text}" is not a day YYYY-MM-DD`);
  return day;
}

/** 1 = Monday … 7 = Sunday. */
export function weekday(day: DayNumber): number {
  const thursdayBased = (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  return thursdayBased + 1;
}

/** The same day `months` later (negative: earlier), clamped to the last day of that month. */
export function addMonths(day: DayNumber, months: number): DayNumber {
  const date = new Date(day * DAY);
  const month = date.getUTCMonth() + months;
  const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastOfMonth)) / DAY;
}

const startOf = (zone: Zone, spell: number): Instant => zone.starts[spell]!;
const offsetOf = (zone: Zone, spell: number): number => zone.offsets[spell]!;

/** The spell of one offset that an instant lies in. */
function spellAt({ starts }: Zone, instant: Instant): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first spell in which the clock shows `local` or, where that is skipped, a later time. */
function spellShowing(zone: Zone, local: number): number {
  let spell = spellAt(zone, local - WIDEST_OFFSET);
  while (spell + 1 < zone.starts.length && local - offsetOf(zone, spell) >= startOf(zone, spell + 1)) spell += 1;
  return spell;
}

function tableOf(timeZone: string): Zone {
  const offset = offsetReader(timeZone);
  const starts = [-Infinity];
  const offsets = [offset(TABLE_FROM)];
  for (let looked = TABLE_FROM, next; looked < TABLE_TO; looked = next) {
    next = looked + LOOK_EVERY;
    const offsetThen = offset(next);
    let known = offsets.at(-1)!;
    let from = looked;
    while (known !== offsetThen) {
      from = firstChange(offset, from, next);
      known = offset(from);
      starts.push(from);
      offsets.push(known);
    }
  }
  return { timeZone, starts: Float64Array.from(starts), offsets: Float64Array.from(offsets) };
}

/** The first second after `from` with another offset than `from` has; `to` is known to have another. */
function firstChange(offset: (instant: Instant) => number, from: Instant, to: Instant): Instant {
  const before = offset(from);
  let [same, changed] = [from, to];
  const bisect = (unit: number) => {
    while (changed - same > unit) {
      const middle = Math.floor((same + changed) / 2 / unit) * unit;
      if (offset(middle) === before) same = middle;
      else changed = middle;
    }
  };
  if (from % QUARTER === 0) bisect(QUARTER);
  if (offset(changed - SECOND) !== before) bisect(SECOND);
  return changed;
}

/** What the zone adds to UTC at an instant, in milliseconds, as the formatter tells it ("GMT-05:00", "GMT-00:44:30", "GMT") behind the shortest of what it will not leave out. */
function offsetReader(timeZone: string): (instant: Instant) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'narrow', timeZoneName: 'longOffset' });
  return (instant) => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(format.format(instant)) ?? [];
    const magnitude = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * SECOND;
    return sign === '-' ? -magnitude : magnitude;
  };
}
