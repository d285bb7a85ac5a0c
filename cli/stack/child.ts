/** One child process: launched, waited for until it is ready, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, fstatSync, mkdirSync, openSync, renameSync, type WriteStream } from 'node:fs';
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
  /** Takes all that the child prints; appended to. Before it is larger than 20 MB it becomes `<logFile>.1`, in place of the one before. */
  logFile: string;
  /** Resolves when the child can be used. `signal` is aborted when it ends or takes too long. */
  ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  readyWithinMs: number;
  /** After SIGTERM; then SIGKILL. */
  stopWithinMs: number;
}

export interface Child {
  /** Null when it could not be started. */
  pid: number | null;
  /** Rejects with what the child said last, after having ended it. */
  ready: Promise<void>;
  /** Resolves with a sentence when the process ends, for whatever reason. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export function launch(spec: ChildSpec): Child {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const child = spawn(spec.command, spec.args, {
    stdio: ['ignore', 'pipe', 'pipe', ...(spec.channel ? ['ipc' as const] : [])],
    env: spec.variables,
    // A group of its own: Ctrl-C reaches the parent alone, which ends its children in their order.
    detached: process.platform !== 'win32',
  });
  const lastWords = keepLog(child, spec.logFile);
  const gone = new AbortController();
  const ended = new Promise<string>((resolve) => {
    const end = (sentence: string) => { gone.abort(); resolve(sentence); };
    child.once('error', (error) => end(`${spec.name} could not be started: ${error.message}`));
    child.once('exit', (status, signal) => end(`${spec.name} ended with ${signal ?? `status ${status}`}`));
  });
  const halt = () => stop(child, spec.stopWithinMs);

  const ready = becomesReady(spec, child, gone.signal).catch(async (error: unknown) => {
    await halt();
    const reason = error instanceof TooLate ? error.message : await ended;
    const told = [reason, ...lastWords().map((line) => `  ${line}`), `  (all of it: ${spec.logFile})`];
    throw new Error(told.join('\n'), { cause: error });
  });
  return { pid: child.pid ?? null, ready, ended, stop: halt };
}

class TooLate extends Error {}

async function becomesReady(spec: ChildSpec, child: ChildProcess, gone: AbortSignal): Promise<void> {
  const inTime = AbortSignal.timeout(spec.readyWithinMs);
  const tooLate = once(inTime, 'abort').then(() => {
    throw new TooLate(`${spec.name} was not ready within ${spec.readyWithinMs / 1000} s`);
  });
  await Promise.race([spec.ready(child, AbortSignal.any([gone, inTime])), tooLate]);
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

async function stop(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = new AbortController();
  const kill = pause(withinMs, undefined, { signal: late.signal }).then(() => child.kill('SIGKILL'), () => false);
  await exited;
  late.abort();
  await kill;
}

const LOG_BYTES = 20 * 2 ** 20;

/** Returns a function that gives the last ten lines. */
function keepLog(child: ChildProcess, logFile: string): () => string[] {
  let { file, size } = appendTo(logFile);
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (size + chunk.length > LOG_BYTES) {
        file.end();
        if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`); // somebody may have tidied up
        ({ file, size } = appendTo(logFile));
      }
      file.write(chunk);
      size += chunk.length;
      tail = (tail + chunk.toString('utf8')).slice(-8_000);
    });
  }
  child.once('close', () => file.end());
  return () => tail.trim().split('\n').slice(-10);
}

function appendTo(path: string): { file: WriteStream; size: number } {
  const fd = openSync(path, 'a'); // at once: the name may be given to the next one before a stream has opened it
  return { file: createWriteStream(path, { fd }), size: fstatSync(fd).size };
}
