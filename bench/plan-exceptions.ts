/** Statements that cannot keep to a key a document by their nature, each with its reason and with what it may cost at most. */
import type { Judged } from './plan-verdict.js';

interface Exception {
  holds: (judged: Judged) => boolean;
  /** Above so many keys it is a fault all the same. */
  mostKeys: number;
  why: string;
}

/** A list of runs by two filters: always with its triggers, in the order of submission. */
const isHistory = ({ collection, asked, plan, fault }: Judged) =>
  collection === 'runs' &&
  fault === 'too many keys' &&
  /trigger:in/.test(asked) &&
  /submittedAt: -1, _id: -1/.test(plan);

const exceptions: readonly Exception[] = [
  {
    holds: isHistory,
    mostKeys: 5_000,
    why: 'the filter that leaves fewer leads and the other is asked of its keys; an index for each pair would cost each write of a run',
  },
  {
    holds: ({ collection }) => collection === 'scheduledJobs',
    mostKeys: 200,
    why: 'an institution has a hundred scheduled jobs at the most, and they are asked for by whatever a form offers',
  },
  {
    holds: ({ collection, asked, fault }) => collection === 'letters' && fault === 'too many keys' && asked === 'institutionId runId state:in',
    mostKeys: 50,
    why: 'a run writes letters of a handful of codes, each of which is a place of the index',
  },
  {
    holds: ({ collection, asked, fault }) => collection === 'runBatches' && fault === 'too many keys' && /proposals.recordId/.test(asked),
    mostKeys: 5_000,
    why: 'the pages of a preview before this one, until a thousand proposals are found, which are all that is shown',
  },
  {
    holds: ({ collection, asked, fault }) => collection === 'readingListNotifications' && fault === 'too many keys' && /createdAt:gte:lte userId:gt$/.test(asked),
    mostKeys: 3_000,
    why: 'news that nobody read and that is too old to be told costs its user a place: the walk goes by user, to tell each once',
  },
  {
    holds: ({ plan, asked, fault }) => /^DISTINCT_SCAN/.test(plan) && fault === 'sort in memory' && /userId:gt$/.test(asked),
    mostKeys: 1_000_000,
    why: 'patrons with loans or fees are counted once a run, a key each, and nothing but their ids is sorted',
  },
  {
    holds: ({ collection, asked, fault }) => collection === 'loans' && fault === 'too many keys' && asked === 'institutionId status userId:in dueDate:lt',
    mostKeys: 10_000,
    why: 'a borrower costs two keys: where his loans begin, and the first that is not overdue',
  },
  {
    holds: ({ collection, asked, fault }) =>
      fault === 'too many keys' && ((collection === 'userBlocks' && /userId:in/.test(asked)) || (collection === 'runBatches' && /blockedUsers:in$/.test(asked))),
    mostKeys: 5_000,
    why: 'a patron costs two keys, and one for each of his few other blocks',
  },
  {
    holds: ({ collection, asked, fault }) =>
      collection === 'institutions' && fault === 'collection scan' && /status/.test(asked),
    mostKeys: 0,
    why: 'the institutions themselves, all of which the reconciler goes through every ten minutes',
  },
];

/** The reason; null where there is none. */
export function excused(judged: Judged): string | null {
  return exceptions.find(({ holds, mostKeys }) => judged.keys <= mostKeys && holds(judged))?.why ?? null;
}
