/**
 * From notices to letters: the pending notices of a job are walked by user, a letter is built from all notices that
 * carry its key, and the delivery does the rest (fulfillment-loans.md, S8.6, S8.9).
 */
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { queueUndeliverableReports } from '../undeliverable-letters.js';
import { claimBatch, claimedBatch, holdOf, recordBatch } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { courtesyLetters } from './courtesy/write-letters.js';
import { NOTICES_A_PAGE, noticesOfLetters, pendingNotices, type PendingNotice } from './notices/pending-notices.js';
import type { WritesLetters } from './notices/writes-letters.js';
import { correctionLetters } from './due-dates/write-letters.js';
import { overdueLetters } from './overdue/write-letters.js';
import { reminderLetters } from './reminders/write-letters.js';

/** By job key. */
const writers: Readonly<Record<string, WritesLetters>> = {
  'loans-due-date-correction': correctionLetters,
  'loans-overdue-and-lost': overdueLetters,
  'notifications-courtesy-and-renewals': courtesyLetters,
  'notifications-due-date-reminders': reminderLetters,
};

interface Dependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

export function createNoticeLetterActivities({ models, now, wakeMail }: Dependencies) {
  /**
   * Queues the letters of the next pending notices.
   *
   * Repeatable: the letter keys of a page are claimed first, letters and fees have keys, and a letter is built from all
   * notices of its key whatever their state. What an attempt before, or a run before, has begun is finished as it was.
   */
  async function queueNoticeLetters(run: Run, onward: Onward): Promise<Page> {
    const { institutionId } = run;
    const context = { models, institutionId, now };
    const writer = writerOf(run);
    if (run.preview) return writer.propose(context, run);
    const claim = await claimedBatch(models, run);
    const { notices, next } = claim === null ? await freshPage(run, writer) : { notices: await noticesOfLetters(models, institutionId, claim.leaving), next: claim.toKey };
    if (next !== null && notices.length >= NOTICES_A_PAGE) onward(next, 0);
    if (notices.length === 0) return recordBatch(models, run, next, { counters: {}, problems: [] }, now(), holdOf(claim, notices));
    if (claim === null) await claimBatch(models, run, claim, { toKey: next, leaving: keysOf(notices) }, now());

    const mayBeBegun = claim === null ? notices.filter(({ runId }) => runId !== run.runId) : notices;
    const { leftOut, counters, problems } = await writer.write(context, run, notices, mayBeBegun);

    const ids = notices.filter(({ state }) => state === 'LETTER_PENDING').map(({ _id }) => _id);
    await setState(institutionId, ids.filter((id) => leftOut.has(id)), 'CANCELLED');
    await setState(institutionId, ids.filter((id) => !leftOut.has(id)), 'LETTERED');
    if (run.cursor === null || next === null) await wakeMail(institutionId);
    return recordBatch(models, run, next, { counters, problems }, now());
  }

  /**
   * What nobody has begun: the pending notices are all that this run's letters are made of, for it has written nothing of these users yet.
   * Of a letter that a run before left, some notices may be done.
   */
  async function freshPage(run: Run, { kinds }: WritesLetters): Promise<{ notices: PendingNotice[]; next: string | null }> {
    const { notices, next } = await pendingNotices(models, run, kinds);
    const own = notices.filter(({ runId }) => runId === run.runId);
    const left = notices.filter(({ runId }) => runId !== run.runId);
    return { notices: [...(await noticesOfLetters(models, run.institutionId, keysOf(left))), ...own], next };
  }

  /** Tells each library with a mailbox whom this run could not reach (S8.8). */
  async function reportUndeliverableLetters(run: Run): Promise<Page> {
    if (!run.preview) {
      const reports = await queueUndeliverableReports({ models, institutionId: run.institutionId, now }, run.runId);
      if (reports > 0) await wakeMail(run.institutionId);
    }
    return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
  }

  async function setState(institutionId: string, ids: string[], state: 'CANCELLED' | 'LETTERED'): Promise<void> {
    if (ids.length === 0) return;
    await models.LoanNotice.updateMany(
      { institutionId, _id: { $in: ids }, state: 'LETTER_PENDING' },
      { $set: { state }, $inc: { version: 1 } },
    );
  }

  return {
    queueNoticeLetters: forAMinute(queueNoticeLetters),
    reportUndeliverableLetters: forAMinute(reportUndeliverableLetters),
  };
}
export type NoticeLetterActivities = ReturnType<typeof createNoticeLetterActivities>;

function writerOf({ jobKey }: Run): WritesLetters {
  const writer = writers[jobKey];
  if (writer === undefined) throw new TypeError(`job ${jobKey} writes no letters from notices`);
  return writer;
}

const keysOf = (notices: readonly PendingNotice[]): string[] => [...new Set(notices.map(({ letterKey }) => letterKey))];
