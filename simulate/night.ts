/** A night: every job of circulation that is due by its schedule (without one: each night), in the order in which the dispatcher would let them in, and what it said of its records before. */
import { drawFrom } from '../chaos/draw.js';
import { explainLoans } from '../activities/explain.js';
import { jobOf } from '../catalogue/jobs.js';
import { localToInstant, type DayNumber } from '../domain/days.js';
import { occurrencesBetween } from '../domain/occurrences.js';
import { finalStatuses } from '../domain/run.js';
import { night as runOf, record, workflows, type ByHand } from '../test/support/run-by-hand.js';
import type { Life } from './happening.js';
import { sideBySide } from './side-by-side.js';

type OfLoans = keyof typeof explainLoans;
const isOfLoans = (jobKey: ByHand): jobKey is OfLoans => jobKey in explainLoans;

const MINUTE = 60_000;
const A_DAY = 24 * 60 * MINUTE;
const BEGINS = 4 * 60;
/** In the order of their waiting for each other. */
const inOrder = orderedByWaiting(Object.keys(workflows) as ByHand[]);
/** Answers what was wrong. `sample`: how many loans are explained before each job and looked at after it. */
export async function liveANight(life: Life, day: DayNumber, sample: number): Promise<string[]> {
  const { models, seed, plan: { institutionId, zone } } = life;
  const faults: string[] = [];
  const open = await models.Loan.find({ institutionId, status: 'ACTIVE' }, { _id: 1 }).sort({ userId: 1, _id: 1 }).lean();
  const loanIds = open.map(({ _id }) => _id).sort();
  for (const [index, jobKey] of inOrder.entries()) {
    const asOf = new Date(localToInstant(zone, day, BEGINS) + index * 10 * MINUTE);
    const { schedule } = await models.ScheduledJob.findOne({ institutionId, jobKey }).orFail().lean();
    const isDue = schedule.kind === 'NONE' || occurrencesBetween(schedule, zone, asOf.getTime() - A_DAY, asOf.getTime()).length > 0;
    if (!isDue) continue;
    const told = isOfLoans(jobKey) ? await explained(life, jobKey, asOf, drawFrom(seed, `explained ${jobKey} ${asOf.toISOString()}`).shuffled(loanIds).slice(0, sample)) : new Map<string, string[]>();
    const ref = await record(models, institutionId, asOf, { submittedAt: asOf }, jobKey);
    await runOf(models, ref, undefined, () => asOf);
    const run = await models.Run.findOne({ institutionId, _id: ref.runId }).orFail().lean();
    if (!finalStatuses.some((status) => status === run.status) || run.status === 'FAILED') faults.push(`${jobKey} ended as ${run.status}`);
    if (told.size === 0) continue;
    const done = await marked(life, ref.runId, run.asOf, [...told.keys()]);
    for (const [loanId, actions] of told) {
      if (actions.length > 0 !== done.has(loanId)) faults.push(`${jobKey} and loan ${loanId}: explained as «${actions.join(' ') || 'nothing to do'}», the run left ${done.has(loanId) ? 'a' : 'no'} mark on it`);
    }
  }
  // A mail server that takes everything at once.
  await models.Letter.updateMany({ institutionId, state: 'QUEUED' }, { $set: { state: 'SENT', sentAt: new Date(localToInstant(zone, day, BEGINS + 120)) } });
  return faults;
}

/** Loans of which a run left a notice, or noted why they were not renewed. */
async function marked({ models, plan: { institutionId } }: Life, runId: string, asOf: Date, loanIds: string[]): Promise<Set<string>> {
  const [noticed, noted] = await Promise.all([
    models.LoanNotice.find({ institutionId, loanId: { $in: loanIds }, runId }, { loanId: 1 }).lean(),
    models.Loan.find({ institutionId, _id: { $in: loanIds }, 'lastRenewalFailure.at': asOf }, { _id: 1 }).lean(),
  ]);
  return new Set([...noticed.map(({ loanId }) => loanId), ...noted.map(({ _id }) => _id)]);
}

/** What the job would do with each of the loans. */
async function explained({ models, plan: { institutionId, zone } }: Life, jobKey: OfLoans, asOf: Date, loanIds: readonly string[]): Promise<Map<string, string[]>> {
  const [job, institution] = await Promise.all([
    models.ScheduledJob.findOne({ institutionId, jobKey }).orFail().lean(),
    models.Institution.findOne({ institutionId }).orFail().lean(),
  ]);
  const explain = await explainLoans[jobKey](models, { institutionId, asOf: asOf.toISOString(), timeZone: zone.timeZone, currency: institution.currency, parameters: job.parameters });
  const told = new Map<string, string[]>();
  await sideBySide(loanIds.map((loanId) => ({ loanId, touches: [] })), async ({ loanId }) => {
    const explanation = await explain(`loan:${loanId}`);
    told.set(loanId, explanation?.actions ?? []);
  });
  return told;
}

function orderedByWaiting(keys: readonly ByHand[]): ByHand[] {
  const ordered: ByHand[] = [];
  const add = (key: ByHand): void => {
    if (ordered.includes(key)) return;
    for (const before of jobOf(key).runAfter) if (keys.includes(before as ByHand)) add(before as ByHand);
    ordered.push(key);
  };
  keys.forEach(add);
  return ordered;
}
