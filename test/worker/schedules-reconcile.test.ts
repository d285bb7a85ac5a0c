import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { jobOf } from '../../catalogue/jobs.js';
import type { Missed } from '../../domain/occurrences.js';
import type { Schedule } from '../../domain/schedule.js';
import { desiredSchedule, type DesiredSchedule } from '../../worker/schedules/desired.js';
import { catchUpMissed } from '../../worker/schedules/missed.js';
import { reconcile, reconcileOne } from '../../worker/schedules/reconcile.js';
import type { ScheduledJobRecord } from '../../worker/schedules/start.js';
import { registerSearchAttributes } from '../../worker/register-search-attributes.js';
import { temporal } from '../support/servers.js';

const institutionId = `reconcile-${randomBytes(4).toString('hex')}`;
const vienna = { timeZone: 'Europe/Vienna' };
const definition = jobOf('loans-overdue-and-lost');
const settings = {
  startSpreadSeconds: 120,
  taskQueue: `nobody-${institutionId}`,
  now: () => new Date('2026-12-01T12:00:00Z'),
};

const newId = () => randomBytes(12).toString('hex');
const scheduledJob = (given: Partial<ScheduledJobRecord> = {}): ScheduledJobRecord => ({
  _id: newId(),
  institutionId,
  jobKey: 'loans-overdue-and-lost',
  profileId: null,
  category: 'FULFILLMENT',
  name: 'Loans – Overdue and Lost Item',
  active: true,
  inactiveReason: null,
  schedule: { kind: 'DAILY', times: ['04:00'] },
  lastOccurrenceAt: null,
  ...given,
});
const desiredOf = (job: ScheduledJobRecord): DesiredSchedule => desiredSchedule(job, vienna, definition, settings)!;

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

/** The engine's listing lags by some hundredths of a second. */
async function listed(expected: ScheduledJobRecord[]): Promise<void> {
  const ids = expected.map(({ _id }) => `sj-${_id}`).sort();
  let found: string[] = [];
  for (let look = 0; look < 100; look += 1) {
    found = [];
    for await (const { scheduleId } of client.schedule.list({ query: `Institution = '${institutionId}'` }))
      found.push(scheduleId);
    if (isDeepStrictEqual(found.sort(), ids)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(found, ids, 'the engine never listed the schedules');
}
/** Until the listing shows of each schedule whether it is paused and when it fires first: `paused 12:00`. */
async function shown(expected: Record<string, string>): Promise<void> {
  const seen: Record<string, string> = {};
  for (let look = 0; look < 100; look += 1) {
    for await (const { scheduleId, state, spec } of client.schedule.list({ query: `Institution = '${institutionId}'` })) {
      const { hour, minute } = spec?.calendars?.[0] ?? {};
      const time = [hour, minute].map((field) => String(field?.[0]?.start ?? 0).padStart(2, '0')).join(':');
      if (scheduleId in expected) seen[scheduleId] = `${state.paused ? 'paused' : 'active'} ${time}`;
    }
    if (Object.entries(expected).every(([id, words]) => seen[id] === words)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(seen, expected, 'the engine never listed it so');
}

describe('reconcile', () => {
  const everyKind: Schedule[] = [
    { kind: 'HOURLY', minute: 15 },
    { kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:40' },
    { kind: 'DAILY', times: ['02:30', '14:00'] },
    { kind: 'WEEKLY', weekdays: ['MON', 'THU'], times: ['06:00'] },
    { kind: 'MONTHLY', monthDays: [1, 15, 'LAST'], times: ['04:00', '10:00', '16:00', '22:00'] },
  ];
  let jobs: ScheduledJobRecord[];
  beforeEach(async () => {
    jobs = everyKind.map((schedule) => scheduledJob({ schedule }));
    await reconcile(client, jobs.map(desiredOf), { institutionId });
    await listed(jobs);
  });

  test('makes what is missing, and finds all unchanged the second time, whatever the kind of schedule', async () => {
    const more = [...jobs, scheduledJob({ active: false, inactiveReason: 'OPERATOR' })];
    const first = await reconcile(client, more.map(desiredOf), { institutionId });
    assert.deepEqual(first, {
      created: [`sj-${more.at(-1)!._id}`],
      updated: [],
      deleted: [],
      unchanged: 5,
      healed: [],
      failed: [],
    });
    await listed(more);
    const second = await reconcile(client, more.map(desiredOf), { institutionId });
    assert.deepEqual(second, { created: [], updated: [], deleted: [], unchanged: 6, healed: [], failed: [] });
    const paused = await client.schedule.getHandle(`sj-${more.at(-1)!._id}`).describe();
    assert.deepEqual([paused.state.paused, paused.state.note], [true, 'inactive: OPERATOR']);
  });

  test('updates what the record says otherwise now, and deletes what has no record', async () => {
    const [gone, changed, ...others] = jobs as [ScheduledJobRecord, ScheduledJobRecord, ...ScheduledJobRecord[]];
    const now = [{ ...changed, schedule: { kind: 'DAILY', times: ['05:00'] } as const }, ...others];
    const result = await reconcile(client, now.map(desiredOf), { institutionId });
    assert.deepEqual(result, {
      created: [],
      updated: [`sj-${changed._id}`],
      deleted: [`sj-${gone._id}`],
      unchanged: 3,
      healed: [],
      failed: [],
    });
    await listed([changed, ...others]);
    const { spec, policies } = await client.schedule.getHandle(`sj-${changed._id}`).describe();
    assert.equal(spec.timezone, 'Europe/Vienna');
    assert.deepEqual(
      spec.calendars?.map(({ hour }) => hour),
      [[{ start: 5, end: 5, step: 1 }]],
    );
    assert.deepEqual(policies, { overlap: 'ALLOW_ALL', catchupWindow: 20 * 60 * 60 * 1000, pauseOnFailure: false });
  });

  test('heals a pause and another time set past the record, and says so', async () => {
    const [paused, moved, resumed] = jobs.map(({ _id }) => `sj-${_id}`) as [string, string, string];
    jobs[2] = { ...jobs[2]!, active: false, inactiveReason: 'OPERATOR' };
    await reconcile(client, jobs.map(desiredOf), { institutionId });
    await shown({ [resumed]: 'paused 02:30' }); // or the listing from before it would do for the one from after

    await client.schedule.getHandle(paused).pause('quiet, please');
    await client.schedule.getHandle(moved).update((previous) => ({
      ...previous,
      spec: { calendars: [{ hour: 12, minute: 0 }], timezone: 'Europe/Vienna' },
    }));
    await client.schedule.getHandle(resumed).unpause();
    await shown({ [paused]: 'paused 00:15', [moved]: 'active 12:00', [resumed]: 'active 02:30' });

    const { healed, ...others } = await reconcile(client, jobs.map(desiredOf), { institutionId });
    assert.deepEqual(others, { created: [], updated: [], deleted: [], unchanged: 2, failed: [] });
    assert.deepEqual(
      new Set(healed),
      new Set([
        { id: paused, what: 'PAUSED' },
        { id: moved, what: 'SPEC' },
        { id: resumed, what: 'RESUMED' },
      ]),
    );
    await shown({ [paused]: 'active 00:15', [moved]: 'active 00:40', [resumed]: 'paused 02:30' });
    assert.equal((await reconcile(client, jobs.map(desiredOf), { institutionId })).unchanged, 5);
    assert.equal((await client.schedule.getHandle(paused).describe()).state.paused, false);
  });

  test('leaves the neighbouring institution alone', async () => {
    const neighbour = scheduledJob({ institutionId: `${institutionId}-2` });
    await reconcile(client, [desiredOf(neighbour)], { institutionId: neighbour.institutionId });
    await reconcile(client, [], { institutionId });
    assert.equal((await client.schedule.getHandle(`sj-${neighbour._id}`).describe()).state.paused, false);
    await reconcileOne(client, neighbour._id, null);
  });

  test('does the others when the engine refuses one', async () => {
    const bad = desiredOf(scheduledJob());
    bad.options = { ...bad.options, spec: { ...bad.options.spec, timezone: 'Europe/Nowhere' } };
    const good = desiredOf(scheduledJob());
    const result = await reconcile(client, [bad, good], { institutionId });
    assert.deepEqual([result.created, result.failed.map(({ id }) => id)], [[good.id], [bad.id]]);
  });
});

describe('reconcileOne', () => {
  test('makes, changes, leaves and removes one schedule, without waiting for the listing', async () => {
    const job = scheduledJob();
    assert.equal(await reconcileOne(client, job._id, desiredOf(job)), 'CREATED');
    assert.equal(await reconcileOne(client, job._id, desiredOf(job)), 'UNCHANGED');
    const inactive = { ...job, active: false, inactiveReason: 'OPERATOR' } as const;
    assert.equal(await reconcileOne(client, job._id, desiredOf(inactive)), 'UPDATED');
    assert.equal((await client.schedule.getHandle(`sj-${job._id}`).describe()).state.paused, true);
    assert.equal(await reconcileOne(client, job._id, null), 'DELETED');
    assert.equal(await reconcileOne(client, job._id, null), 'UNCHANGED');
  });
});

describe('the check for missed occurrences', () => {
  /** 01:05 on 12 May in Vienna: the 23:15 was the last to begin. */
  const now = () => new Date('2026-05-11T23:05:00Z');
  const hourly = (given: Partial<ScheduledJobRecord> = {}) =>
    scheduledJob({
      schedule: { kind: 'HOURLY', minute: 15 },
      lastOccurrenceAt: new Date('2026-05-11T20:15:00Z'),
      ...given,
    });

  async function check(job: ScheduledJobRecord, at = now) {
    const recorded: Pick<Missed, 'rows' | 'settledUpTo'>[] = [];
    const started = await catchUpMissed(
      client,
      job,
      vienna,
      definition,
      { ...settings, now: at },
      async (_job, missed) => {
        recorded.push(missed);
      },
    );
    return { started, rows: recorded.flatMap(({ rows }) => rows.map(({ occurrence }) => occurrence.occurrenceKey)) };
  }

  test('starts the latest under the id that the schedule would have used, once', async () => {
    const job = hourly();
    assert.deepEqual(await check(job), { started: true, rows: ['U:2026-05-11T21:15Z'] });
    assert.deepEqual(await check(job), { started: false, rows: ['U:2026-05-11T21:15Z'] });

    const handle = client.workflow.getHandle(`sj-${job._id}-2026-05-11T22:15:00Z`);
    const { type, taskQueue, typedSearchAttributes } = await handle.describe();
    assert.deepEqual([type, taskQueue], ['loans-overdue-and-lost', settings.taskQueue]);
    const attributes = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    assert.deepEqual(attributes, {
      Institution: institutionId,
      JobKey: 'loans-overdue-and-lost',
      JobCategory: 'FULFILLMENT',
      RunTrigger: 'SCHEDULE',
    });
    const [first] = (await handle.fetchHistory()).events ?? [];
    const [payload] = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    assert.deepEqual(JSON.parse(Buffer.from(payload!.data!).toString()), {
      institutionId,
      scheduledJobId: job._id,
      runId: null,
      nominalAt: '2026-05-11T22:15:00.000Z',
    });

    await handle.terminate();
    assert.deepEqual((await check(job)).started, false, 'an occurrence that has ended does not begin again');
  });

  test('leaves to the engine what fell due within the start spread and a minute', async () => {
    const job = hourly({ lastOccurrenceAt: new Date('2026-05-11T22:15:00Z') });
    assert.deepEqual(await check(job, () => new Date('2026-05-11T23:17:59Z')), { started: false, rows: [] });
    assert.deepEqual(await check(job, () => new Date('2026-05-11T23:18:00Z')), { started: true, rows: [] });
    await client.workflow.getHandle(`sj-${job._id}-2026-05-11T23:15:00Z`).terminate();
  });

  test('starts nothing for a job that is inactive, and records nothing either', async () => {
    assert.deepEqual(await check(hourly({ active: false })), { started: false, rows: [] });
  });
});

describe('the search attributes', () => {
  test('are registered again without harm', async () => {
    await registerSearchAttributes(connection, 'default');
  });

  test('are named when the namespace lacks them', async () => {
    await assert.rejects(registerSearchAttributes(connection, 'no-such-namespace'), /not found|no-such-namespace/i);
  });
});
