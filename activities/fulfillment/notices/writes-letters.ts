/** What a job adds to the way from notices to letters, which is the same for all (fulfillment-loans.md, S8.9). */
import type { Counters, Page, Problem, Run } from '../../../domain/run.js';
import type { NoticeKind } from '../../../models/loan.js';
import type { LetterContext } from '../../letters.js';
import type { PendingNotice } from './pending-notices.js';

export interface WritesLetters {
  /** Of the job's notices, in the order in which they are walked. */
  readonly kinds: readonly NoticeKind[];
  /**
   * Queues the letters of all notices that are handed in. Repeatable: what an earlier attempt or run has written of those that `mayBeBegun`
   * is finished as it was.
   */
  write(context: LetterContext, run: Run, notices: readonly PendingNotice[], mayBeBegun: readonly PendingNotice[]): Promise<Written>;
  /** Of a preview: how many letters there would be, and the first of them as they would look. */
  propose(context: LetterContext, run: Run): Promise<Page>;
}

export interface Written {
  /** Ids of the notices whose loan went another way meanwhile: they are cancelled. */
  leftOut: ReadonlySet<string>;
  counters: Counters;
  problems: Problem[];
}
