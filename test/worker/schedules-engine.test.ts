/** Our occurrences against those of a real engine, over both changes of the clock of 2027. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { zoneOf, type Instant } from '../../domain/days.js';
import { occurrenceAt, occurrencesBetween } from '../../domain/occurrences.js';
import type { Schedule } from '../../domain/schedule.js';
import { jobOf } from '../../catalogue/jobs.js';
import { desiredSchedule } from '../../worker/schedules/desired.js';
import { reconcile } from '../../worker/schedules/reconcile.js';
import { registerSearchAttributes } from '../../worker/register-search-attributes.js';
import { temporal } from '../support/servers.js';

const institutionId = `clock-${randomBytes(4).toString('hex')}`;
const now = () => new Date('2026-12-01T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;

/** The days on which each zone changes its clock, in 2027. */
const changes = {
  'Europe/Vienna': ['2027-03-28', '2027-10-31'],
  'Europe/London': ['2027-03-28', '2027-10-31'],
  'America/New_York': ['2027-03-14', '2027-11-07'],
  'Australia/Sydney': ['2027-04-04', '2027-10-03'],
  'Australia/Lord_Howe': ['2027-04-04', '2027-10-03'],
  'Africa/Cairo': ['2027-04-30', '2027-10-28'],
};

const schedules: [string, Schedule][] = [
  ['HOURLY :15', { kind: 'HOURLY', minute: 15 }],
  ['HOURLY :45', { kind: 'HOURLY', minute: 45 }],
  ['DAILY 00:00', { kind: 'DAILY', times: ['00:00'] }],
  ['DAILY 01:30', { kind: 'DAILY', times: ['01:30'] }],
  ['DAILY 02:30', { kind: 'DAILY', times: ['02:30'] }],
  ['DAILY 01:30, 02:00, 02:30, 03:30', { kind: 'DAILY', times: ['01:30', '02:00', '02:30', '03:30'] }],
  ['DAILY 23:30', { kind: 'DAILY', times: ['23:30'] }],
  ['EVERY_N_HOURS 2 from 00:40', { kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:40' }],
  ['WEEKLY on Sunday and Thursday 02:30', { kind: 'WEEKLY', weekdays: ['SUN', 'THU'], times: ['02:30'] }],
  ['MONTHLY on the last day 02:30', { kind: 'MONTHLY', monthDays: ['LAST'], times: ['02:30'] }],
  ['MONTHLY on day 4 and 28 00:00', { kind: 'MONTHLY', monthDays: [4, 28], times: ['00:00'] }],
];

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporal() });
  client = new Client({ connection, namespace: 'default' });
  await registerSearchAttributes(connection, 'default');
});
afterAll(async () => {
  await reconcile(client, [], { institutionId });
  await connection.close();
});

/** What the engine would start in [from, to); exact, because the schedules here have no start spread. */
async function engineTimes(scheduleId: string, from: Instant, to: Instant): Promise<Instant[]> {
  const { startTime } = await connection.workflowService.listScheduleMatchingTimes({
    namespace: 'default',
    scheduleId,
    startTime: msNumberToTs(from - 1000),
    endTime: msNumberToTs(to - 1000),
  });
  return startTime.map(tsToMs);
}

describe.each(Object.entries(changes))('%s', (timeZone, days) => {
  const zone = zoneOf(timeZone);
  const desired = schedules.map(([, schedule]) =>
    desiredSchedule(
      {
        _id: randomBytes(12).toString('hex'),
        institutionId,
        jobKey: 'loans-overdue-and-lost',
        profileId: null,
        category: 'FULFILLMENT',
        name: 'Loans – Overdue and Lost Item',
        active: false,
        inactiveReason: 'NOT_ENABLED',
        schedule,
        lastOccurrenceAt: null,
      },
      { timeZone },
      jobOf('loans-overdue-and-lost'),
      { startSpreadSeconds: 0, taskQueue: 'nobody', now },
    )!,
  );
  beforeAll(async () => {
    const { failed } = await reconcile(client, desired, { institutionId });
    assert.deepEqual(failed, []);
  });

  test.each(schedules.map(([name, schedule], index) => [name, schedule, desired[index]!] as const))(
    '%s: the engine starts every occurrence, and nothing else but what ends at once on the day of the change',
    async (_name, schedule, { id }) => {
      for (const day of days) {
        const change = Date.parse(`${day}T12:00:00Z`);
        const around = (schedule.kind === 'HOURLY' ? 6 : 31) * DAY; // the engine tells a thousand times at most
        const [from, to] = [change - around, change + around];
        const ours = occurrencesBetween(schedule, zone, from, to).filter(({ skipped }) => skipped === null);
        assert.notEqual(ours.length, 0, 'the span holds an occurrence');
        const theirs = await engineTimes(id, from, to);
        const isOurs = (instant: Instant) => occurrenceAt(schedule, zone, instant) !== null;
        assert.deepEqual(
          theirs.filter(isOurs).map(iso),
          ours.map(({ at }) => iso(at)),
        );

        const beside = theirs.filter((instant) => !isOurs(instant));
        if (timeZone === 'Australia/Lord_Howe' && schedule.kind === 'HOURLY') continue; // both of its minutes, all year
        assert.deepEqual(beside.filter((instant) => Math.abs(instant - change) > 1.5 * DAY).map(iso), []);
      }
    },
  );
});

const iso = (instant: Instant) => new Date(instant).toISOString();
