/**
 * No more than so many in any period, whichever connection carries them.
 *
 * The pool's own limit does not hold where a connection ends while it waits: a fresh one does not ask.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer is awaited before each: at once while fewer than `count` began within the last `periodMs`. */
export function createRate(count: number, periodMs: number): () => Promise<void> {
  /** When the last `count` began or will begin, by the monotonic clock; rising. */
  const begins: number[] = [];
  return async () => {
    const now = performance.now();
    const earlier = begins.length < count ? undefined : begins.shift();
    const begin = earlier === undefined ? now : Math.max(now, earlier + periodMs);
    begins.push(begin);
    if (begin > now) await sleep(begin - now);
  };
}
