/** What a page did, kept so that a page done twice counts once (spec/README.md, Runs: Counters). */
import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import { severities, type Counters, type Page, type Problem, type Run } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import { insertOnce } from '../../models/insert-once.js';
import type { Models } from '../../models/models.js';
import type { NoticedLetter, Proposal, RunBatch, RunEvent } from '../../models/run.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Retention of batches and events (platform.md 8). */
const BATCH_KEPT_MS = 7 * DAY_MS;
const EVENT_KEPT_MS = 90 * DAY_MS;
/** How many events of a severity a run stores; above that they are only counted (platform.md 8). */
const storedEvents = { ERROR: 50_000, WARNING: 50_000, INFO: 10_000 } as const;
/** Room for the events of one batch in a run's numbering. */
const EVENTS_A_BATCH = 100_000;

export interface BatchResult {
  counters: Counters;
  problems: Problem[];
  /** Of a preview: what a run would have done. */
  proposals?: Proposal[];
  /** Of a preview: the letter that each notice would go into. */
  letters?: NoticedLetter[];
  /** Ids of the users whom the batch counts, and no batch before it. */
  blockedUsers?: string[];
}

/** What an earlier attempt at the same batch had settled before its first write. */
export interface BatchClaim {
  toKey: string | null;
  leaving: string[];
}

/**
 * Keeps, before the first write of a page, where it ends and which records its writes take out of the selection: a repeat
 * works on the same records although the selection has changed.
 *
 * `before` is what this attempt found claimed. One that found nothing may meanwhile have been overtaken by another, whose writes it read
 * half of: unless both came to the same records it throws, and the engine's next attempt goes on with what stands.
 */
export async function claimBatch(models: Models, run: Run, before: BatchClaim | null, claim: BatchClaim, now: Date): Promise<void> {
  const claimed = { state: 'RUNNING', fromKey: run.cursor, toKey: claim.toKey, leaving: claim.leaving } as const;
  if (before === null) await makeBatch(models, run, { ...claimed, startedAt: now, deleteAfter: keptFrom(now) });
  else await takeBatch(models, run, claimed);
}

const batchOf = ({ institutionId, runId, batchNo }: Run) => ({ institutionId, runId, batchNo });
/** Rises from one attempt to the next, whichever worker makes it. */
const attemptAt = () => Context.current().info.currentAttemptScheduledTimestampMs;
/** The batch, unless a later attempt has written it; null: by a version of the worker that did not keep it. */
const batchNoLaterThan = (run: Run, attempt: number) => ({ ...batchOf(run), $or: [{ attemptAt: { $lte: attempt } }, { attemptAt: null }] });
const keptFrom = (now: Date) => new Date(now.getTime() + BATCH_KEPT_MS);

/** Writes over a batch that stands there; throws where a later attempt has: this one is a stray, wherever its walk has come to. */
async function takeBatch(models: Models, run: Run, batch: Partial<RunBatch>): Promise<void> {
  const attempt = attemptAt();
  const { matchedCount } = await models.RunBatch.updateOne(batchNoLaterThan(run, attempt), { $set: { ...batch, attemptAt: attempt }, $inc: { attempts: 1, version: 1 } });
  if (matchedCount === 0) throw new Error(`A later attempt is at batch ${run.batchNo} of run ${run.runId}.`);
}

/** What another attempt made of the same records stays; where it is of others this throws. One from where this walk did not come by is replaced. */
async function makeBatch(models: Models, run: Run, batch: Pick<RunBatch, 'toKey' | 'leaving'> & Partial<RunBatch>): Promise<void> {
  const made = await models.RunBatch.updateOne(
    batchOf(run), { $setOnInsert: { _id: newId(), ...batch, attemptAt: attemptAt(), attempts: 1, version: 1 } }, { upsert: true, setDefaultsOnInsert: false },
  );
  if (made.upsertedCount > 0) return;
  const standing = await models.RunBatch.findOne(batchOf(run), { fromKey: 1, toKey: 1, leaving: 1 }).orFail().lean();
  const isSame = standing.toKey === batch.toKey && isDeepStrictEqual(new Set(standing.leaving), new Set(batch.leaving));
  if (standing.fromKey !== run.cursor) await takeBatch(models, run, batch);
  else if (!isSame) throw new Error(`Another attempt was faster at batch ${run.batchNo} of run ${run.runId}, with other records.`);
}

/** What was claimed for this batch, null when no attempt came that far; nor is it one that began where this walk did not come by. */
export async function claimedBatch(models: Models, run: Run): Promise<BatchClaim | null> {
  const batch = await models.RunBatch.findOne({ ...batchOf(run), fromKey: run.cursor }, { toKey: 1, leaving: 1 }).lean();
  return batch === null ? null : { toKey: batch.toKey, leaving: batch.leaving };
}

type Hold = 'CLAIMED' | 'UNCLAIMED';

/** Of an attempt that found this claim and takes these records out of the selection. */
export const holdOf = (claim: BatchClaim | null, leaving: readonly unknown[]): Hold => (claim === null && leaving.length === 0 ? 'UNCLAIMED' : 'CLAIMED');

/**
 * Records a batch as done: its counters replace those of an earlier attempt, its events are kept once per code and
 * record. Answers where the walk goes on.
 *
 * An attempt that found no claim and needed none, `UNCLAIMED`, replaces nothing, and throws as `claimBatch` does. What a later attempt
 * has written is not replaced either: the key of batches refuses it.
 */
export async function recordBatch(
  models: Models,
  run: Run,
  next: string | null,
  result: BatchResult,
  now: Date,
  hold: Hold = 'CLAIMED',
): Promise<Page> {
  const { institutionId, runId, batchNo } = run;
  const done = run.done + (result.counters.recordsProcessed ?? 0);
  const overflow = await recordEvents(models, run, result.problems, now);
  const made = { fromKey: run.cursor, toKey: next, leaving: [], startedAt: now, deleteAfter: keptFrom(now) };
  const attempt = attemptAt();
  const recorded = {
    state: 'DONE' as const,
    attemptAt: attempt,
    endedAt: now,
    counters: { ...result.counters, ...overflow },
    proposals: result.proposals ?? [],
    letters: result.letters ?? [],
    blockedUsers: result.blockedUsers ?? [],
  };
  const replace = () => models.RunBatch.updateOne(
    batchNoLaterThan(run, attempt), { $setOnInsert: { _id: newId(), ...made, attempts: 1 }, $set: recorded, $inc: { version: 1 } }, { upsert: true, setDefaultsOnInsert: false },
  );
  await Promise.all([
    hold === 'UNCLAIMED' ? makeBatch(models, run, { ...made, ...recorded }) : replace(),
    // Two pages may be at work; the later one may be the first to end.
    models.Run.updateOne(
      { institutionId, _id: runId },
      { $max: { 'progress.done': done, 'progress.batchesDone': batchNo + 1, 'progress.heartbeatAt': now } },
      { timestamps: false }, // bookkeeping: no reader of changes need look again
    ),
  ]);
  return { next, batchNo: batchNo + 1, done };
}

/**
 * Keeps the problems of a batch as job events, one per code and record. Those above the limit of their severity come
 * back as counters `overflow:<severity>:<code>`, so that the run's totals stay right.
 */
async function recordEvents(models: Models, run: Run, problems: Problem[], now: Date): Promise<Counters> {
  if (problems.length === 0) return {};
  const { institutionId, runId } = run;
  const overflow: Counters = {};
  const events: RunEvent[] = [];

  for (const severity of severities) {
    const ofSeverity = problems.filter((problem) => problem.severity === severity);
    if (ofSeverity.length === 0) continue;
    const before = await models.RunEvent.countDocuments({
      institutionId,
      runId,
      severity,
      seq: { $lt: run.batchNo * EVENTS_A_BATCH },
    });
    const room = Math.max(0, storedEvents[severity] - before);
    for (const problem of ofSeverity.slice(room)) {
      const counter = `overflow:${severity}:${problem.code}`;
      overflow[counter] = (overflow[counter] ?? 0) + 1;
    }
    for (const problem of ofSeverity.slice(0, room)) {
      events.push(eventOf(run, problem, run.batchNo * EVENTS_A_BATCH + events.length, now));
    }
  }
  await insertOnce(models.RunEvent, events);
  return overflow;
}

function eventOf(run: Run, problem: Problem, seq: number, now: Date): RunEvent {
  const { severity, code, message, params, recordType, recordId, recordLabel, retryable } = problem;
  return {
    _id: newId(),
    institutionId: run.institutionId,
    runId: run.runId,
    seq,
    at: now,
    severity,
    code,
    message,
    params,
    recordType,
    recordId,
    recordLabel,
    retryable,
    attempts: 1,
    resolvedInRunId: null,
    eventKey: `${code}|${recordType ?? '-'}|${recordId ?? '-'}`,
    deleteAfter: new Date(now.getTime() + EVENT_KEPT_MS),
    createdAt: now,
    updatedAt: now,
  };
}
