import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { scheduleSchema } from '../catalogue/schedule-schema.js';
import type { JobDefinition } from '../catalogue/definition.js';
import { jobOf, jobs } from '../catalogue/jobs.js';
import { categories } from '../domain/categories.js';
import { scheduleProblems, type Schedule } from '../domain/schedule.js';

const definitions: readonly JobDefinition[] = jobs;

/** The rows of the catalogue table in a text of Markdown, without the last column, the file. */
const rowsOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .replaceAll('\\', '')
        .split(' | '),
    )
    .filter((cells) => cells.length === 9 && /^`[a-z-]+`$/.test(cells[1]!))
    .map((cells) => cells.slice(0, 8));

/** A definition as that table says it. */
function rowOf(job: JobDefinition): string[] {
  const category =
    job.category === 'DATA_SERVICES' ? 'Data Services' : job.category[0] + job.category.slice(1).toLowerCase();
  return [
    job.name,
    `\`${job.key}\``,
    category,
    job.userSchedulable ? 'yes' : 'no',
    manyOf(job),
    listedOf(job),
    schedulesOf(job),
    activeOf(job),
  ];
}

function profileWords({ family }: JobDefinition): string {
  if (family?.type === 'EDI_VENDOR') return 'EDI profile';
  if (family?.type === 'IMPORT') return 'import profile';
  return `${family?.subtype}${family?.subtype === 'GENERAL' ? ' publishing' : ''} profile`;
}

function manyOf(job: JobDefinition): string {
  switch (job.instances) {
    case 'ONE':
      return 'one';
    case 'TWO_SLOTS':
      return 'two slots';
    case 'PER_PROFILE':
      return `per ${profileWords(job)}`;
    case 'EXACTLY_ONE_PROFILE':
      return `per ${profileWords(job)} ${job.category === 'PUBLISHING' ? '(exactly one)' : '(one)'}`;
    case 'PER_PROFILE_AND_ACTION':
      return `per ${profileWords(job)} and action`;
  }
}

function listedOf(job: JobDefinition): string {
  const { kinds, features, exists, profile, onceScheduled } = job.listedWhen;
  const kind = kinds && `kind ${kinds.join(' or ')}`;
  if (onceScheduled) return 'only when scheduled';
  if (exists === 'COMMUNITY_INSTITUTION') return `${kind}, and a COMMUNITY institution exists`;
  if (exists) return exists === 'PDA_PROGRAM' ? 'a PDA program exists' : 'a SUSHI account exists';
  if (profile === 'INCOMING_MESSAGES') return 'EDI profile with an incoming message type';
  if (profile === 'FETCHES_FILES') return 'import profile with protocol SFTP, FTP or FTPS';
  if (features) return `feature ${features.join(' or ')}${profile ? ' and the profile active' : ''}`;
  if (kind) return profile ? `${kind}, profile active` : kind;
  if (profile) return 'profile active';
  if (job.family === null) return 'always';
  if (job.family.action !== null) return `action ${job.family.action}`;
  const words: Record<string, string> = {
    GENERAL: 'general publishing profile',
    REMOTE_STORAGE: 'remote storage profile',
  };
  return words[job.family.subtype ?? ''] ?? profileWords(job);
}

const days = {
  MON: 'Monday',
  TUE: 'Tuesday',
  WED: 'Wednesday',
  THU: 'Thursday',
  FRI: 'Friday',
  SAT: 'Saturday',
  SUN: 'Sunday',
};

function shortOf(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'NONE':
      return 'NONE';
    case 'HOURLY':
      return `HOURLY :${String(schedule.minute).padStart(2, '0')}`;
    case 'EVERY_N_HOURS':
      return `EVERY_N_HOURS ${schedule.everyHours} from ${schedule.startTime}`;
    case 'DAILY':
      return `DAILY ${schedule.times.join()}`;
    case 'WEEKLY': {
      const named = schedule.weekdays.map((day) => days[day]);
      return `WEEKLY ${named.length === 1 ? named.join() : `${named[0]}–${named.at(-1)}`} ${schedule.times.join()}`;
    }
    case 'MONTHLY':
      return `MONTHLY day ${schedule.monthDays.join()} ${schedule.times.join()}`;
  }
}

/** Remarks that the table makes beside the schedules themselves. */
const remarks: Record<string, (schedules: string) => string> = {
  'fulfillment-historical-archiving': (none) => `${none} (then DAILY 01:30 or WEEKLY Sunday 01:30)`,
  'rs-distribute-central-configuration': (slots) => `${slots} (12 h after slot 1)`,
  'cz-synchronize-changes': (slots) => `${slots.replace(' · ', ' (all classes) · ')} (enrichment, authority)`,
};

function schedulesOf({ key, defaultSchedule }: JobDefinition): string {
  if ('proposed' in defaultSchedule) return `form: ${shortOf(defaultSchedule.proposed)}`;
  if ('proposedByAction' in defaultSchedule) {
    const { IMPORT, SYNCHRONIZE, EXPORT } = defaultSchedule.proposedByAction;
    assert.deepEqual(IMPORT, EXPORT);
    return `form: SYNCHRONIZE ${shortOf(SYNCHRONIZE!)}; IMPORT, EXPORT ${shortOf(IMPORT!)}`;
  }
  const [first, second] = defaultSchedule.slots;
  const short = second === undefined ? shortOf(first!) : `${shortOf(first!)} · ${secondOf(first!, second)}`;
  return remarks[key]?.(short) ?? short;
}

/** The table repeats of the second slot what differs. */
function secondOf(first: Schedule, second: Schedule): string {
  const [firstDays, secondDays] = [first, second].map((schedule) => shortOf(schedule).slice(0, -5));
  return firstDays === secondDays ? shortOf(second).slice(-5) : shortOf(second);
}

function activeOf({ defaultActive }: JobDefinition): string {
  switch (defaultActive) {
    case 'AS_PROFILE':
      return 'as profile';
    case 'AS_PROFILE_FIRST_INACTIVE':
      return 'as profile (no)';
    case 'ACQ_DISTRIBUTION_JOB':
      return 'iff `acq_distribution_job`';
    default:
      return new Set(defaultActive).size === 1 ? (defaultActive[0] ? 'yes' : 'no') : 'slot 1 yes, slot 2 no';
  }
}

describe('the catalogue', () => {
  const own = rowsOf(readFileSync(join(import.meta.dirname, 'catalogue-table.md'), 'utf8'));

  test('has the 68 jobs of the table, in its order', () => {
    assert.equal(own.length, 68);
    assert.deepEqual(
      jobs.map(({ key }) => `\`${key}\``),
      own.map(([, key]) => key),
    );
  });

  test.each(definitions.map((job, index) => [job.key, job, own[index]!] as const))(
    '%s is as the table says',
    (_key, job, row) => {
      assert.deepEqual(rowOf(job), row);
    },
  );

  const specification = join(process.env.ALMANAC_SHARED_SPEC ?? '../shared/spec', 'README.md');
  test.runIf(existsSync(specification))('the table is still that of the specification', () => {
    assert.deepEqual(own, rowsOf(readFileSync(specification, 'utf8')));
  });

  test('finds a job by its key and refuses a key of none', () => {
    assert.equal(jobOf('loans-overdue-and-lost').name, 'Loans – Overdue and Lost Item');
    assert.throws(() => jobOf('loans-overdue'), /no job has the key "loans-overdue"/);
  });

  test('knows every category by at least one job', () => {
    assert.deepEqual(new Set(definitions.map(({ category }) => category)), new Set(categories));
  });

  test('offers as available what has a workflow', () => {
    assert.deepEqual(
      definitions.filter(({ available }) => available).map(({ key }) => key),
      ['loans-due-date-correction', 'notifications-courtesy-and-renewals', 'fulfillment-historical-archiving', 'notifications-activity-report', 'notifications-due-date-reminders', 'loans-overdue-and-lost', 'fines-fees-notifications', 'users-remove-blocks', 'email-leganto-notifications'],
    );
  });

  test.each(definitions.map((job) => [job.key, job] as const))('%s is sound in itself', (_key, job) => {
    const { defaultSchedule } = job;
    const schedules =
      'slots' in defaultSchedule
        ? defaultSchedule.slots
        : 'proposed' in defaultSchedule
          ? [defaultSchedule.proposed]
          : Object.values(defaultSchedule.proposedByAction);
    for (const schedule of schedules) assert.deepEqual(scheduleProblems(schedule, job.scheduleKinds), []);
    if (typeof job.defaultActive !== 'string') assert.equal(job.defaultActive.length, schedules.length);
    if (job.instances === 'TWO_SLOTS') assert.equal(schedules.length, 2);
    assert.equal(job.family !== null, job.instances.includes('PROFILE'));
    assert.equal(
      job.scheduleKinds.some(({ kind }) => kind === 'NONE') || !job.userSchedulable,
      true,
      'staff may unschedule',
    );

    for (const earlier of job.runAfter) assert.equal(jobOf(earlier).key, earlier);
    assert.equal(new Set(job.counters.map(({ key }) => key)).size, job.counters.length);
    assert.equal(job.parameters.safeParse({}).success, true, 'every parameter has a default');
    assert.equal(job.parameters.safeParse({ unknown: 1 }).success, false, 'unknown parameters are refused');
  });

  test('gives locks, order and the guard to the jobs that platform.md 6 names', () => {
    const holdersOf = (lock: string) =>
      definitions
        .filter(({ locks }) => locks.some(({ name }) => name === lock))
        .map(({ key }) => key)
        .sort();
    assert.deepEqual(holdersOf('AUTHORITIES'), [
      'authorities-handle-local-updates',
      'authorities-link-bib-headings',
      'authorities-preferred-term-correction',
      'mms-build-record-relations',
      'publishing-platform',
    ]);
    assert.deepEqual(jobOf('publishing-platform').locks, [{ name: 'AUTHORITIES', mode: 'SHARED' }]);
    assert.deepEqual(holdersOf('INVENTORY_REQUESTS'), [
      'requests-handle-expiration-step',
      'requests-recalculate-after-inventory-update',
      'requests-restore-temporarily-shelved',
    ]);
    assert.deepEqual(holdersOf('LOANS'), [
      'loans-due-date-correction',
      'loans-overdue-and-lost',
      'notifications-courtesy-and-renewals',
    ]);
    assert.deepEqual(holdersOf('FUND_LEDGER'), [
      'erp-update-fund-transactions',
      'recalculate-encumbrance-exchange-rates',
      'recalculate-transaction-exchange-rates',
    ]);
    assert.deepEqual(holdersOf('INDEX'), ['flattening', 'indexing']);
    assert.deepEqual(holdersOf('USER_LOAD'), ['users-external-action']);
    assert.deepEqual(holdersOf('RS_DISTRIBUTION'), ['rs-distribute-central-configuration']);
    assert.deepEqual(holdersOf('BLDSS'), ['bldss-update-requests']);
    assert.deepEqual(holdersOf('CZ_SYNC'), ['cz-synchronize-changes']);

    const order = definitions
      .flatMap(({ key, runAfter }) => runAfter.map((earlier) => `${key} after ${earlier}`))
      .sort();
    assert.deepEqual(order, [
      'authorities-preferred-term-correction after authorities-link-bib-headings',
      'fines-fees-notifications after loans-overdue-and-lost',
      'loans-overdue-and-lost after loans-due-date-correction',
      'loans-overdue-and-lost after notifications-courtesy-and-renewals',
      'notifications-activity-report after loans-overdue-and-lost',
      'notifications-courtesy-and-renewals after loans-due-date-correction',
      'notifications-due-date-reminders after notifications-courtesy-and-renewals',
    ]);
    assert.deepEqual(
      definitions
        .filter(({ guarded }) => guarded)
        .map(({ key }) => key)
        .sort(),
      [
        'audit-purge-with-retention',
        'bursar-export',
        'deposit-activity-report',
        'document-delivery-files-cleanup',
        'email-leganto-notifications',
        'fines-fees-notifications',
        'fulfillment-historical-archiving',
        'letters-purge-with-retention',
        'loans-overdue-and-lost',
        'notifications-activity-report',
        'notifications-courtesy-and-renewals',
        'notifications-due-date-reminders',
        'requests-handle-expiration-step',
        'requests-send-report',
        'rs-expired-requests',
        'saved-searches-alerts',
        'users-external-action',
      ],
    );
    assert.deepEqual(
      definitions.filter(({ staleAfter }) => staleAfter !== null).map(({ key }) => key),
      ['notifications-due-date-reminders'],
    );
  });
});

describe('loans-overdue-and-lost', () => {
  const job = jobOf('loans-overdue-and-lost');

  test('works with one letter per type and catches up a week, unless told otherwise', () => {
    assert.deepEqual(job.parameters.parse({}), { singleLetterPerType: true, catchUpDays: 7 });
  });

  test('catches up sixty days at most, and not less than none', () => {
    for (const catchUpDays of [0, 60]) assert.equal(job.parameters.safeParse({ catchUpDays }).success, true);
    for (const catchUpDays of [-1, 61, 1.5]) assert.equal(job.parameters.safeParse({ catchUpDays }).success, false);
  });

  test('may run every day at 22:00, not at 23:00 and not weekly', () => {
    const schema = scheduleSchema(job.scheduleKinds);
    assert.equal(schema.safeParse({ kind: 'DAILY', times: ['22:00'] }).success, true);
    const tooLate = schema.safeParse({ kind: 'DAILY', times: ['23:00'] });
    assert.deepEqual(
      tooLate.error?.issues.map(({ path, message }) => [path.join('/'), message]),
      [['times', '23:00 is not 01:00, 04:00, 10:00, 16:00 or 22:00']],
    );
    const weekly = schema.safeParse({ kind: 'WEEKLY', weekdays: ['MON'], times: ['04:00'] });
    assert.deepEqual(
      weekly.error?.issues.map(({ message }) => message),
      ['WEEKLY is not NONE or DAILY'],
    );
  });
});

describe('loans-due-date-correction', () => {
  const accepts = (given: Record<string, unknown>) => jobOf('loans-due-date-correction').runParameters.safeParse(given).success;

  test('is started for its calendar changes, or for one library and its days, both of them and in their order', () => {
    const [from, to] = ['2025-06-19', '2025-06-20'];
    for (const given of [{}, { libraryCode: 'MAIN', from, to }, { libraryCode: 'MAIN', from, to: from }]) assert.equal(accepts(given), true);
    for (const given of [{ libraryCode: 'MAIN' }, { from, to }, { libraryCode: 'MAIN', from }, { libraryCode: 'MAIN', from: to, to: from }, { libraryCode: '', from, to }, { pastDays: 1 }]) assert.equal(accepts(given), false);
  });
});

describe('a schedule from outside', () => {
  const refused = (schedule: unknown) =>
    scheduleSchema()
      .safeParse(schedule)
      .error?.issues.map(({ path }) => path.join('/'));

  test('is taken as it is when it is right', () => {
    const schedule = { kind: 'MONTHLY', monthDays: [1, 'LAST'], times: ['04:00', '22:55'] };
    assert.deepEqual(scheduleSchema().parse(schedule), schedule);
  });

  test('is refused where it is wrong', () => {
    assert.deepEqual(refused({ kind: 'FORTNIGHTLY' }), ['kind']);
    assert.deepEqual(refused({ kind: 'HOURLY', minute: 60 }), ['minute']);
    assert.deepEqual(refused({ kind: 'HOURLY', minute: 7 }), ['minute']);
    assert.deepEqual(refused({ kind: 'EVERY_N_HOURS', everyHours: 5, startTime: '00:00' }), ['everyHours']);
    assert.deepEqual(refused({ kind: 'DAILY', times: [] }), ['times']);
    assert.deepEqual(refused({ kind: 'DAILY', times: ['01:00', '02:00', '03:00', '04:00', '05:00'] }), ['times']);
    assert.deepEqual(refused({ kind: 'DAILY', times: ['24:00'] }), ['times/0']);
    assert.deepEqual(refused({ kind: 'WEEKLY', times: ['01:00'], weekdays: [] }), ['weekdays']);
    assert.deepEqual(refused({ kind: 'MONTHLY', times: ['01:00'], monthDays: [29] }), ['monthDays/0']);
    assert.deepEqual(refused({ kind: 'DAILY', times: ['01:00'], weekdays: ['MON'] }), ['']);
  });
});
