/**
 * When a schedule starts: its occurrences as instants, in any zone and over every change of the clock.
 *
 * Specification: platform.md 3 and 6.5. The workflow engine only carries these times; what it fires beside them is none of ours
 * (engine.md 1.1), so every firing is looked up here.
 */
import {
  dayText,
  localDay,
  localToInstant,
  startOfDay,
  weekday,
  type DayNumber,
  type Instant,
  type Zone,
} from './days.js';
import { minutesOf, timesEvery, timeText, weekdays, type MonthDay, type Schedule } from './schedule.js';

export interface Occurrence {
  /** Natural key of the run: `L:<nominal local time>`, or `U:<instant>` for HOURLY, which repeats a local time each autumn. */
  occurrenceKey: string;
  at: Instant;
  /** `YYYY-MM-DDTHH:mm`, as the schedule says it; the wall clock shows another time where the clock was put forward. */
  nominalLocal: string;
  /** DST: a later nominal time falls on the same instant and runs instead. */
  skipped: 'DST' | null;
}

/** What to do about the occurrences that nobody began. */
export interface Missed {
  /** The latest, if it may still start. */
  run: Occurrence | null;
  rows: { occurrence: Occurrence; skipReason: 'MISSED' | 'STALE' | 'DST'; missedCount: number }[];
  /** With the rows written, all occurrences up to here have their record. */
  settledUpTo: Instant;
}

/** A run that cannot start by then has lost its point: due-date reminders, after the day they speak of. */
export type StaleAfter = 'END_OF_BUSINESS_DATE';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A gap of more than so many missed occurrences becomes one row. */
const ROWS_A_GAP = 24;

/** How old a missed occurrence may be and still run: platform.md 6.5. */
const CATCH_UP_WINDOW = {
  NONE: 0,
  HOURLY: HOUR,
  EVERY_N_HOURS: HOUR,
  DAILY: 20 * HOUR,
  WEEKLY: 3 * DAY,
  MONTHLY: 7 * DAY,
} as const satisfies Record<Schedule['kind'], number>;

/** Longer than any two occurrences are apart, a day left out by the calendar of the zone included. */
const LONGEST_PAUSE = {
  NONE: 0,
  HOURLY: 4 * HOUR,
  EVERY_N_HOURS: 3 * DAY,
  DAILY: 3 * DAY,
  WEEKLY: 9 * DAY,
  MONTHLY: 63 * DAY,
} as const satisfies Record<Schedule['kind'], number>;

/** Milliseconds. */
export function catchUpWindowOf(schedule: Schedule): number {
  return CATCH_UP_WINDOW[schedule.kind];
}

/** All occurrences in [from, to), by time; those skipped for the clock stand before the one that runs at their instant. */
export function occurrencesBetween(schedule: Schedule, zone: Zone, from: Instant, to: Instant): Occurrence[] {
  if (schedule.kind === 'HOURLY') return hourly(schedule.minute, zone, from, to);
  const found: Occurrence[] = [];
  // A skipped time moves into a later day, by as much as the clock jumped.
  for (let day = localDay(zone, from) - 2; day <= localDay(zone, to) + 1; day += 1) {
    for (const minutes of startMinutes(schedule, day)) {
      const at = localToInstant(zone, day, minutes);
      if (at < from || at >= to) continue;
      const nominalLocal = `${dayText(day)}T${timeText(minutes)}`;
      found.push({ occurrenceKey: `L:${nominalLocal}`, at, nominalLocal, skipped: null });
    }
  }
  found.sort((a, b) => a.at - b.at || (a.nominalLocal < b.nominalLocal ? -1 : 1));
  return found.map((one, index) => (found[index + 1]?.at === one.at ? { ...one, skipped: 'DST' } : one));
}

/** The occurrence that runs at an instant; null: a time of the engine that is none of ours. */
export function occurrenceAt(schedule: Schedule, zone: Zone, instant: Instant): Occurrence | null {
  return occurrencesBetween(schedule, zone, instant, instant + 1).at(-1) ?? null;
}

/** The first start after `after`, exclusive; null when there is none to come. */
export function nextRunAt(schedule: Schedule, zone: Zone, after: Instant): Instant | null {
  return occurrencesBetween(schedule, zone, after + 1, after + LONGEST_PAUSE[schedule.kind])[0]?.at ?? null;
}

/**
 * Judges the occurrences in (lastOccurrenceAt, now], none of which has begun. The latest runs while it is younger than the window
 * (or, with `staleAfter`, until that moment instead); all others are told as missed. Those skipped for the clock are told beside
 * the one that runs in their place, also when that was the last to begin.
 */
export function missedOccurrences(
  schedule: Schedule,
  zone: Zone,
  lastOccurrenceAt: Instant,
  now: Instant,
  catchUpWindow: number,
  staleAfter: StaleAfter | null,
): Missed {
  const due = occurrencesBetween(schedule, zone, lastOccurrenceAt, now + 1);
  const rows: Missed['rows'] = due
    .filter((one) => one.skipped === 'DST')
    .map((occurrence) => ({ occurrence, skipReason: 'DST', missedCount: 1 }));
  const missed = due.filter((one) => one.skipped === null && one.at > lastOccurrenceAt);

  const latest = missed.pop();
  if (latest === undefined) return { run: null, rows, settledUpTo: lastOccurrenceAt };
  const stale = staleAfter !== null && now >= startOfDay(zone, localDay(zone, latest.at) + 1);
  const tooOld = staleAfter === null && now - latest.at >= catchUpWindow;
  if (tooOld) missed.push(latest);

  const newest = missed.at(-1);
  if (newest !== undefined && missed.length > ROWS_A_GAP) {
    rows.push({ occurrence: newest, skipReason: 'MISSED', missedCount: missed.length });
  } else {
    for (const occurrence of missed) rows.push({ occurrence, skipReason: 'MISSED', missedCount: 1 });
  }
  if (stale) rows.push({ occurrence: latest, skipReason: 'STALE', missedCount: 1 });
  return stale || tooOld
    ? { run: null, rows, settledUpTo: latest.at }
    : { run: latest, rows, settledUpTo: missed.at(-1)?.at ?? lastOccurrenceAt };
}

/** The wall-clock times of a day at which a schedule starts, in minutes since 00:00. HOURLY has none: it counts real hours. */
export function startMinutes(schedule: Schedule, day: DayNumber): number[] {
  switch (schedule.kind) {
    case 'NONE':
    case 'HOURLY':
      return [];
    case 'EVERY_N_HOURS':
      return timesEvery(schedule.everyHours, schedule.startTime);
    case 'DAILY':
      return schedule.times.map(minutesOf);
    case 'WEEKLY':
      return schedule.weekdays.includes(weekdays[weekday(day) - 1]!) ? schedule.times.map(minutesOf) : [];
    case 'MONTHLY':
      return fallsOn(schedule.monthDays, day) ? schedule.times.map(minutesOf) : [];
  }
}

function fallsOn(monthDays: readonly MonthDay[], day: DayNumber): boolean {
  const isLast = dayText(day + 1).endsWith('-01');
  return monthDays.includes(Number(dayText(day).slice(8))) || (isLast && monthDays.includes('LAST'));
}

/** Every instant at which the wall clock shows the minute: once a real hour, except where a zone shifts by half an hour. */
function hourly(minute: number, zone: Zone, from: Instant, to: Instant): Occurrence[] {
  const found: Occurrence[] = [];
  for (const [spell, offset] of zone.offsets.entries()) {
    const begin = Math.max(from, zone.starts[spell]!);
    const end = Math.min(to, zone.starts[spell + 1] ?? Infinity);
    const sinceMinute = (((begin + offset - minute * MINUTE) % HOUR) + HOUR) % HOUR;
    for (let at = sinceMinute === 0 ? begin : begin - sinceMinute + HOUR; at < end; at += HOUR) {
      const occurrenceKey = `U:${new Date(at).toISOString().slice(0, 16)}Z`;
      const nominalLocal = new Date(at + offset).toISOString().slice(0, 16);
      found.push({ occurrenceKey, at, nominalLocal, skipped: null });
    }
  }
  return found;
}
