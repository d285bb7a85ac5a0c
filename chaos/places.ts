/** Named moments of a night at which a worker is killed or frozen, in the order of a run (engine.md 4.4). */
import { failpoints } from './failpoints.js';
import type { OwnWrite } from './watch-store.js';
import type { MailMoment } from './mail-server.js';

/** What passes in a worker. */
export type Moment =
  | { kind: 'BEFORE_WRITE' | 'AFTER_WRITE'; write: OwnWrite }
  /** An activity begins, or has done its work: its workflow has not heard of that. */
  | { kind: 'BEGINS' | 'IS_DONE'; activity: string }
  | { kind: 'BEFORE_HEARTBEAT' | 'AFTER_HEARTBEAT' }
  | { kind: 'MAIL'; moment: MailMoment };

export const phases = ['OPENING', 'LEFT_NOTICES', 'PAGES', 'LETTERS', 'MAIL', 'CLOSING'] as const;
export type Phase = (typeof phases)[number];

interface Place {
  phase: Phase;
  holds(moment: Moment): boolean;
}

const before = (phase: Phase, which: (write: OwnWrite) => boolean): Place => ({ phase, holds: (moment) => moment.kind === 'BEFORE_WRITE' && which(moment.write) });
const after = (phase: Phase, which: (write: OwnWrite) => boolean): Place => ({ phase, holds: (moment) => moment.kind === 'AFTER_WRITE' && which(moment.write) });
const begins = (phase: Phase, activity: string): Place => ({ phase, holds: (moment) => moment.kind === 'BEGINS' && moment.activity === activity });
const isDone = (phase: Phase, ...activities: string[]): Place => ({ phase, holds: (moment) => moment.kind === 'IS_DONE' && activities.includes(moment.activity) });
const mail = (which: MailMoment): Place => ({ phase: 'MAIL', holds: (moment) => moment.kind === 'MAIL' && moment.moment === which });

const letterRecorded = ({ collection, operation, set }: OwnWrite): boolean => collection === 'letters' && operation === 'bulkWrite' && set.state === 'SENT';

/** The activity of each job that does its pages; their heartbeats are places too. */
export const pagesOfJobs: readonly string[] = ['ageOverdueLoans', 'remindOfLoansDueToday', 'claimReadingListNews', 'correctDueDates', 'removeBlocks', 'archiveLoans', 'archiveFees', 'archiveRequests', 'archiveBorrowingRequests', 'renewLoansFallingDue', 'notifyOfDebts', 'reportActivity'];

export const places = {
  'openRun begins': begins('OPENING', 'openRun'),
  'openRun has asked for its turn': isDone('OPENING', 'openRun'),
  'the dispatcher looks at the store': begins('OPENING', 'lookAtRuns'),
  'the dispatcher has looked': isDone('OPENING', 'lookAtRuns'),
  'beginRun is done': isDone('OPENING', 'beginRun'),
  'the loans are counted': isDone('OPENING', 'countOverdueLoans', 'countLoansDueToday', 'countReadingListNews', 'countLoansConcerned', 'countEndingBlocks', 'countEndedRecords', 'countLoansFallingDue', 'countDebtors', 'countAccounts'),
  'startWork is done': isDone('OPENING', 'startWork'),
  'a notice of a broken run is taken back': after('LEFT_NOTICES', failpoints['a notice of a broken run is taken back']),
  'the records of a page are claimed': after('PAGES', failpoints['the records of a page are claimed']),
  'before its notices are written': before('PAGES', failpoints['its notices are written']),
  'its notices are written': after('PAGES', failpoints['its notices are written']),
  'before its loans are lost': before('PAGES', failpoints['its loans are lost']),
  'its loans are lost': after('PAGES', failpoints['its loans are lost']),
  'before its loans have moved': before('PAGES', failpoints['its loans have moved']),
  'its loans have moved': after('PAGES', failpoints['its loans have moved']),
  'the history of its loans is written': after('PAGES', failpoints['the history of its loans is written']),
  'before its loans are renewed': before('PAGES', failpoints['its loans are renewed']),
  'its loans are renewed': after('PAGES', failpoints['its loans are renewed']),
  'the reasons are noted on its loans': after('PAGES', failpoints['the reasons are noted on its loans']),
  'its items are marked': after('PAGES', failpoints['its items are marked']),
  // The places of letters stand where a page comes by them that queues its letters itself.
  'the letters of a page are claimed': after('LETTERS', failpoints['the letters of a page are claimed']),
  'fees for letters of a broken run are taken back': after('PAGES', failpoints['fees for letters of a broken run are taken back']),
  'its fees are charged': after('PAGES', failpoints['its fees are charged']),
  'the fees for its letters are charged': after('LETTERS', failpoints['the fees for its letters are charged']),
  'its letters are queued': after('LETTERS', failpoints['its letters are queued']),
  'its users are blocked': after('PAGES', failpoints['its users are blocked']),
  'its news are claimed': after('PAGES', failpoints['its news are claimed']),
  'the points of its suspensions are consumed': after('PAGES', failpoints['the points of its suspensions are consumed']),
  'before its blocks have ended': before('PAGES', failpoints['its blocks have ended']),
  'its blocks have ended': after('PAGES', failpoints['its blocks have ended']),
  'the history of its items is written': after('PAGES', failpoints['the history of its items is written']),
  'its fees have left their loans': after('PAGES', failpoints['its fees have left their loans']),
  'its notices name nobody': after('PAGES', failpoints['its notices name nobody']),
  'its points have left their loans': after('PAGES', failpoints['its points have left their loans']),
  'before its loans name nobody': before('PAGES', failpoints['its loans name nobody']),
  'its loans name nobody': after('PAGES', failpoints['its loans name nobody']),
  'its fees name nobody': after('PAGES', failpoints['its fees name nobody']),
  'its requests name nobody': after('PAGES', failpoints['its requests name nobody']),
  'its batch is recorded': after('PAGES', failpoints['its batch is recorded']),
  'before a heartbeat': { phase: 'PAGES', holds: ({ kind }) => kind === 'BEFORE_HEARTBEAT' },
  'after a heartbeat': { phase: 'PAGES', holds: ({ kind }) => kind === 'AFTER_HEARTBEAT' },
  'a page is done, its workflow has not heard': isDone('PAGES', ...pagesOfJobs),
  'the calendar changes are closed': after('PAGES', failpoints['the calendar changes are closed']),
  'the news of its mails are marked': after('LETTERS', failpoints['the news of its mails are marked']),
  'the letters are queued, the workflow has not heard': isDone('LETTERS', 'queueNoticeLetters', 'mailReadingListNews'),
  'before the delivery claims letters': before('MAIL', failpoints['the delivery has claimed letters']),
  'the delivery has claimed letters': after('MAIL', failpoints['the delivery has claimed letters']),
  'the text of a letter arrives': mail('the text of a letter arrives'),
  'a letter is accepted, and no answer given': mail('a letter is accepted, and no answer given'),
  'before a letter is recorded as sent': before('MAIL', letterRecorded),
  'a letter is recorded as sent': after('MAIL', letterRecorded),
  'closeRun begins': begins('CLOSING', 'closeRun'),
  'the run is closed': after('CLOSING', failpoints['the run is closed']),
  'closeRun is done': isDone('CLOSING', 'closeRun'),
} as const satisfies Record<string, Place>;
export type PlaceName = keyof typeof places;
