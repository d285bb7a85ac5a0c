/** What a command says while it works: lines, and a running line for whatever takes longer than a second. */
import { performance } from 'node:perf_hooks';
import type { Report } from './servers/find.js';

/** On standard error, so that standard output holds the answer alone. */
export const say: Report = (line) => { process.stderr.write(`${line}\n`); };

/** Says what is being done once it takes longer than a second; on a terminal the seconds run. */
export async function during<T>(report: Report, what: string, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const terminal = process.stderr.isTTY;
  let shown = false;
  const timer = setInterval(() => {
    if (terminal) process.stderr.write(`\r${what} … ${Math.round((performance.now() - startedAt) / 1000)} s`);
    else if (!shown) report(`${what} …`);
    shown = true;
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown && terminal) process.stderr.write('\r\u001b[2K'); // clears the running line
  }
}
