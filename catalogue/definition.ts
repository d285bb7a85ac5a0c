/**
 * What a job is, as data: the entity "job definition" of platform.md, "Entities". Nothing in the catalogue runs.
 */
import { z } from 'zod';
import type { Category } from '../domain/categories.js';
import type { StaleAfter } from '../domain/occurrences.js';
import type { Schedule, ScheduleChoice } from '../domain/schedule.js';

/** The profiles a job exists for. */
export interface ProfileFamily {
  readonly type: 'EDI_VENDOR' | 'IMPORT' | 'PUBLISHING' | 'INTEGRATION';
  /** null: any of the type. */
  readonly subtype: string | null;
  /** null: whatever the profile does. */
  readonly action: string | null;
}

/** Types of record that jobs take up one by one; staff ask why of each (design: *explain a record*). */
export const recordTypes = ['loan', 'user', 'notification', 'block', 'fee', 'request', 'borrowingRequest'] as const;
export type RecordType = (typeof recordTypes)[number];

/** All that is named must hold; nothing named: always listed. */
export interface ListedWhen {
  readonly kinds?: readonly ('INSTITUTION' | 'NETWORK' | 'COMMUNITY')[];
  /** One of them is enough. */
  readonly features?: readonly (
    'LEGANTO' | 'BLDSS' | 'BX' | 'PRIMO_VE' | 'CATALOGUE' | 'COURSES' | 'RESOURCE_SHARING' | 'DEPOSITS'
  )[];
  /** Something to work on; once there was, the job stays listed. */
  readonly exists?: 'PDA_PROGRAM' | 'SUSHI_ACCOUNT' | 'COMMUNITY_INSTITUTION';
  /** What is asked of the profile beside belonging to the family. */
  readonly profile?: 'ACTIVE' | 'INCOMING_MESSAGES' | 'FETCHES_FILES';
  /** The Scheduled tab hides what is not scheduled: such a job is set up unscheduled and appears with its first schedule. */
  readonly onceScheduled?: true;
}

export interface JobDefinition {
  readonly key: string;
  /** As librarians know it; `<…>` stands for the name of the profile or its action. */
  readonly name: string;
  readonly category: Category;
  /** Whether library staff may change the schedule, or only the operator. */
  readonly userSchedulable: boolean;
  /** Whether its workflow exists: a job that is not available is listed, but cannot be activated or run. */
  readonly available: boolean;
  readonly family: ProfileFamily | null;
  /** Scheduled jobs per institution. */
  readonly instances: 'ONE' | 'TWO_SLOTS' | 'PER_PROFILE' | 'EXACTLY_ONE_PROFILE' | 'PER_PROFILE_AND_ACTION';
  readonly listedWhen: ListedWhen;
  readonly scheduleKinds: readonly ScheduleChoice[];
  /** `slots`: what a new scheduled job has, by slot. `proposed`: what the profile page offers, by action where they differ; until saved, NONE. */
  readonly defaultSchedule:
    | { readonly slots: readonly Schedule[] }
    | { readonly proposed: Schedule }
    | { readonly proposedByAction: Readonly<Record<string, Schedule>> };
  /** By slot; or as its profile, which for some kinds begins inactive; or as a setting of the institution says. */
  readonly defaultActive: readonly boolean[] | 'AS_PROFILE' | 'AS_PROFILE_FIRST_INACTIVE' | 'ACQ_DISTRIBUTION_JOB';
  readonly parameters: z.ZodObject;
  /** In the order of the report. The common ones (recordsSelected … lettersSuppressed) stand before them and are not listed. */
  readonly counters: readonly {
    readonly key: string;
    readonly label: string;
    readonly kind: 'TOTAL' | 'EFFECT' | 'SKIP' | 'PROBLEM';
  }[];
  readonly locks: readonly { readonly name: LockName; readonly mode: 'EXCLUSIVE' | 'SHARED' }[];
  /** Keys of jobs that go first when they are due at about the same time. */
  readonly runAfter: readonly string[];
  /** Of the institution's capacity units. */
  readonly weight: 1 | 2 | 3 | 4;
  readonly priority: 'HIGH' | 'NORMAL' | 'LOW';
  /** Whether an unusually large selection stops for a decision. */
  readonly guarded: boolean;
  readonly abortable: boolean;
  readonly runNow: boolean;
  readonly dryRun: boolean;
  /** What a record of it is, where it can be asked why it acts on one or leaves it. */
  readonly explains: RecordType | null;
  /** Records of other types of which it can be asked too, each by its type: `fee:<id>`. */
  readonly alsoExplains: readonly RecordType[];
  /** What one start by hand may be given, beside the parameters of the job; their names are others. */
  readonly runParameters: z.ZodObject;
  readonly staleAfter: StaleAfter | null;
  /** Milliseconds; null: by the kind of the schedule. */
  readonly catchUpWindow: number | null;
  /** Milliseconds. */
  readonly maxDuration: number;
  readonly letters: readonly string[];
}

/** platform.md 6.2. */
export type LockName =
  | 'AUTHORITIES'
  | 'INVENTORY_REQUESTS'
  | 'LOANS'
  | 'FUND_LEDGER'
  | 'INDEX'
  | 'USER_LOAD'
  | 'RS_DISTRIBUTION'
  | 'BLDSS'
  | 'CZ_SYNC';

/** What holds for a job of which its specification says nothing else. */
export const ordinary = {
  available: false,
  family: null,
  instances: 'ONE',
  listedWhen: {},
  parameters: z.strictObject({}),
  counters: [],
  locks: [],
  runAfter: [],
  weight: 1,
  priority: 'NORMAL',
  guarded: false,
  abortable: true,
  runNow: true,
  dryRun: true,
  explains: null,
  alsoExplains: [],
  runParameters: z.strictObject({}),
  staleAfter: null,
  catchUpWindow: null,
  maxDuration: 12 * 60 * 60 * 1000,
  letters: [],
} as const satisfies Partial<JobDefinition>;

/** One weekday a week, freely chosen. */
export const oneWeekday = [['MON'], ['TUE'], ['WED'], ['THU'], ['FRI'], ['SAT'], ['SUN']] as const;

/** What a run goes by: the parameters of its job, and what it was given when it was started by hand. */
export const runSchemaOf = <P extends z.ZodRawShape, R extends z.ZodRawShape>({ parameters, runParameters }: { parameters: z.ZodObject<P>; runParameters: z.ZodObject<R> }) =>
  z.strictObject({ ...parameters.shape, ...runParameters.shape });
