/**
 * What a calendar will be once its drafts are applied, and on which days that makes a difference.
 *
 * Specification: fulfillment-loans.md, S2.6. A draft is a record, a change of one that is in force, or its removal; desk/ applies them.
 */
import type { Calendar, CalendarRecord, OpenInterval } from './calendar.js';
import { dayNumber, dayText, type DayNumber } from './days.js';

export interface DraftableRecord extends CalendarRecord {
  _id: string;
  /** Of a draft: the record in force that it changes or removes; null: it is new. */
  replacesRecordId: string | null;
  remove: boolean;
}

/** The records as they will be in force. One that is changed keeps its id and its place among the exceptions of a day. */
export function withDraftsApplied<T extends DraftableRecord>(records: readonly T[]): T[] {
  const changes = new Map(records.flatMap((record) => (record.state === 'DRAFT' && record.replacesRecordId !== null ? [[record.replacesRecordId, record] as const] : [])));
  return records.flatMap((record): T[] => {
    if (record.state === 'DRAFT') return record.replacesRecordId === null ? [{ ...record, state: 'APPLIED' }] : [];
    const change = changes.get(record._id);
    if (change === undefined) return [record];
    return change.remove ? [] : [{ ...change, _id: record._id, createdAt: record.createdAt, state: 'APPLIED', replacesRecordId: null }];
  });
}

export interface ChangedDay {
  day: DayNumber;
  change: 'OPENS' | 'CLOSES' | 'HOURS';
  before: readonly OpenInterval[];
  after: readonly OpenInterval[];
}

/** The days of a range, both ends inclusive, on which two calendars differ. */
export function changedDays(before: Calendar, after: Calendar, from: DayNumber, to: DayNumber): ChangedDay[] {
  const changed: ChangedDay[] = [];
  for (let day = from; day <= to; day += 1) {
    const [was, becomes] = [before.openIntervals(day), after.openIntervals(day)];
    if (sameHours(was, becomes)) continue;
    changed.push({ day, change: was.length === 0 ? 'OPENS' : becomes.length === 0 ? 'CLOSES' : 'HOURS', before: was, after: becomes });
  }
  return changed;
}

export const sameHours = (some: readonly OpenInterval[], others: readonly OpenInterval[]): boolean =>
  some.length === others.length && some.every(({ from, to }, at) => others[at]?.from === from && others[at].to === to);

type Timed = Pick<CalendarRecord, 'dayOfWeek' | 'fromTime' | 'toTime' | 'validFrom' | 'validTo'>;

/**
 * Hours that end on the day after they begin, as the records that they are: until the end of the day, and from the beginning of the next (S2.2).
 * An end at 00:00 is the end of the day before.
 */
export function pastMidnight<T extends Timed>(record: T): T[] {
  const next = (day: string) => dayText(dayNumber(day) + 1);
  const { dayOfWeek, toTime, validFrom, validTo } = record;
  const evening = { ...record, toTime: '23:59' };
  if (toTime === '00:00') return [evening];
  return [evening, { ...record, fromTime: '00:00', dayOfWeek: dayOfWeek === null ? null : (dayOfWeek % 7) + 1, validFrom: next(validFrom), validTo: next(validTo) }];
}
