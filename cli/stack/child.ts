/** One child process: started, waited for until it is ready, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  /** The whole environment of the child. */
  variables: Record<string, string>;
  /** With a channel the child learns of the parent's end, by `disconnect`, and tells when it is ready. */
  channel: boolean;
  /** Takes all that the child prints; appended to. */
  logFile: string;
  /** Resolves when the child can be used. `signal` is aborted when it dies or takes too long. */
  ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  readyWithinMs: number;
  /** After SIGTERM; then SIGKILL. */
  stopWithinMs: number;
}

export interface Child {
  pid: number;
  /** Resolves with a sentence when the process ends, for whatever reason. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Resolves when the child is ready; else ends it and throws what it said last. `started` hears the number at once. */
export async function startChild(spec: ChildSpec, started: (pid: number) => Promise<void>): Promise<Child> {
  await mkdir(dirname(spec.logFile), { recursive: true });
  const process = spawn(spec.command, spec.args, {
    stdio: ['ignore', 'pipe', 'pipe', ...(spec.channel ? ['ipc' as const] : [])],
    env: spec.variables,
    // A group of its own: Ctrl-C reaches the parent alone, which ends its children in their order.
    detached: globalThis.process.platform !== 'win32',
  });
  const lastWords = keepLog(process, spec.logFile);
  const gone = new AbortController();
  const ended = new Promise<string>((resolve) => {
    const end = (sentence: string) => { gone.abort(); resolve(sentence); };
    process.once('error', (error) => end(`${spec.name} could not be started: ${error.message}`));
    process.once('exit', (status, signal) => end(`${spec.name} ended with ${signal ?? `status ${status}`}`));
  });
  const child: Child = { pid: process.pid ?? -1, ended, stop: () => stop(process, spec.stopWithinMs) };

  const inTime = AbortSignal.timeout(spec.readyWithinMs);
  try {
    await Promise.race([
      Promise.all([spec.ready(process, AbortSignal.any([gone.signal, inTime])), process.pid === undefined ? null : started(process.pid)]),
      ended.then((sentence) => { throw new Error(sentence); }),
      once(inTime, 'abort').then(() => { throw new Error(`${spec.name} was not ready within ${spec.readyWithinMs / 1000} s`); }),
    ]);
  } catch (error) {
    await child.stop();
    const reason = gone.signal.aborted ? await ended : error instanceof Error ? error.message : String(error);
    const told = [reason, ...lastWords().map((line) => `  ${line}`), `  (all of it: ${spec.logFile})`];
    throw new Error(told.join('\n'), { cause: error });
  }
  return child;
}

/** Resolves at the child's `{ ready: true }`; `worker/main.ts` and `api/main.ts` send it. */
export function saysReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended before it was ready')), { once: true });
    child.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'ready' in message && message.ready === true) resolve();
    });
  });
}

async function stop(process: ChildProcess, withinMs: number): Promise<void> {
  if (process.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
  const exited = once(process, 'exit');
  process.kill('SIGTERM');
  const late = new AbortController();
  const kill = pause(withinMs, undefined, { signal: late.signal }).then(() => process.kill('SIGKILL'), () => false);
  await exited;
  late.abort();
  await kill;
}

/** Returns a function that gives the last ten lines. */
function keepLog(process: ChildProcess, logFile: string): () => string[] {
  const file = createWriteStream(logFile, { flags: 'a' });
  let tail = '';
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      file.write(chunk);
      tail = (tail + chunk.toString('utf8')).slice(-8_000);
    });
  }
  process.once('close', () => file.end());
  return () => tail.trim().split('\n').slice(-10);
}
