/** How far a load is, on standard error, once it takes longer than a second. */
import { Presets, SingleBar } from 'cli-progress';

const QUIET_MS = 1000;
const LINE_EVERY_MS = 10_000; // where standard error is no terminal

/** Runs `work`, which says how much of how much is done. */
export async function withProgress<T>(what: string, work: (at: (done: number, total: number) => void) => Promise<T>): Promise<T> {
  const format = `${what} {bar} {percentage} % | {eta_formatted} left`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, noTTYOutput: true, notTTYSchedule: LINE_EVERY_MS }, Presets.rect);
  let [done, total] = [0, 0];
  const start = setTimeout(() => bar.start(total, done), QUIET_MS);
  try {
    return await work((nowDone, nowTotal) => {
      [done, total] = [nowDone, nowTotal];
      bar.update(done); // does nothing before it was started
    });
  } finally {
    clearTimeout(start);
    bar.stop();
  }
}
