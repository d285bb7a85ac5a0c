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
    holds: ({ collection, asked }) => collection === 'loans' && /^institutionId _id:in .*dueDate:gte:lte/.test(asked),
    mostKeys: 3_000,
    why: 'the loans of a page lie side by side in the walk, which the store takes as gladly as their ids: it passes those between them',
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
