/**
 * Named moments between two writes of a run, at which a process is killed or stands still.
 *
 * Each is the moment after one write to the store was acknowledged, so no line of the program knows of them.
 */

export const operations = ['insertMany', 'updateOne', 'updateMany', 'deleteMany', 'bulkWrite'] as const;
export type Operation = (typeof operations)[number];

type Values = Record<string, unknown>;

export interface Write {
  collection: string;
  operation: Operation;
  /** The documents inserted; empty for any other operation. */
  inserted: readonly Values[];
  /** What an update sets, also only where it inserts, of several updates the first one's; empty for any other operation. */
  set: Values;
}

const on = (collection: string, operation: Operation, which: (write: Write) => boolean = () => true) =>
  (write: Write): boolean => write.collection === collection && write.operation === operation && which(write);

const claims = (which: (leaving: readonly string[]) => boolean) =>
  on('runBatches', 'updateOne', ({ set }) => set.state === 'RUNNING' && Array.isArray(set.leaving) && which(set.leaving as string[]));
const areLetterKeys = ([first = '']: readonly string[]): boolean => first.includes(':');
/** The two notices of the broken run come first, and are no page of loans. */
const ofAPage = (records: readonly unknown[]): boolean => records.length > 2;

/** By what has just been written; in the order of a run. */
export const failpoints = {
  'a notice of a broken run is taken back': on('loanNotices', 'deleteMany'),
  'the records of a page are claimed': claims((leaving) => ofAPage(leaving) && !areLetterKeys(leaving)),
  'its notices are written': on('loanNotices', 'insertMany', ({ inserted }) => ofAPage(inserted)),
  'its loans are lost': on('loans', 'updateMany', ({ set }) => set.processStatus === 'LOST'),
  'its loans have moved': on('loans', 'updateMany', ({ set }) => set.dueDateSource === 'CALENDAR'),
  'the history of its loans is written': on('loanEvents', 'insertMany', ({ inserted }) => ofAPage(inserted)),
  'its loans are renewed': on('loans', 'bulkWrite', ({ set }) => set.dueDateSource === 'RENEWAL'),
  'the reasons are noted on its loans': on('loans', 'updateMany', ({ set }) => 'lastRenewalFailure' in set),
  'its items are marked': on('items', 'updateMany'),
  'fees for letters of a broken run are taken back': on('fees', 'deleteMany'),
  'its fees are charged': on('fees', 'insertMany', ({ inserted }) => ofAPage(inserted)),
  'its users are blocked': on('userBlocks', 'insertMany'),
  'its news are claimed': on('readingListNotifications', 'bulkWrite'),
  'the points of its suspensions are consumed': on('demerits', 'bulkWrite', ({ set }) => 'consumedBy' in set),
  'its blocks have ended': on('userBlocks', 'bulkWrite', ({ set }) => 'removedAt' in set || 'startsAt' in set),
  'the history of its items is written': on('itemHistories', 'insertMany'),
  'its fees have left their loans': on('fees', 'bulkWrite', ({ set }) => 'loanId' in set),
  'its notices name nobody': on('loanNotices', 'updateMany', ({ set }) => set.userId === null),
  'its points have left their loans': on('demerits', 'bulkWrite', ({ set }) => 'loanId' in set),
  'its loans name nobody': on('loans', 'updateMany', ({ set }) => 'anonymizedAt' in set),
  'its fees name nobody': on('fees', 'bulkWrite', ({ set }) => 'anonymizedAt' in set),
  'its requests name nobody': on('requests', 'updateMany', ({ set }) => 'anonymizedAt' in set),
  /** Its workflow has not heard of it. */
  'its batch is recorded': on('runBatches', 'updateOne', ({ set }) => set.state === 'DONE' && ['matched', 'loansReminded', 'ownActionsSkipped', 'skippedKeep', 'notRenewed', 'usersAffected', 'loansExamined', 'notificationFeesAmount:USD', 'usersReported'].some((counter) => counter in (set.counters as Values))),
  'the calendar changes are closed': on('calendarChanges', 'bulkWrite'),
  'the letters of a page are claimed': claims(areLetterKeys),
  'the fees for its letters are charged': on('fees', 'insertMany', ({ inserted }) => inserted[0]?.loanId === null),
  'its letters are queued': on('letters', 'insertMany'),
  'the news of its mails are marked': on('readingListNotifications', 'updateMany', ({ set }) => 'emailedAt' in set),
  'the delivery has claimed letters': on('letters', 'updateMany', ({ set }) => set.state === 'SENDING'),
  'the run is closed': on('runs', 'updateOne', ({ set }) => 'endedAt' in set),
} as const satisfies Record<string, (write: Write) => boolean>;
export type Failpoint = keyof typeof failpoints;
