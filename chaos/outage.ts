/**
 * A schedule fires while nobody serves its queue (platform.md 6.5): after an outage shorter than the catch-up window its night is made up
 * for, once, however often the occurrence is fired; after a longer one it is told as missed, and nothing else is done.
 */
import { jobOf } from '../catalogue/jobs.js';
import { now } from '../config/clock.js';
import { queues } from '../config/queues.js';
import { localMinutes, zoneOf, type Instant } from '../domain/days.js';
import { timeText } from '../domain/schedule.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import { scheduleIdOf, startOf } from '../worker/schedules/start.js';
import { eventually } from './installation.js';
import { night, type House } from './night.js';
import { pictureOf } from './picture.js';
import { reckon, type Reckoning } from './reckoning.js';

const HOUR_MS = 60 * 60_000;
/** Daily times are multiples of it. */
const FIVE_MINUTES_MS = 5 * 60_000;

/** A daily night is made up for within 20 hours. */
const SHORTER_MS = HOUR_MS;
const LONGER_MS = 22 * HOUR_MS;

export interface Outage {
  what: string;
  institutionId: string;
  reckoning: Reckoning;
}

/** `prepare` makes an institution with its work, and answers with the id of its scheduled job. */
export async function outages(house: House, prepare: (institutionId: string) => Promise<string>): Promise<Outage[]> {
  const { installation: { models, begin }, workers } = house;
  const [undisturbed, shorter, longer] = [await prepare('o00'), await prepare('o01'), await prepare('o02')];
  // What waits for the next run, as an earlier one or the staff have left it.
  await models.LoanNotice.deleteMany({ institutionId: 'o02' });
  await models.ReadingListNotification.deleteMany({ institutionId: 'o02', letterKey: { $gt: '' } });
  await models.CalendarChange.deleteMany({ institutionId: 'o02' });
  const untouched = await pictureOf(models, 'o02', []);

  const made = await missable(house, 'o01', shorter, SHORTER_MS);
  const missed = await missable(house, 'o02', longer, LONGER_MS);
  await workers.killBoth(async () => {
    await Promise.all([made.falls(), missed.falls()]);
    await made.fires();
  });
  const comes = (institutionId: string) => () =>
    eventually(async () => ((await models.Run.exists({ institutionId })) ? null : `no run of the occurrence in ${institutionId}`));
  await Promise.all([
    night(house, 'o00', () => begin('o00', undisturbed, new Date(made.at)), []),
    night(house, 'o01', comes('o01'), []),
    night(house, 'o02', comes('o02'), []),
  ]);
  await made.fires();
  await made.isStartedAgain();

  const told = JSON.stringify({ run: 'SKIPPED', noWork: false, failure: null, errors: 0, warnings: 0 });
  return [
    { what: 'fired three times in and after an outage of 1 h', institutionId: 'o01', reckoning: await reckon(house, await pictureOf(models, 'o00', []), 'o01') },
    { what: 'not fired in an outage of 22 h', institutionId: 'o02', reckoning: await reckon(house, [...untouched, told].sort(), 'o02') },
  ];
}

interface Missable {
  at: Instant;
  /** Nobody has begun the occurrence. */
  falls(): Promise<unknown>;
  /** The engine fires it. */
  fires(): Promise<unknown>;
  /** By a start of which the engine does not know that it is the same. */
  isStartedAgain(): Promise<unknown>;
}

/** Schedules the job daily, so that its last occurrence was `ago`, and waits for the engine's schedule. */
async function missable({ installation: { models, client } }: House, institutionId: string, scheduledJobId: string, ago: number): Promise<Missable> {
  const { timeZone } = await models.Institution.findOne({ institutionId, code: institutionId }).orFail().lean();
  const at = Math.floor((now().getTime() - ago) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const schedule = { kind: 'DAILY', times: [timeText(localMinutes(zoneOf(timeZone), at))] } as const;
  const noted = (lastOccurrenceAt: Date): Promise<ScheduledJob> =>
    models.ScheduledJob.findOneAndUpdate({ institutionId, _id: scheduledJobId }, { $set: { schedule, lastOccurrenceAt } }).orFail().lean();
  const job = await noted(new Date(at));
  const inEngine = client.schedule.getHandle(scheduleIdOf(scheduledJobId));
  await client.workflow.getHandle('system-reconcile').signal('now');
  await eventually(() => inEngine.describe().then(() => null, () => `no schedule of ${institutionId} in the engine`));
  return {
    at,
    falls: () => noted(new Date(at - 1)),
    // The start spread lets it fire up to two minutes late.
    fires: () => inEngine.backfill({ start: new Date(at - 1000), end: new Date(at + 121_000), overlap: 'ALLOW_ALL' }),
    isStartedAgain: () => client.workflow.execute(job.jobKey, { ...startOf(job, jobOf(job.jobKey), queues.jobs, at), workflowId: `again-${scheduledJobId}` }),
  };
}
