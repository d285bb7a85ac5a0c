/**
 * The delivery: renders and sends the queued letters of one institution and records every attempt (platform.md 13, Delivery).
 *
 * Called by the workflow `mail` when letters are due. Repeatable, and safe beside itself: what is sent was claimed first, and what
 * became of it is recorded letter by letter, so that an end in the middle leaves only the letters just under way unknown.
 */
import { isDeepStrictEqual } from 'node:util';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { Institution } from '../models/institution.js';
import type { Models } from '../models/models.js';
import type { Sender } from './mail/compose.js';
import { claim, dueLetters, endExpiredLeases, endUnsent, nextDueAt } from './mail/letter-states.js';
import { prepare, readKnown, type Known, type Ready } from './mail/prepare.js';
import { sendAll, type Counts, type Stop } from './mail/send-all.js';
import type { Transporters } from './mail/transporters.js';

export interface MailDependencies extends Sender {
  models: Models;
  transporters: Transporters;
  now: () => Date;
}

/** What one call did, and when the next has something to do. */
export interface Delivery extends Counts {
  stopped: Stop | null;
  /** Milliseconds until the next letter is due, 0 when one is; null = none is queued. */
  waitMs: number | null;
}

/** Due letters with what they say; not claimed yet. */
interface Page {
  ready: Ready[];
  known: Known;
  /** As many were due as a page takes, so that another may follow. */
  full: boolean;
}

/** What a kill leaves to be found by its lease at most. */
const PAGE = 50;
const AN_ACTIVITY_MS = 60_000;
const HEARTBEAT_EVERY_MS = 5_000;

export function createMailActivities({ models, transporters, now, ...sender }: MailDependencies) {
  return {
    /**
     * Sends the due letters of an institution, page by page for about a minute.
     *
     * Ends early when the mail server is away or refuses us: the rest stays queued, and no attempt is held against it.
     */
    async deliverLetters(institutionId: string): Promise<Delivery> {
      const context = Context.current();
      const beating = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
      const counts: Counts = { sent: 0, retried: 0, failed: 0, suppressed: 0 };
      try {
        const stopped = await deliverPages(institutionId, counts, context.cancellationSignal);
        const dueAt = await nextDueAt(models, institutionId);
        const waitMs = dueAt === null ? null : Math.max(0, dueAt.getTime() - now().getTime());
        return { ...counts, stopped, waitMs };
      } finally {
        clearInterval(beating);
      }
    },
  };

  /** While a page is sent, the next is prepared. */
  async function deliverPages(institutionId: string, counts: Counts, ending: AbortSignal): Promise<Stop | null> {
    const startedAt = performance.now();
    for (let prepared: Page | null = null; ;) {
      const institution = await models.Institution.findOne({ institutionId, code: institutionId }).lean<Institution>();
      if (institution === null) return null;
      if (institution.mailPaused) return { reason: 'PAUSED', text: 'Mail is paused by staff.' };
      const isAsPrepared = isDeepStrictEqual(prepared?.known.institution, institution);
      const page: Page = prepared !== null && isAsPrepared ? prepared : await preparePage(institution, counts);

      const claimed = await claim(models, page.ready.map(({ letter }) => letter), now());
      const contents = new Map(page.ready.map(({ letter, content }) => [letter._id, content]));
      const goesOn = page.full && performance.now() - startedAt < AN_ACTIVITY_MS;
      const [stopped, next] = await Promise.all([
        sendAll(
          { models, now, ending },
          claimed.map((letter) => ({ letter, content: contents.get(letter._id)! })),
          page.known, sender, transporters.of(institutionId, perMinuteOf(institution)), counts,
        ),
        goesOn ? preparePage(institution, counts) : null,
      ]);
      if (ending.aborted) throw new CancelledFailure('stopped between two letters');
      if (stopped !== null || next === null) return stopped;
      prepared = next;
    }
  }

  async function preparePage(institution: Institution, counts: Counts): Promise<Page> {
    const { institutionId } = institution;
    await endExpiredLeases(models, institutionId, now());
    // No more than may leave within a minute, or the lease would end before the rate lets the last one go.
    const limit = Math.min(PAGE, perMinuteOf(institution));
    const due = await dueLetters(models, institutionId, now(), limit);
    const known = await readKnown(models, institution, due);
    const { ready, unsent } = await prepare(models, due, known, now());
    await endUnsent(models, unsent, now());
    counts.suppressed += unsent.filter(({ state }) => state === 'SUPPRESSED').length;
    counts.failed += unsent.filter(({ state }) => state === 'FAILED').length;
    return { ready, known, full: due.length === limit };
  }
}
export type MailActivities = ReturnType<typeof createMailActivities>;

const perMinuteOf = ({ mailMaxPerMinute }: Institution) => Math.max(1, mailMaxPerMinute);
