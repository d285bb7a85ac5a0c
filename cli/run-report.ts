/** The report of a run for people, and how a command follows a run to its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operating } from '../api/operations/context.js';
import { runView, type RunView } from '../api/operations/run-view.js';
import { isCompleted, isFinal } from '../domain/run-status.js';
import { say } from './terminal.js';

const LOOK_EVERY_MS = 200;
/** A line of progress so often, where there is no terminal to write over. */
const LINE_EVERY_MS = 5_000;

/** Waits until a run is final, telling on standard error how far it is. */
export async function followed(operating: Operating, institutionId: string, runId: string): Promise<RunView> {
  const terminal = process.stderr.isTTY;
  let toldAt = performance.now();
  for (;;) {
    const run = await runView(operating, institutionId, runId);
    if (isFinal(run.status)) {
      if (terminal) process.stderr.write('\r\u001b[2K');
      return run;
    }
    const line = progressLine(run);
    if (terminal) process.stderr.write(`\r\u001b[2K${line}`);
    else if (performance.now() - toldAt > LINE_EVERY_MS) {
      toldAt = performance.now();
      say(line);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function progressLine({ status, progress: { done, total }, waitReason }: RunView): string {
  if (waitReason !== null) return `${status}: ${waitReason.text}`;
  return total === null ? status : `${status}: ${done} of ${total} records`;
}

/** A run as a librarian reads it. */
export function reportLines(run: RunView): string[] {
  const { name, processId, status, asOf, businessDate, counters, problems, letters, failure } = run;
  return [
    `${name} (process ${processId})`,
    `${status}${run.noWork ? ' – nothing to do' : ''}, as of ${asOf.toISOString()} (${businessDate})`,
    ...(failure === null ? [] : [`${failure.code}: ${failure.message}`]),
    '',
    ...Object.entries(counters).map(([key, value]) => `  ${key.padEnd(34)} ${String(value).padStart(10)}`),
    ...Object.entries(problems.byCode).map(([code, count]) => `  problem ${code.padEnd(26)} ${String(count).padStart(10)}`),
    ...Object.entries(letters).flatMap(([code, states]) =>
      Object.entries(states).map(([state, count]) => `  ${`${code} ${state}`.padEnd(34)} ${String(count).padStart(10)}`),
    ),
  ];
}

/** 0 completed, 1 with errors, 2 not run to its end. */
export function exitCodeOf({ status }: RunView): number {
  if (status === 'COMPLETED_WITH_ERRORS') return 1;
  return isCompleted(status) ? 0 : 2;
}
