/** Keeps children running: one that dies is started again, with a line that says so. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../servers/find.js';
import { launch, type Child, type ChildSpec } from './child.js';
import { noteChildren } from './folder.js';
import { recordOf, type ProcessRecord } from './processes.js';

const longestPauseMs = 30_000;

export class Supervisor {
  readonly #children = new Map<string, Child>();
  readonly #records = new Map<string, ProcessRecord>();
  readonly #kept: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  constructor(private readonly folder: string, private readonly report: Report) {
    process.once('exit', this.#killAll);
  }

  /** Resolves when the child is ready the first time. */
  async start(spec: ChildSpec): Promise<void> {
    const child = await this.#launch(spec);
    await child.ready;
    this.#kept.push(this.#keep(spec, child));
  }

  /** Ends the children in the reverse of the order in which they were started, those that are not ready as well. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const child of [...this.#children.values()].reverse()) await child.stop();
    await Promise.all(this.#kept);
    noteChildren(this.folder, []);
    process.off('exit', this.#killAll);
  }

  async #launch(spec: ChildSpec): Promise<Child> {
    this.#stopping.signal.throwIfAborted();
    const child = launch(spec);
    child.ready.catch(() => undefined); // waited for below and by the caller; it may fail before
    this.#children.set(spec.name, child);
    if (child.pid !== null) this.#records.set(spec.name, await recordOf(spec.name, child.pid));
    noteChildren(this.folder, [...this.#records.values()]);
    return child;
  }

  async #keep(spec: ChildSpec, first: Child): Promise<void> {
    const { signal } = this.#stopping;
    let running: Child | null = first;
    for (let pauseMs = 250; !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      if (running !== null) {
        const sentence = await running.ended;
        if (signal.aborted) return;
        this.report(`${sentence}; it is started again.`);
        pauseMs = 250;
      }
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      running = await this.#again(spec);
    }
  }

  /** Null when it did not become ready; the next try follows after a longer pause. */
  async #again(spec: ChildSpec): Promise<Child | null> {
    try {
      const child = await this.#launch(spec);
      await child.ready;
      this.report(`${spec.name} is ready again.`);
      return child;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.report(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** The process ends without having stopped: nothing can be waited for any more. */
  readonly #killAll = () => {
    for (const { pid } of this.#records.values()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        continue; // gone already
      }
    }
  };
}
