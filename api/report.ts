/** The numbers of a run's report: its counters beside those of the runs before it, and how far it is (platform.md 5 and 8). */
import type { JobDefinition } from '../catalogue/definition.js';
import { exponentOf } from '../domain/money.js';
import { completedStatuses } from '../domain/run.js';
import { isFinal, median } from '../domain/run-status.js';
import type { StoredRun } from '../models/run.js';
import type { ApiContext } from './context.js';
import { count, duration } from './format.js';
import { spelledOut } from './words.js';

const COMPARED_RUNS = 10;
const MINUTE = 60_000;
const LONGER_THAN_USUAL = 3;

export interface CounterRow {
  key: string;
  label: string;
  now: number;
  /** null: there was no run before. */
  previous: number | null;
  median: number | null;
  /** `12.50 EUR`, `12,400`. */
  text: (value: number) => string;
}

export interface Report {
  previous: Pick<StoredRun, '_id' | 'processId' | 'counters' | 'parameters'> | null;
  counters: CounterRow[];
}

/** The common counters, in the order of every report (spec/README.md, Runs). */
const common: Readonly<Record<string, string>> = {
  recordsSelected: 'Records selected', recordsProcessed: 'Records processed', recordsChanged: 'Records changed',
  recordsUnchanged: 'Records unchanged', recordsInError: 'Records in error', changedDuringRun: 'Changed by others during the run',
  lettersCreated: 'Letters created', lettersSuppressed: 'Letters suppressed',
};

export async function reportOf({ models }: ApiContext, run: StoredRun, definition: JobDefinition | null): Promise<Report> {
  const before = await models.Run.find(
    {
      institutionId: run.institutionId,
      scheduledJobId: run.scheduledJobId,
      submittedAt: { $lt: run.submittedAt },
      status: { $in: [...completedStatuses] },
      trigger: { $in: run.trigger === 'DRY_RUN' ? ['DRY_RUN', 'SCHEDULE', 'MANUAL', 'API', 'RERUN'] : ['SCHEDULE', 'MANUAL', 'API', 'RERUN'] },
    },
    { processId: 1, counters: 1, parameters: 1 },
  )
    .sort({ submittedAt: -1, _id: -1 })
    .limit(COMPARED_RUNS)
    .lean();
  const [previous = null] = before;
  const counters = isFinal(run.status) ? run.counters : await countersSoFar(models, run);
  const keys = keysInOrder([counters, ...(previous === null ? [] : [previous.counters])], definition);
  return {
    previous,
    counters: keys.map((key) => ({
      key,
      label: labelOf(key, definition),
      now: counters[key] ?? 0,
      previous: previous === null ? null : (previous.counters[key] ?? 0),
      median: before.length === 0 ? null : median(before.map((one) => one.counters[key] ?? 0)),
      text: textOf(key),
    })),
  };
}

/** While a run is at work its totals are those of the batches done. */
export async function countersSoFar(models: ApiContext['models'], { institutionId, _id }: StoredRun): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for await (const { counters } of models.RunBatch.find({ institutionId, runId: _id }, { counters: 1 }).lean().cursor()) {
    for (const [key, value] of Object.entries(counters)) if (!key.startsWith('overflow:')) sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

/** The common ones, then the job's own as its catalogue lists them, each with its currencies or reasons. */
function keysInOrder(counters: readonly Record<string, number>[], definition: JobDefinition | null): string[] {
  const counted = new Set(counters.flatMap((one) => Object.keys(one)));
  const listed = [...Object.keys(common), ...(definition?.counters.map(({ key }) => key) ?? [])];
  const ofListed = listed.flatMap((base) => {
    const variants = [...counted].filter((key) => key.startsWith(`${base}:`)).sort();
    return variants.length > 0 && !counted.has(base) ? variants : [base, ...variants];
  });
  const rest = [...counted].filter((key) => !ofListed.includes(key)).sort();
  // An amount has a row for each currency in which there is one.
  return [...ofListed.filter((key) => counted.has(key) || !key.endsWith('Amount')), ...rest];
}

function labelOf(key: string, definition: JobDefinition | null): string {
  const [base = '', ...variant] = key.split(':');
  const label = common[base] ?? definition?.counters.find((one) => one.key === base)?.label ?? spelledOut(base);
  return [label, ...variant].join(', ');
}

function textOf(key: string): (value: number) => string {
  const currency = /Amount:([A-Z]{3})$/.exec(key)?.[1];
  if (currency === undefined) return (value) => count(value);
  const decimals = exponentOf(currency);
  return (value) => `${(value / 10 ** decimals).toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ${currency}`;
}

export interface Progress {
  /** 0–99; null: the total is not known. */
  percent: number | null;
  text: string;
  timeLeft: string | null;
}

/** Null for a run that has ended, or has nothing to do. */
export function progressOf({ status, progress, startedAt }: StoredRun, now: Date): Progress | null {
  const { total, done, totalIsEstimate } = progress;
  if (isFinal(status) || total === 0) return null;
  if (total === null) return { percent: null, text: `${count(done)} records so far`, timeLeft: null };
  const percent = Math.min(99, Math.floor((100 * done) / total));
  const elapsed = startedAt === null ? 0 : now.getTime() - startedAt.getTime();
  // Before a minute and one per cent any estimate is a guess.
  const telling = elapsed >= MINUTE && percent >= 1 && done < total;
  return {
    percent,
    text: `${count(done)} of ${totalIsEstimate ? 'about ' : ''}${count(total)} records`,
    timeLeft: telling ? `about ${duration(Math.max(MINUTE, ((total - done) * elapsed) / done))} left` : null,
  };
}

/** What is odd about a run at work. */
export function flagsOf(run: StoredRun, medianDurationSec: number | null, now: Date): string[] {
  if (isFinal(run.status)) return [];
  const elapsed = run.startedAt === null ? 0 : now.getTime() - run.startedAt.getTime();
  const { heartbeatAt } = run.progress;
  return [
    ...(run.abort !== null ? ['Aborting'] : []),
    ...(medianDurationSec !== null && elapsed > 10 * MINUTE && elapsed > LONGER_THAN_USUAL * medianDurationSec * 1000 ? ['Longer than usual'] : []),
    ...(heartbeatAt !== null && now.getTime() - heartbeatAt.getTime() > 15 * MINUTE ? ['Stalled'] : []),
  ];
}
