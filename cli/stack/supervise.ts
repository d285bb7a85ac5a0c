/** Keeps children running: one that dies is started again, with a line that says so. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../servers/find.js';
import { startChild, type Child, type ChildSpec } from './child.js';
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
    const child = await this.#startOnce(spec);
    this.#kept.push(this.#keep(spec, child));
  }

  /** Ends the children in the reverse of the order in which they were started. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const child of [...this.#children.values()].reverse()) await child.stop();
    await Promise.all(this.#kept);
    await noteChildren(this.folder, []);
    process.off('exit', this.#killAll);
  }

  async #startOnce(spec: ChildSpec): Promise<Child> {
    const child = await startChild(spec, async (pid) => {
      this.#records.set(spec.name, await recordOf(spec.name, pid));
      await noteChildren(this.folder, [...this.#records.values()]);
    });
    this.#children.set(spec.name, child);
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
      if (signal.aborted) return;
      running = await this.#startOnce(spec).catch((error: unknown) => {
        if (!signal.aborted) this.report(error instanceof Error ? error.message : String(error));
        return null;
      });
      if (running !== null && signal.aborted) await running.stop();
      else if (running !== null) this.report(`${spec.name} is ready again.`);
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
