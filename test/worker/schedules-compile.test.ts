import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { jobOf } from '../../catalogue/jobs.js';
import { zoneOf } from '../../domain/days.js';
import type { Schedule } from '../../domain/schedule.js';
import { compileSchedule } from '../../worker/schedules/compile.js';
import { desiredSchedule } from '../../worker/schedules/desired.js';
import { workflowIdOf, type ScheduledJobRecord } from '../../worker/schedules/start.js';

const berlin = zoneOf('Europe/Berlin');
const december = Date.parse('2026-12-01T12:00:00Z');
const compiled = (schedule: Schedule, zone = berlin, now = december) => compileSchedule(schedule, zone, now, 120);
const exactInstants = (schedule: Schedule, zone = berlin, now = december) =>
  compiled(schedule, zone, now).intervals.map(({ every, offset }) =>
    new Date(every * 2 + offset).toISOString().slice(0, 16),
  );

describe('what the engine is told', () => {
  test('is a calendar for ordinary days and exact instants for the days on which the clock changes', () => {
    const { calendars, timezone, jitter } = compiled({ kind: 'DAILY', times: ['02:30'] });
    assert.deepEqual([calendars.length, timezone, jitter], [1, 'Europe/Berlin', 120_000]);
    assert.deepEqual(exactInstants({ kind: 'DAILY', times: ['02:30'] }), ['2027-03-28T01:30', '2027-10-31T00:30']);
  });

  test('reaches 400 days ahead, and the day before', () => {
    const daily: Schedule = { kind: 'DAILY', times: ['12:00'] };
    assert.deepEqual(exactInstants(daily, berlin, Date.parse('2026-03-29T13:00:00Z')), [
      '2026-03-29T10:00',
      '2026-10-25T11:00',
      '2027-03-28T10:00',
    ]);
    assert.deepEqual(exactInstants(daily, berlin, Date.parse('2026-03-30T13:00:00Z')), [
      '2026-10-25T11:00',
      '2027-03-28T10:00',
    ]);
  });

  test('is all in UTC for HOURLY, with two minutes where the zone shifts by half an hour', () => {
    const minutesIn = (timeZone: string) => {
      const { calendars, intervals, timezone } = compiled({ kind: 'HOURLY', minute: 15 }, zoneOf(timeZone));
      assert.deepEqual([intervals, timezone], [[], 'UTC']);
      return calendars.map(({ minute }) => minute[0]?.start);
    };
    assert.deepEqual(minutesIn('Europe/Berlin'), [15]);
    assert.deepEqual(minutesIn('Asia/Kolkata'), [45]);
    assert.deepEqual(minutesIn('Australia/Lord_Howe'), [15, 45]);
  });

  test('names the last day by the length of the month', () => {
    const { calendars } = compiled({ kind: 'MONTHLY', monthDays: ['LAST'], times: ['23:00'] });
    assert.deepEqual(
      calendars.map(({ dayOfMonth, month }) => [dayOfMonth[0]?.start, month.length]),
      [
        [31, 7],
        [30, 4],
        [29, 1],
        [28, 1],
      ],
    );
  });

  test('stays under fifty entries for the schedule with the most starts, which the engine asks one by one', () => {
    const { calendars, intervals } = compiled({ kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:00' });
    assert.ok(calendars.length + intervals.length < 50);
  });
});

describe('the schedule of a scheduled job', () => {
  const job: ScheduledJobRecord = {
    _id: '65f000000000000000000001',
    institutionId: 'demo',
    jobKey: 'loans-overdue-and-lost',
    profileId: null,
    category: 'FULFILLMENT',
    name: 'Loans – Overdue and Lost Item',
    active: true,
    inactiveReason: null,
    schedule: { kind: 'DAILY', times: ['04:00'] },
    lastOccurrenceAt: null,
  };
  const desired = (given: Partial<ScheduledJobRecord> = {}, now = new Date(december), available = true) =>
    desiredSchedule(
      { ...job, ...given },
      { timeZone: 'Europe/Berlin' },
      { ...jobOf(job.jobKey), available },
      { startSpreadSeconds: 120, taskQueue: 'workflows', now: () => now },
    );

  test('starts the job’s own workflow with what it needs to find its record', () => {
    const { id, options } = desired()!;
    assert.equal(id, 'sj-65f000000000000000000001');
    const { workflowType, workflowId, args, taskQueue, workflowExecutionTimeout } = options.action;
    assert.deepEqual(
      [workflowType, workflowId, taskQueue, workflowExecutionTimeout],
      ['loans-overdue-and-lost', id, 'workflows', 7 * 24 * 60 * 60 * 1000],
    );
    assert.deepEqual(args, [{ institutionId: 'demo', scheduledJobId: '65f000000000000000000001', runId: null }]);
    assert.deepEqual(options.policies, {
      overlap: 'ALLOW_ALL',
      catchupWindow: 20 * 60 * 60 * 1000,
      pauseOnFailure: false,
    });
  });

  test('is none for a job that is not scheduled', () => {
    assert.equal(desired({ schedule: { kind: 'NONE' } }), null);
  });

  test('is paused while the job is inactive, and while its workflow does not exist', () => {
    assert.deepEqual(desired()!.options.state, { paused: false, note: '' });
    assert.deepEqual(desired({ active: false, inactiveReason: 'OPERATOR' })!.options.state, {
      paused: true,
      note: 'inactive: OPERATOR',
    });
    assert.deepEqual(desired({}, undefined, false)!.options.state, { paused: true, note: 'inactive: NOT_ENABLED' });
  });

  test('has the same fingerprint until something about it changes', () => {
    const hash = desired()!.hash;
    assert.equal(desired({ lastOccurrenceAt: new Date(december) }, new Date(december + 600_000))!.hash, hash);
    assert.notEqual(desired({ active: false })!.hash, hash);
    assert.notEqual(desired({ schedule: { kind: 'DAILY', times: ['01:00'] } })!.hash, hash);
    const afterTheSpringChange = new Date('2027-04-02T00:00:00Z');
    assert.notEqual(desired({}, afterTheSpringChange)!.hash, hash);
  });

  test('gives its runs the id that the missed-occurrence check uses as well', () => {
    assert.equal(
      workflowIdOf(job._id, Date.parse('2026-11-22T01:30:00Z')),
      'sj-65f000000000000000000001-2026-11-22T01:30:00Z',
    );
  });
});
