/** The pages of a library with a past, as paths: each under a name, each time with other values. */
import { categories } from '../domain/categories.js';
import { dayText, localDay, type Zone } from '../domain/days.js';
import { finalStatuses, triggers } from '../domain/run.js';
import { letterStates } from '../models/letter.js';
import type { Models } from '../models/models.js';
import { institutionId } from './history-library.js';

const WEEK = 6;
const HISTORY = '/monitor-jobs/history';
const LETTERS = '/letters/sent';

/** The path for the `number`th time that the page is asked for. */
export type PathOf = (number: number) => string;

/** What the paths name. */
interface Named {
  /** The first day of the last week of the library, and two days half a year apart a year before. */
  week: string;
  from: string;
  to: string;
  jobs: string[];
  names: string[];
  /** Process numbers. */
  largest: number;
  withProblems: number[];
  runs: number[];
  letters: string[];
  readers: string[];
  records: string[];
}

export async function pagePaths(models: Models, zone: Zone, at: Date): Promise<Map<string, PathOf>> {
  const named = await whatIsNamed(models, zone, at);
  return new Map([...ordinaryPages(named), ...historyPages(named), ...runPages(named), ...letterPages(named)]);
}

async function whatIsNamed(models: Models, zone: Zone, at: Date): Promise<Named> {
  const today = localDay(zone, at.getTime());
  const newest = { submittedAt: -1, _id: -1 } as const;
  const [jobs, runs, failing, letters] = await Promise.all([
    models.ScheduledJob.find({ institutionId, deletedAt: null }, { name: 1 }).lean(),
    models.Run.find({ institutionId }, { processId: 1 }).sort(newest).limit(2_000).lean(),
    models.Run.find({ institutionId, 'problems.errors': { $gt: 0 } }, { processId: 1, problems: 1 })
      .sort(newest)
      .limit(50)
      .lean(),
    models.Letter.find({ institutionId }, { _id: 1, causes: 1, recipient: 1 }).sort({ createdAt: -1 }).limit(50).lean(),
  ]);
  const [largest, ...withProblems] = failing.map(({ processId }) => processId);
  if (largest === undefined) throw new Error('the library has no run with errors');
  return {
    week: dayText(today - WEEK),
    from: dayText(today - 390),
    to: dayText(today - 200),
    jobs: jobs.map(({ _id }) => _id),
    names: jobs.map(({ name }) => name.slice(0, 12).toLowerCase()),
    largest,
    withProblems,
    runs: runs.map(({ processId }) => processId),
    letters: letters.map(({ _id }) => _id),
    readers: letters.flatMap(({ recipient }) => recipient.id ?? []),
    records: letters.flatMap(({ causes }) => causes[0]?.recordId ?? []),
  };
}

const each = (values: readonly (string | number)[], number: number) =>
  encodeURIComponent(values[number % values.length] ?? '');

function* ordinaryPages({ jobs }: Named): Iterable<[string, PathOf]> {
  yield ['Scheduled', () => '/monitor-jobs/scheduled'];
  yield [
    'Scheduled: category',
    (number) => `/monitor-jobs/scheduled?category=${each(categories, number)}&unscheduled=1`,
  ];
  yield ['Running', () => '/monitor-jobs/running'];
  yield ['Scheduled job', (number) => `/scheduled-jobs/${each(jobs, number)}`];
}

/** Each filter, and each two together. */
function* historyPages({ week, from, to, jobs, names, runs }: Named): Iterable<[string, PathOf]> {
  const filters: Record<string, PathOf> = {
    category: (number) => `category=${each(categories, number)}`,
    status: (number) => `status=${each(finalStatuses, number)}`,
    trigger: (number) => `trigger=${each(triggers, number)}`,
    by: (number) => `by=${each(['SYSTEM', 'me'], number)}`,
    open: () => 'open=1',
    job: (number) => `job=${each(jobs, number)}`,
    name: (number) => `name=${each(names, number)}`,
    dates: () => `from=${from}&to=${to}`,
  };
  const inWeek = (filter: string) => `${HISTORY}?${filter.includes('from=') ? '' : `from=${week}&`}${filter}`;
  yield ['History', () => inWeek('')];
  yield ['History: process', (number) => `${HISTORY}?process=${each(runs, number * 7)}`];
  yield ['History: sort name', () => inWeek('sort=name')];
  yield ['History: sort duration', () => inWeek('sort=-duration')];
  const list = Object.entries(filters);
  for (const [name, filter] of list) yield [`History: ${name}`, (number) => inWeek(filter(number))];
  for (const [index, [name, filter]] of list.entries()) {
    for (const [other, another] of list.slice(index + 1)) {
      // By an odd number apart, so that each value meets each of the other in time.
      yield [
        `History: ${name}, ${other}`,
        (number) => inWeek(`${filter(number)}&${another(number * 3 + Math.floor(number / 7))}`),
      ];
    }
  }
}

function* runPages({ largest, withProblems, runs, records }: Named): Iterable<[string, PathOf]> {
  const events = (number: number) => `/runs/${each(withProblems, number)}/events`;
  yield ['Report', (number) => `/runs/${each(runs, number * 7)}`];
  yield ['Report: largest', () => `/runs/${largest}`];
  yield ['Events', events];
  yield ['Events: largest', () => `/runs/${largest}/events`];
  yield [
    'Events: largest, severity',
    (number) => `/runs/${largest}/events?severity=${each(['ERROR', 'WARNING', 'INFO'], number)}`,
  ];
  yield [
    'Events: largest, code',
    (number) => `/runs/${largest}/events?code=${each(['TOU_MISSING', 'NO_CALENDAR'], number)}`,
  ];
  yield ['Events: largest, record', (number) => `/runs/${largest}/events?record=${each(records, number)}`];
  yield ['Record', (number) => `/records/loan/${each(records, number)}/jobs`];
}

function* letterPages({ largest, letters, readers }: Named): Iterable<[string, PathOf]> {
  const codes = ['FulOverdueAndLostLoanNotificationLetter', 'FulOverdueAndLostLoanLetter'];
  const filters: Record<string, PathOf> = {
    state: (number) => `state=${each(letterStates, number)}`,
    code: (number) => `code=${each(codes, number)}`,
    channel: (number) => `channel=${each(['EMAIL', 'SMS'], number)}`,
    recipient: (number) => `recipient=${each(readers, number)}`,
    run: () => `run=${largest}`,
  };
  yield ['Letters', () => LETTERS];
  yield ['Letter', (number) => `${LETTERS}/${each(letters, number)}`];
  for (const [name, filter] of Object.entries(filters))
    yield [`Letters: ${name}`, (number) => `${LETTERS}?${filter(number)}`];
  // As a report leads to them.
  yield [
    'Letters: run, code, state',
    (number) => `${LETTERS}?run=${largest}&code=${each(codes, number)}&state=${each(letterStates, number)}`,
  ];
}
