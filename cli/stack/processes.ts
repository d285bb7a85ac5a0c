/** Processes of this machine, told apart from later ones that were given the same number. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { hasCode } from '../error-code.js';

export const processRecord = z.object({ name: z.string(), pid: z.number().int(), startedAt: z.string() });
export type ProcessRecord = z.infer<typeof processRecord>;

/** `startedAt` is a mark of the process's start, good for comparing alone; '' when the process is gone. */
export async function recordOf(name: string, pid: number): Promise<ProcessRecord> {
  return { name, pid, startedAt: (await startMark(pid)) ?? '' };
}

export async function isAlive({ pid, startedAt }: ProcessRecord): Promise<boolean> {
  return startedAt !== '' && (await startMark(pid)) === startedAt;
}

/** SIGTERM, and SIGKILL after ten seconds. */
export async function end(record: ProcessRecord): Promise<void> {
  for (const [signal, tries] of [['SIGTERM', 200], ['SIGKILL', 100]] as const) {
    if (!(await isAlive(record))) return;
    try {
      process.kill(record.pid, signal);
    } catch (error) {
      if (hasCode(error, 'ESRCH')) return; // ended by itself just now
      throw error;
    }
    for (let tried = 0; tried < tries && (await isAlive(record)); tried += 1) await pause(50);
  }
}

/** Null when there is no such process. A zombie, which nobody has waited for yet, counts as gone. */
async function startMark(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    // The second field is the name in brackets and may hold spaces; state is the third, start in ticks since boot the 22nd.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields === undefined || fields[0] === 'Z') return null;
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()} ${fields[19]}`;
  }
  if (process.platform !== 'win32') {
    const ps = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
    return ps?.stdout.trim() || null;
  }
  try {
    process.kill(pid, 0);
    return 'alive'; // Windows tells no start without a further program
  } catch {
    return null;
  }
}
