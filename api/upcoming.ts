/** The coming starts of a schedule (platform.md 3, Preview of occurrences). */
import type { Instant, Zone } from '../domain/days.js';
import { occurrencesBetween, type Occurrence } from '../domain/occurrences.js';
import type { Schedule } from '../domain/schedule.js';

const DAY = 24 * 60 * 60_000;
/** Fifty starts of a monthly schedule lie within five years. */
const FARTHEST = 5 * 366 * DAY;

/** The next `count` starts after `after`; fewer when the schedule has no more. What the clock leaves out is no start. */
export function upcoming(schedule: Schedule, zone: Zone, after: Instant, count: number): Occurrence[] {
  const found: Occurrence[] = [];
  if (schedule.kind === 'NONE') return found;
  for (let from = after + 1, span = 7 * DAY; found.length < count && from < after + FARTHEST; from += span, span *= 2) {
    found.push(...occurrencesBetween(schedule, zone, from, from + span).filter(({ skipped }) => skipped === null));
  }
  return found.slice(0, count);
}
