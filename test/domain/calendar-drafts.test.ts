/** What a calendar will be with its drafts, the days that differ, and hours past midnight (fulfillment-loans.md, S2.2 and S2.6). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { changedDays, pastMidnight, withDraftsApplied, type DraftableRecord } from '../../domain/calendar-drafts.js';
import type { CalendarRecord } from '../../domain/calendar.js';
import { dayNumber, dayText } from '../../domain/days.js';
import { calendarRecord, closed, mainCalendar, mainHours, ofMain } from '../support/fixture-a.js';

const record = (_id: string, given: Partial<CalendarRecord>, draft: Partial<DraftableRecord> = {}): DraftableRecord =>
  ({ ...calendarRecord(given), _id, replacesRecordId: null, remove: false, ...draft });
const inForce = [...mainHours.map((hours, index) => record(`hours ${index + 1}`, hours)), record('closing', { ...closed('2025-06-19'), createdAt: 5 })];
const draft = (_id: string, given: Partial<CalendarRecord>, of: Partial<DraftableRecord> = {}) => record(_id, { ...given, state: 'DRAFT' }, of);
const changes = (drafts: DraftableRecord[], from: string, to: string) =>
  changedDays(mainCalendar(inForce), mainCalendar(withDraftsApplied([...inForce, ...drafts])), dayNumber(from), dayNumber(to)).map(({ day, change }) => `${dayText(day)} ${change}`);

describe('with its drafts a calendar', () => {
  test('has what is new', () => {
    assert.deepEqual(changes([draft('new', closed('2025-06-20', '2025-06-23'))], '2025-06-16', '2025-06-30'), ['2025-06-20 CLOSES', '2025-06-21 CLOSES', '2025-06-23 CLOSES']);
  });
  test('has a changed record in place of the old, at its place', () => {
    const moved = draft('draft', { ...closed('2025-06-26'), createdAt: 9 }, { replacesRecordId: 'closing' });
    assert.deepEqual(changes([moved], '2025-06-16', '2025-06-30'), ['2025-06-19 OPENS', '2025-06-26 CLOSES']);
    const [changed] = withDraftsApplied([...inForce, moved]).filter(({ _id }) => _id === 'closing');
    assert.deepEqual([changed?.validFrom, changed?.state, changed?.createdAt, changed?.replacesRecordId], ['2025-06-26', 'APPLIED', 5, null]);
  });
  test('lacks what is removed', () => {
    const gone = draft('draft', closed('2025-06-19'), { replacesRecordId: 'closing', remove: true });
    assert.deepEqual(changes([gone], '2025-06-16', '2025-06-30'), ['2025-06-19 OPENS']);
    assert.deepEqual(withDraftsApplied([...inForce, gone]), inForce.slice(0, -1));
  });
  test('differs on days whose hours do, and nowhere else: on the first and the last day of their validity, not around', () => {
    const longer = draft('new', ofMain({ dayOfWeek: 6, fromTime: '17:00', toTime: '18:00', validFrom: '2025-06-14', validTo: '2025-06-21' }));
    assert.deepEqual(changes([longer], '2025-06-01', '2025-06-30'), ['2025-06-14 HOURS', '2025-06-21 HOURS']);
    assert.deepEqual(changes([draft('same', ofMain({ dayOfWeek: 6, fromTime: '11:00', toTime: '12:00' }))], '2025-06-01', '2025-06-30'), []);
  });
});

describe('hours past midnight', () => {
  const night = { dayOfWeek: 7 as number | null, fromTime: '20:00', toTime: '02:00', validFrom: '2025-12-31', validTo: '2025-12-31' };
  test('are two records, the second of the day after', () => {
    assert.deepEqual(pastMidnight(night), [{ ...night, toTime: '23:59' }, { dayOfWeek: 1, fromTime: '00:00', toTime: '02:00', validFrom: '2026-01-01', validTo: '2026-01-01' }]);
    assert.deepEqual(pastMidnight({ ...night, dayOfWeek: null })[1]?.dayOfWeek, null);
  });
  test('that end at midnight are one', () => {
    assert.deepEqual(pastMidnight({ ...night, toTime: '00:00' }), [{ ...night, toTime: '23:59' }]);
  });
});
