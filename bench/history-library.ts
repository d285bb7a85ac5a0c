/**
 * A library with a past: runs of 400 days, the events and letters of those that had any, beside a neighbour with a tenth of them.
 *
 * Everything follows from its number, so the same sizes and day give the same library. One run of last night is as large as a run can be.
 */
import { sizes } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import type { Category } from '../domain/categories.js';
import { dayText, localDay, zoneOf, type Zone } from '../domain/days.js';
import type { RunStatus, Trigger } from '../domain/run.js';
import type { StoredLetter } from '../models/letter.js';
import { createIndexes, type Models } from '../models/models.js';
import type { RunEvent, StoredRun } from '../models/run.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import { writeAll } from './write-many.js';

export const institutionId = 'bench';
const NEIGHBOUR = 'neighbour';
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long runs and events are kept (platform.md 8). */
const RUN_DAYS = 400;
const EVENT_DAYS = 90;
const EVENTS_A_RUN = 120;
/** One in so many runs has problems. */
const PROBLEMS_EVERY = 8;
/** As many events of a severity as a run keeps; a night's letters. */
const LARGEST = { ERROR: 50_000, WARNING: 50_000, INFO: 10_000, letters: 60_000 } as const;
const LETTERS_A_RUN = 12;
const LETTERS_A_READER = 10;
const OPEN = 8;

export interface HistorySize {
  runs: number;
  events: number;
}

interface Past extends HistorySize {
  letters: number;
  /** Submission of the newest run. */
  at: Date;
  zone: Zone;
  jobs: ScheduledJob[];
  staff: string[];
  readers: string[];
}

/** Into an empty database; `said` hears how far it is. Indexes are made over what is there: that takes a fifth of the time. */
export async function writeHistory(
  models: Models,
  size: HistorySize,
  at: Date,
  said: (line: string) => void,
): Promise<void> {
  await createIndexes(models);
  await seedDemonstration({ models, now: () => at, onProgress: () => undefined }, institutionId, sizes.S);
  const idsOf = async (staff: boolean) =>
    (await models.User.find({ institutionId, staff }, { _id: 1 }).sort({ _id: 1 }).limit(200).lean()).map(
      ({ _id }) => _id,
    );
  const jobs = await models.ScheduledJob.find({ institutionId }).sort({ instanceKey: 1 }).lean<ScheduledJob[]>();
  const past: Past = {
    ...size,
    at,
    jobs,
    zone: zoneOf('America/New_York'),
    letters: Math.floor(size.runs * 0.3),
    staff: await idsOf(true),
    readers: await idsOf(false),
  };
  await writeAll(models.Run, size.runs, (number) => runAt(past, number), said);
  await writeAll(models.RunEvent, size.events, (number) => eventAt(past, number), said);
  await writeAll(models.Letter, past.letters, (number) => letterAt(past, number), said);
}

const idAt = (kind: string, number: number) => `${kind}${number.toString(16).padStart(22, '0')}`;
const at = <T>(list: readonly T[], number: number): T => list[number % list.length]!;

/** In [0, 1), as good as random, the same for the same number and purpose. */
function chance(number: number, purpose: number): number {
  let mixed = Math.imul(number ^ (purpose * 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** The first of the shares, each with its part of 1, into which `place` falls; the last takes what is left. */
function shareAt<T extends string>(shares: readonly (readonly [T, number])[], place: number): T {
  let upTo = 0;
  for (const [value, part] of shares) if (place < (upTo += part)) return value;
  return shares.at(-1)![0];
}

const triggers = [
  ['SCHEDULE', 0.94],
  ['DRY_RUN', 0.024],
  ['MANUAL', 0.02],
  ['API', 0.005],
  ['RERUN', 0.005],
  ['RETRY_FAILED', 0.003],
  ['AUTO_RETRY', 0.002],
  ['CONTINUATION', 0.001],
] as const satisfies readonly (readonly [Trigger, number])[];
const endings = [
  ['COMPLETED_SUCCESSFULLY', 0.955],
  ['FAILED', 0.012],
  ['SKIPPED', 0.02],
  ['ABORTED_BY_USER', 0.007],
  ['ABORTED_BY_SYSTEM', 0.006],
] as const satisfies readonly (readonly [RunStatus, number])[];
const openOnes = ['RUNNING', 'QUEUED', 'PENDING', 'FINALIZING'] as const;

/** The newest runs are at work, the one before them is the largest. */
const largestOf = ({ runs }: HistorySize) => Math.max(0, runs - OPEN - 1);
const institutionOf = (size: HistorySize, number: number) =>
  number % 10 === 9 && number < largestOf(size) ? NEIGHBOUR : institutionId;
const hasProblems = (size: HistorySize, number: number) =>
  number === largestOf(size) || (number % PROBLEMS_EVERY === 3 && number < largestOf(size));

function statusOf(past: Past, number: number): RunStatus {
  if (number > largestOf(past)) return at(openOnes, number);
  if (hasProblems(past, number))
    return number === largestOf(past) || number % 3 === 0 ? 'COMPLETED_WITH_ERRORS' : 'COMPLETED_WITH_WARNINGS';
  return shareAt(endings, chance(number, 1));
}

function jobOf({ jobs, ...size }: Past, number: number): ScheduledJob {
  const largest = jobs.find(({ jobKey }) => jobKey === 'loans-overdue-and-lost');
  return number === largestOf(size) && largest !== undefined
    ? largest
    : at(jobs, Math.floor(chance(number, 2) * jobs.length));
}

const submissionOf = ({ at: newest, runs }: Past, number: number) =>
  new Date(newest.getTime() - Math.floor(((runs - 1 - number) * RUN_DAYS * DAY_MS) / runs));

function runAt(past: Past, number: number): StoredRun {
  const job = jobOf(past, number);
  const status = statusOf(past, number);
  const trigger = shareAt(triggers, number === largestOf(past) ? 0 : chance(number, 3));
  const submittedAt = submissionOf(past, number);
  const startedAt =
    status === 'SKIPPED' || status === 'QUEUED' || status === 'PENDING' ? null : new Date(submittedAt.getTime() + 500);
  const open = number > largestOf(past);
  const endedAt = open ? null : new Date(submittedAt.getTime() + 2_000 + Math.floor(chance(number, 4) * 600_000));
  const byHand = trigger === 'MANUAL' || trigger === 'DRY_RUN' || trigger === 'RERUN' || trigger === 'RETRY_FAILED';
  const problems = problemsOf(past, number, status);
  const broken = status === 'FAILED' || status.startsWith('ABORTED');
  const openProblems = (broken ? 1 : problems.errors) * (chance(number, 5) < 0.9 ? 1 : 0);
  const records = Math.floor(chance(number, 6) * 40_000);
  return {
    _id: idAt('05', number),
    institutionId: institutionOf(past, number),
    processId: number + 1,
    scheduledJobId: job._id,
    jobKey: job.jobKey,
    variant: job.variant,
    profileId: job.profileId,
    slot: job.slot,
    category: job.category as Category,
    name: job.name,
    trigger,
    occurrenceKey: trigger === 'SCHEDULE' ? `U:${submittedAt.toISOString()}#${number}` : `R:${idAt('05', number)}`,
    scheduledAt: trigger === 'SCHEDULE' ? submittedAt : null,
    asOf: submittedAt,
    businessDate: dayText(localDay(past.zone, submittedAt.getTime())),
    submittedBy: byHand
      ? { type: 'USER', id: at(past.staff, number), name: 'Staff' }
      : trigger === 'API'
        ? { type: 'API_KEY', id: 'key', name: 'Key' }
        : { type: 'SYSTEM', id: null, name: 'Schedule' },
    submittedAt,
    startedAt,
    endedAt,
    statusAt: endedAt ?? submittedAt,
    status,
    waitReason: null,
    skipReason: status === 'SKIPPED' ? 'OVERLAP' : null,
    missedCount: 1,
    noWork: false,
    parameters: { catchUpDays: 30, singleLetterPerType: true, ...job.parameters },
    configVersion: 1,
    parentRunId: null,
    scope: null,
    progress: {
      total: records,
      totalIsEstimate: false,
      done: records,
      batchesTotal: null,
      batchesDone: Math.ceil(records / 1_000),
      heartbeatAt: endedAt,
    },
    counters: {
      recordsSelected: records,
      recordsProcessed: records,
      recordsChanged: Math.floor(records / 10),
      recordsUnchanged: records - Math.floor(records / 10),
      recordsInError: problems.errors,
      changedDuringRun: 0,
      lettersCreated: Math.floor(records / 20),
      lettersSuppressed: 0,
    },
    problems,
    resolution: { resolved: 0, open: openProblems },
    letters: null,
    abort: null,
    failure:
      status === 'FAILED' ? { code: 'PARTNER_REJECTED', message: 'The credentials were refused.', attempts: 1 } : null,
    files: [],
    workflowId: `run-${idAt('05', number)}`,
    pinned: false,
    deleteAfter: new Date(submittedAt.getTime() + RUN_DAYS * DAY_MS),
    version: 7,
    createdAt: submittedAt,
    updatedAt: endedAt ?? submittedAt,
  };
}

/** Of a run with errors half of its events are errors, else all are warnings. */
function problemsOf(past: Past, number: number, status: RunStatus): StoredRun['problems'] {
  if (!hasProblems(past, number)) return { errors: 0, warnings: 0, byCode: {}, eventsTruncated: false };
  if (number === largestOf(past)) {
    const byCode = { TOU_MISSING: LARGEST.ERROR, PATRON_WITHOUT_ADDRESS: LARGEST.WARNING, NO_CALENDAR: LARGEST.INFO };
    return { errors: LARGEST.ERROR, warnings: LARGEST.WARNING, byCode, eventsTruncated: true };
  }
  const errors = status === 'COMPLETED_WITH_ERRORS' ? EVENTS_A_RUN / 2 : 0;
  const warnings = EVENTS_A_RUN - errors;
  return {
    errors,
    warnings,
    byCode: { ...(errors > 0 && { TOU_MISSING: errors }), PATRON_WITHOUT_ADDRESS: warnings },
    eventsTruncated: false,
  };
}

const codes = { ERROR: 'TOU_MISSING', WARNING: 'PATRON_WITHOUT_ADDRESS', INFO: 'NO_CALENDAR' } as const;

/** Those of the largest run first, the warnings and errors mixed as they come; then those of the newest runs with problems, back in time. */
function eventAt(past: Past, number: number): RunEvent {
  const ofLargest = LARGEST.ERROR + LARGEST.WARNING + LARGEST.INFO;
  const inLargest = number < ofLargest;
  const back = Math.floor((number - ofLargest) / EVENTS_A_RUN);
  const withEvents = Math.max(1, Math.floor((past.runs * EVENT_DAYS) / RUN_DAYS / PROBLEMS_EVERY));
  const newest = largestOf(past) - 1 - ((largestOf(past) - 1 - 3 + PROBLEMS_EVERY) % PROBLEMS_EVERY);
  const run = inLargest ? largestOf(past) : Math.max(3, newest - (back % withEvents) * PROBLEMS_EVERY);
  const seq = inLargest ? number : (number - ofLargest) % EVENTS_A_RUN;
  const largest = number % 11 === 10 ? 'INFO' : number % 11 < 5 ? 'ERROR' : 'WARNING';
  const severity = inLargest
    ? largest
    : statusOf(past, run) === 'COMPLETED_WITH_ERRORS' && seq % 2 === 0
      ? 'ERROR'
      : 'WARNING';
  const recordId = idAt('03', Math.floor(chance(number, 7) * 2_000_000) * 64 + (number % 64));
  const time = submissionOf(past, run);
  return {
    _id: idAt('06', number),
    institutionId: institutionOf(past, run),
    runId: idAt('05', run),
    seq,
    at: time,
    severity,
    code: codes[severity],
    message: 'The terms of use that the loan was made under are not there any more.',
    params: { userId: at(past.readers, number), dueDay: '2026-05-01' },
    recordType: 'loan',
    recordId,
    recordLabel: `B${number}`,
    retryable: severity === 'ERROR',
    attempts: 1,
    resolvedInRunId: null,
    eventKey: `${codes[severity]}|loan|${recordId}${number}`,
    deleteAfter: new Date(time.getTime() + EVENT_DAYS * DAY_MS),
    createdAt: time,
    updatedAt: time,
  };
}

const letterStates = [
  ['SENT', 0.95],
  ['SUPPRESSED', 0.03],
  ['FAILED', 0.015],
  ['CANCELLED', 0.005],
] as const;
const letterCodes = ['FulOverdueAndLostLoanNotificationLetter', 'FulOverdueAndLostLoanLetter'] as const;

/** Those of the largest run come last, as they were written. */
function letterAt(past: Past, number: number): StoredLetter {
  const ofLargest = Math.min(LARGEST.letters, Math.ceil(past.letters / 2));
  const earlier = past.letters - ofLargest;
  const run =
    number >= earlier ? largestOf(past) : Math.floor(((number - (number % LETTERS_A_RUN)) * largestOf(past)) / earlier);
  const state = shareAt(letterStates, chance(number, 8));
  const createdAt = new Date(submissionOf(past, run).getTime() + 1_000 + (number % 1_000));
  const recipientId = idAt('07', number % Math.ceil(past.letters / LETTERS_A_READER));
  return {
    _id: idAt('04', number),
    institutionId: institutionOf(past, run),
    letterCode: letterCodes[chance(number, 9) < 0.9 ? 0 : 1],
    channel: chance(number, 10) < 0.97 ? 'EMAIL' : 'SMS',
    language: 'en',
    recipient: { type: 'USER', id: recipientId, name: 'A Reader', address: `bench${number}@patrons.example` },
    libraryCode: null,
    data: {
      user: { primaryId: `bench${number}` },
      loans: [
        {
          barcode: `B${number}`,
          title: 'The Making of the English Working Class',
          dueDay: '1 May 2026',
          dueTime: '21:00',
        },
      ],
    },
    part: 1,
    templateVersion: 1,
    subject: 'Overdue loans',
    bodyKey: null,
    attachments: [],
    causes: [{ recordType: 'loan', recordId: idAt('03', number) }],
    runId: idAt('05', run),
    dedupeKey: `bench:${number}:EMAIL`,
    state,
    suppressedReason: state === 'SUPPRESSED' ? 'NO_ADDRESS' : null,
    attempts: state === 'SENT' ? [{ at: createdAt, outcome: 'ACCEPTED', smtpCode: 250, text: '250 2.0.0 taken' }] : [],
    nextAttemptAt: null,
    leaseUntil: null,
    messageId: `${number}@localhost`,
    sentAt: state === 'SENT' ? createdAt : null,
    resendOfId: null,
    hold: false,
    purgedAt: null,
    version: 3,
    createdAt,
    updatedAt: createdAt,
  };
}
