/** The whole way from a record to a run: scheduled jobs, engine schedules, firings, drift and missed nights. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { jobOf } from '../../catalogue/jobs.js';
import { localDay, dayText, zoneOf } from '../../domain/days.js';
import { nextRunAt, occurrencesBetween } from '../../domain/occurrences.js';
import { newId } from '../../models/document.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { reconcileInstallation, reconcileScheduledJob } from '../../worker/reconciliation.js';
import { scheduleIdOf } from '../../worker/schedules/start.js';
import { endStranded } from '../../worker/standing-workflows.js';
import { activated, demoLibrary } from '../support/demo-library.js';
import { openHouse, type House } from '../support/house.js';
import { record } from '../support/run-by-hand.js';
import { mongo, temporal } from '../support/servers.js';

const JOB = 'loans-overdue-and-lost';
const DAY = 24 * 60 * 60 * 1000;
const newYork = zoneOf('America/New_York');
let house: House;
let job: ScheduledJob;

const pass = () => reconcileInstallation(house.operating);

beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('reconciliation');
  await demoLibrary(house.models, 'demo');
  await demoLibrary(house.models, 'next-door');
  job = await activated(house.models, 'demo', JOB);
  // Before midnight in New York it would wait for those, which are about to start.
  await house.models.ScheduledJob.updateMany({ jobKey: { $in: [...jobOf(JOB).runAfter] } }, { $set: { schedule: { kind: 'NONE' } } });
  // Set up today: the nights since the fixture's year are nobody's to make up.
  await house.models.ScheduledJob.updateMany({ institutionId: { $in: ['demo', 'next-door'] } }, { $set: { lastOccurrenceAt: new Date() } });
});
afterAll(() => house?.close());

test('the first pass makes a schedule for every scheduled job, the second changes nothing', async () => {
  const first = await pass();
  assert.equal(first.unchanged, 0, 'all were new');
  assert.ok(first.created >= 50, `${first.created} schedules`);
  assert.deepEqual(first.failed, []);

  const { created, updated, deleted, unchanged, healed, scheduledJobsChanged } = await eventually(pass, ({ unchanged }) => unchanged === first.created);
  assert.deepEqual({ created, updated, deleted, healed, scheduledJobsChanged }, { created: 0, updated: 0, deleted: 0, healed: 0, scheduledJobsChanged: 0 });
  assert.equal(unchanged, first.created);
});

test('the next run is the next 04:00 in New York, and an inactive job has none', async () => {
  const stored = await house.models.ScheduledJob.findOne({ institutionId: 'demo', _id: job._id }).lean();
  assert.equal(stored?.nextRunAt?.getTime(), nextRunAt({ kind: 'DAILY', times: ['04:00'] }, newYork, Date.now()));
  const inactive = await house.models.ScheduledJob.findOne({ institutionId: 'next-door', jobKey: JOB }).lean();
  assert.equal(inactive?.nextRunAt, null);
});

test('a delivery that an earlier version left on the queue mail is ended, and one that is served goes on', async () => {
  const delivery = (institutionId: string, taskQueue: string) =>
    house.client.workflow.start('mail', { workflowId: `mail-${institutionId}`, taskQueue, args: [{ institutionId }] });
  const stranded = await delivery('demo', 'mail');
  const served = await delivery('next-door', 'jobs');
  const statusOf = async (each: typeof served) => (await each.describe()).status.name;
  await eventually(async () => {
    await endStranded(house.client);
    return statusOf(stranded);
  }, (status) => status === 'TERMINATED');
  assert.equal(await statusOf(served), 'RUNNING');
});

test('a pause made in the engine is taken back and stands in the audit', async () => {
  const handle = house.client.schedule.getHandle(scheduleIdOf(job._id));
  await handle.pause('by hand');
  const { healed } = await eventually(pass, (summary) => summary.healed === 1);
  assert.equal(healed, 1);
  assert.equal((await handle.describe()).state.paused, false);
  const entries = await house.models.AuditEntry.find({ institutionId: 'demo', action: 'SCHEDULE_HEALED' }).lean();
  assert.deepEqual(entries.map(({ targetId, actor, changes }) => [targetId, actor.type, changes[0]?.before]), [[job._id, 'SYSTEM', 'PAUSED']]);
});

test('a firing of the schedule makes the run of its occurrence, a second firing finds it, another instant makes none', async () => {
  const handle = house.client.schedule.getHandle(scheduleIdOf(job._id));
  const last = occurrencesBetween({ kind: 'DAILY', times: ['04:00'] }, newYork, Date.now() - DAY, Date.now()).at(-1)!;
  // The start spread lets it fire up to two minutes late.
  const around = { start: new Date(last.at - 1000), end: new Date(last.at + 121_000), overlap: 'ALLOW_ALL' } as const;
  await handle.backfill(around);
  const run = await eventually(
    () => house.models.Run.findOne({ institutionId: 'demo', scheduledJobId: job._id, trigger: 'SCHEDULE' }).lean(),
    (found) => found?.status === 'COMPLETED_SUCCESSFULLY',
  );
  assert.equal(run?.occurrenceKey, last.occurrenceKey);
  assert.equal(run?.asOf.getTime(), last.at);
  assert.equal(run?.businessDate, dayText(localDay(newYork, last.at)));
  assert.equal(run?.noWork, true);

  await handle.backfill(around);
  await handle.trigger('ALLOW_ALL'); // now is none of our occurrences
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.equal(await house.models.Run.countDocuments({ institutionId: 'demo', scheduledJobId: job._id }), 1);
});

test('after three nights that nobody began, the older ones are told as missed and the latest runs while it is young', async () => {
  const next = await activated(house.models, 'next-door', JOB);
  const nights = occurrencesBetween({ kind: 'DAILY', times: ['04:00'] }, newYork, Date.now() - 3 * DAY, Date.now() - 5 * 60_000);
  await house.models.ScheduledJob.updateOne({ institutionId: 'next-door', _id: next._id }, { $set: { lastOccurrenceAt: new Date(nights[0]!.at - 1000) } });
  await pass();

  const latest = nights.at(-1)!;
  const young = Date.now() - latest.at < 20 * 60 * 60 * 1000;
  const runs = await eventually(
    () => house.models.Run.find({ institutionId: 'next-door', scheduledJobId: next._id }).sort({ scheduledAt: 1 }).lean(),
    (found) => found.length === nights.length && found.every(({ endedAt }) => endedAt !== null),
  );
  assert.deepEqual(
    runs.map(({ occurrenceKey, status, skipReason }) => [occurrenceKey, status, skipReason]),
    nights.map(({ occurrenceKey }, index) =>
      index === nights.length - 1 && young ? [occurrenceKey, 'COMPLETED_SUCCESSFULLY', null] : [occurrenceKey, 'SKIPPED', 'MISSED'],
    ),
  );
  await pass();
  assert.equal(await house.models.Run.countDocuments({ institutionId: 'next-door', scheduledJobId: next._id }), nights.length);
});

test('a job set to "not scheduled" loses its schedule at once, and gets it back with its schedule', async () => {
  const { models, operating, client } = house;
  const gone = () => client.schedule.getHandle(scheduleIdOf(job._id)).describe().then(() => false, () => true);
  await models.ScheduledJob.updateOne({ institutionId: 'demo', _id: job._id }, { $set: { schedule: { kind: 'NONE' } } });
  await reconcileScheduledJob(operating, 'demo', job._id);
  assert.equal(await gone(), true);
  await models.ScheduledJob.updateOne({ institutionId: 'demo', _id: job._id }, { $set: { schedule: { kind: 'DAILY', times: ['04:00'] } } });
  await reconcileScheduledJob(operating, 'demo', job._id);
  assert.equal(await gone(), false);
});

test('in another zone of its institution a job keeps its time by the new clock, in the engine as well', async () => {
  const { models, client } = house;
  await models.Institution.updateOne({ institutionId: 'next-door', code: 'next-door' }, { $set: { timeZone: 'Asia/Tokyo' } });
  await models.ScheduledJob.updateMany({ institutionId: 'next-door', active: true }, { $set: { lastOccurrenceAt: new Date() } });
  const { _id } = await activated(models, 'next-door', JOB);
  const runs = await models.Run.countDocuments({ institutionId: 'next-door' });
  await pass();
  const next = nextRunAt({ kind: 'DAILY', times: ['04:00'] }, zoneOf('Asia/Tokyo'), Date.now())!;
  const isNext = (at: number) => at >= next && at - next <= 120_000; // but for the start spread
  const told = await eventually(async () => (await client.schedule.getHandle(scheduleIdOf(_id)).describe()).info.nextActionTimes[0]!.getTime(), isNext);
  assert.ok(isNext(told), `${new Date(told).toISOString()} is 04:00 in Tokyo`);
  assert.equal((await models.ScheduledJob.findOne({ institutionId: 'next-door', _id }).orFail().lean()).nextRunAt?.getTime(), next);
  assert.equal(await models.Run.countDocuments({ institutionId: 'next-door' }), runs, 'no night was missed');
});

test('a run that waits where the dispatcher is gone is taken up by the next pass; one whose workflow never came is closed as lost', async () => {
  const dispatcher = house.client.workflow.getHandle('dispatcher-demo');
  if ((await dispatcher.describe()).status.name === 'RUNNING') await dispatcher.terminate();
  const { runId } = await record(house.models, 'demo', new Date());
  await pass();
  const run = await eventually(
    () => house.models.Run.findOne({ institutionId: 'demo', _id: runId }).orFail().lean(),
    ({ status }) => status === 'FAILED',
  );
  assert.equal(run.failure?.code, 'WORKFLOW_LOST');
});

test('a record that cannot be put right is told with its reason and keeps no other from its night; a job of another version has no schedule', async () => {
  const { models } = house;
  const { insertedId } = await models.ScheduledJob.collection.insertOne({
    ...(await models.ScheduledJob.findOne({ institutionId: 'demo', _id: job._id }).orFail().lean()), _id: newId() as never, instanceKey: 'gone', jobKey: 'a-job-of-tomorrow',
  } as never);
  await models.ScheduledJob.collection.updateOne({ _id: job._id as never }, { $set: { schedule: { kind: 'DAILY', times: ['25:00'] } } });
  const { failed, unchanged } = await pass();
  assert.deepEqual(failed.map(({ scheduledJobId }) => [...new Set([scheduledJobId])]), failed.map(() => [job._id]));
  assert.ok(failed.length > 0 && failed.every(({ reason }) => reason.length > 0), JSON.stringify(failed));
  assert.ok(unchanged >= 50, `${unchanged} unchanged`);
  await models.ScheduledJob.collection.updateOne({ _id: job._id as never }, { $set: { schedule: { kind: 'DAILY', times: ['04:00'] } } });
  await models.ScheduledJob.collection.deleteOne({ _id: insertedId });
});

/** The engine's listing and the workers need a moment. */
async function eventually<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  let found = await look();
  for (let tries = 0; tries < 60 && !holds(found); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    found = await look();
  }
  return found;
}
