/** One activity does pages for about a minute (design.md 3). */
import { CancelledFailure, Context } from '@temporalio/activity';
import { z } from 'zod';
import type { Page, Run } from '../../domain/run.js';

/** How long an activity goes on with pages before it hands the place back to its workflow. */
const AN_ACTIVITY_MS = 60_000;
/** How often the engine hears of an activity whose page takes long. */
const HEARTBEAT_EVERY_MS = 2_000;

const place = z.strictObject({ next: z.string().nullable(), batchNo: z.int(), done: z.int() });

/**
 * Repeats a page inside one activity: its place is heartbeaten after each page, and a second attempt goes on from the
 * last place that was heard. Pages after it are done twice, which each page must bear.
 *
 * Ends early, between two pages, when the run is aborted or the worker shuts down.
 */
export function forAMinute(page: (run: Run) => Promise<Page>): (run: Run) => Promise<Page> {
  return async (run) => {
    const context = Context.current();
    const heard = place.safeParse(context.info.heartbeatDetails);
    let at: Page = heard.success ? heard.data : { next: run.cursor, batchNo: run.batchNo, done: run.done };
    const beating = setInterval(() => context.heartbeat(at), HEARTBEAT_EVERY_MS);
    const startedAt = performance.now();
    try {
      do {
        at = await page({ ...run, cursor: at.next, batchNo: at.batchNo, done: at.done });
        context.heartbeat(at);
        if (context.cancellationSignal.aborted) throw new CancelledFailure('stopped between two pages');
      } while (at.next !== null && performance.now() - startedAt < AN_ACTIVITY_MS);
      return at;
    } finally {
      clearInterval(beating);
    }
  };
}
