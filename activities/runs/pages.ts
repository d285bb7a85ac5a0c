/** One activity does pages for about a minute (design.md 3). */
import { CancelledFailure, Context } from '@temporalio/activity';
import { z } from 'zod';
import type { Page, Run } from '../../domain/run.js';

/** How long an activity goes on with pages before it hands the place back to its workflow. */
const AN_ACTIVITY_MS = 60_000;
/** How often the engine hears of an activity whose page takes long. */
const HEARTBEAT_EVERY_MS = 2_000;

const place = z.strictObject({ next: z.string().nullable(), batchNo: z.int(), done: z.int() });

/** Tells, before a page is done, where the next one begins and how many records this one has. */
export type Onward = (next: string, records: number) => void;

/**
 * Repeats a page inside one activity: its place is heartbeaten after each page, and a second attempt goes on from the
 * last place that was heard. Pages after it are done twice, which each page must bear.
 *
 * A page that says `onward` as soon as it knows where it ends lets the next one begin meanwhile: one computes while the other waits
 * for the database (docs/decisions/018). No more than two are at work, and the place never passes a page that is not done.
 *
 * Ends early, between two pages, when the run is aborted or the worker shuts down.
 */
export function forAMinute(page: (run: Run, onward: Onward) => Promise<Page>): (run: Run) => Promise<Page> {
  return async (run) => {
    const context = Context.current();
    const heard = place.safeParse(context.info.heartbeatDetails);
    let at: Page = heard.success ? heard.data : { next: run.cursor, batchNo: run.batchNo, done: run.done };
    const beating = setInterval(() => context.heartbeat(at), HEARTBEAT_EVERY_MS);
    const until = performance.now() + AN_ACTIVITY_MS;
    const mayBegin = () => !context.cancellationSignal.aborted && performance.now() < until;
    try {
      let working = begun(page, run, at);
      for (;;) {
        const ahead = await working.ahead;
        const following = ahead !== null && mayBegin() ? begun(page, run, ahead) : null;
        at = await working.done.catch(async (error: unknown) => {
          // Nothing works on after the activity has failed. The engine hears of one error; of the other the log.
          await following?.done.catch((beside: unknown) => context.log.warn('the page beside a failed one failed too', { error: beside }));
          throw error;
        });
        context.heartbeat(at);
        if (following === null && context.cancellationSignal.aborted)
          throw new CancelledFailure('stopped between two pages');
        if (following === null && (at.next === null || !mayBegin())) return at;
        working = following ?? begun(page, run, at);
      }
    } finally {
      clearInterval(beating);
    }
  };
}

/** A page at work: where the next may begin while it works, null when only after it; and its end. */
interface AtWork {
  ahead: Promise<Page | null>;
  done: Promise<Page>;
}

function begun(page: (run: Run, onward: Onward) => Promise<Page>, run: Run, at: Page): AtWork {
  const { next: cursor, batchNo, done } = at;
  let settle: (ahead: Page | null) => void;
  const ahead = new Promise<Page | null>((resolve) => void (settle = resolve));
  const work = page({ ...run, cursor, batchNo, done }, (next, records) =>
    settle({ next, batchNo: batchNo + 1, done: done + records }),
  );
  const silent = () => settle(null); // it told nothing before its end
  work.then(silent, silent);
  return { ahead, done: work };
}
