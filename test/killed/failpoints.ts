/**
 * Named moments between two writes of a run, at which a worker is killed.
 *
 * Each is the moment after one write to the store was acknowledged, so no line of the program knows of them.
 */

export const operations = ['insertMany', 'updateOne', 'updateMany', 'deleteMany'] as const;
export type Operation = (typeof operations)[number];

type Values = Record<string, unknown>;

export interface Write {
  collection: string;
  operation: Operation;
  /** The documents inserted; empty for any other operation. */
  inserted: readonly Values[];
  /** What `$set` and `$addToSet` of an update name; empty for any other operation. */
  set: Values;
  added: Values;
}

const on = (collection: string, operation: Operation, which: (write: Write) => boolean = () => true) =>
  (write: Write): boolean => write.collection === collection && write.operation === operation && which(write);

const claims = (leaving: (first: string) => boolean) =>
  on('runBatches', 'updateOne', ({ set }) => set.state === 'RUNNING' && Array.isArray(set.leaving) && leaving(String(set.leaving[0])));
const isLetterKey = (key: string) => key.includes(':');
/** A batch recorded with its counters, which its workflow has not heard of. */
const recordsBatchOf = (counter: string) =>
  on('runBatches', 'updateOne', ({ set }) => set.state === 'DONE' && counter in (set.counters as Values));
const settles = (state: string) => on('loanNotices', 'updateMany', ({ set }) => set.state === state);

/** By what has just been written; in the order of a run. */
export const failpoints = {
  'the run has its moment': on('runs', 'updateOne', ({ set }) => set.status === 'INITIALIZING'),
  'the notices that a broken run left are claimed': claims((first) => !isLetterKey(first)),
  'a notice of a broken run is taken back': on('loanNotices', 'deleteMany'),
  'the loans of a page are claimed': on('runBatches', 'updateOne', ({ set }) => set.state === 'RUNNING' && Array.isArray(set.leaving) && set.leaving.length > 2),
  'its notices are written': on('loanNotices', 'insertMany', ({ inserted }) => inserted.length > 2),
  'its loans are lost': on('loans', 'updateMany'),
  'the events of its loans are written': on('loanEvents', 'insertMany', ({ inserted }) => inserted.length > 2),
  'its items are marked': on('items', 'updateMany'),
  'its fees are charged': on('fees', 'insertMany', ({ inserted }) => inserted.length > 2),
  'its users are blocked': on('userBlocks', 'insertMany'),
  'a block is extended': on('userBlocks', 'updateOne', ({ added }) => 'loanIds' in added),
  'its notices are settled': settles('LETTER_PENDING'),
  'its problems are told': on('runEvents', 'insertMany'),
  'its batch is recorded': recordsBatchOf('matched'),
  'the letters of a page are claimed': claims(isLetterKey),
  'the fees for its letters are charged': on('fees', 'insertMany', ({ inserted }) => inserted[0]?.loanId === null),
  'its letters are queued': on('letters', 'insertMany'),
  'its notices have their letters': settles('LETTERED'),
  'the batch of its letters is recorded': recordsBatchOf('lettersCreated'),
  'the libraries are told of undeliverable letters': on('letters', 'insertMany', ({ inserted }) => inserted[0]?.letterCode === 'UndeliverableLettersReport'),
  'the delivery has claimed letters': on('letters', 'updateMany', ({ set }) => set.state === 'SENDING'),
  'the run is closed': on('runs', 'updateOne', ({ set }) => 'endedAt' in set),
} as const satisfies Record<string, (write: Write) => boolean>;
export type Failpoint = keyof typeof failpoints;

/** What is switched off to see that its absence is noticed. */
export type Sabotage = 'CLAIMS_FORGOTTEN' | 'FEES_WITHOUT_KEYS';

/** By institution; handed to a worker in ALMANAC_TEST_KILLED. */
export interface Arming {
  failpoints: Record<string, Failpoint>;
  sabotage: Record<string, Sabotage>;
}
