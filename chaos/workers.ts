/** Two workers, each replaced when it was killed, and the orders they are under. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Installation, OwnChild } from './installation.js';
import type { FromWorker, How, Order, Sabotage, ToWorker } from './orders.js';
import type { ChaosMailServer, MailMoment } from './mail-server.js';
import { places, type PlaceName } from './places.js';

/** After so long without a heartbeat the engine takes a worker's activity for lost (impatience.ts), with time for the next attempt. */
const MISSED_MS = 6_000;

interface Place {
  name: string;
  child: OwnChild | null;
}

export interface Ordered {
  /** Resolves with the worker's name when the order was carried out. */
  reached: Promise<string>;
  withdraw(): void;
}

export class Workers {
  readonly #places: Place[] = ['worker-1', 'worker-2'].map((name) => ({ name, child: null }));
  readonly #orders = new Map<number, { order: Order; reach: (worker: string) => void }>();
  #lastId = 0;
  #ending = false;

  constructor(
    private readonly installation: Installation,
    private readonly mail: ChaosMailServer,
    private readonly setting: { codePath: string; sabotage: Record<string, Sabotage> },
  ) {
    mail.onMoment = (moment, greeting, institutionId) => this.#passesInMail(moment, greeting, institutionId);
  }

  async start(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#launch(place)));
  }

  /** The first worker that comes to the place carries it out. */
  order(given: { institutionId: string; place: PlaceName; how: How; skip: number }): Ordered {
    const id = (this.#lastId += 1);
    const reached = new Promise<string>((reach) => this.#orders.set(id, { order: { id, ...given }, reach }));
    this.#post();
    return { reached, withdraw: () => { this.#orders.delete(id); this.#post(); } };
  }

  /** SIGKILL now. */
  kill(which: 0 | 1): void {
    this.#places[which]!.child?.process.kill('SIGKILL');
  }

  /** Both are gone for longer than a heartbeat may stay out, and for what happens meanwhile. */
  async killBoth(meanwhile: () => Promise<void>): Promise<void> {
    this.#ending = true;
    for (const place of this.#places) place.child?.process.kill('SIGKILL');
    await meanwhile();
    await pause(MISSED_MS);
    this.#ending = false;
    await this.start();
  }

  /** A frozen worker goes on where it stood; resolves when it has done what it was at. */
  async thaw(name: string): Promise<void> {
    const child = this.#places.find((place) => place.name === name)!.child;
    if (child === null) return;
    child.process.kill('SIGCONT');
    while (child.process.connected && (await busyOf(child)) > 0) await pause(100);
  }

  /** Resolves when both serve their queues. */
  async ready(): Promise<void> {
    for (const place of this.#places) {
      // One that was killed before it was ready is followed by another.
      while (!(await isReady(place))) await pause(100);
    }
  }

  /** The workers stay dead from now on; the installation ends them. */
  end(): void {
    this.#ending = true;
  }

  async #launch(place: Place): Promise<void> {
    const url = new URL(this.mail.url);
    url.searchParams.set('name', place.name);
    const child = this.installation.launch(place.name, new URL('armed-worker.ts', import.meta.url), {
      ALMANAC_TEST_CHAOS: JSON.stringify(this.setting), SMTP_URL: url.href,
    });
    place.child = child;
    child.process.on('message', (message: FromWorker) => {
      if ('reached' in message) this.#reached(message.reached, place.name);
    });
    void child.ended.then(() => (this.#ending || place.child !== child ? undefined : this.#launch(place)));
    // A worker that was killed while it started is followed by another.
    await child.ready.then(() => this.#post(), () => undefined);
  }

  #passesInMail(moment: MailMoment, greeting: string, institutionId: string): void {
    const child = this.#places.find(({ name }) => name === greeting)?.child ?? null;
    for (const { order } of this.#orders.values()) {
      if (child === null || order.how !== 'KILL' || order.institutionId !== institutionId || !places[order.place].holds({ kind: 'MAIL', moment })) continue;
      child.process.kill('SIGKILL');
      this.#reached(order.id, greeting);
    }
  }

  #reached(id: number, worker: string): void {
    const found = this.#orders.get(id);
    if (found === undefined) return;
    this.#orders.delete(id);
    found.reach(worker);
    this.#post();
  }

  #post(): void {
    const orders = [...this.#orders.values()].map(({ order }) => order);
    for (const { child } of this.#places) {
      if (child?.process.connected) child.process.send({ orders } satisfies ToWorker, () => undefined);
    }
  }
}

async function isReady({ child }: Place): Promise<boolean> {
  return child !== null && child.ready.then(() => true, () => false);
}

function busyOf(child: OwnChild): Promise<number> {
  return new Promise((resolve) => {
    const answer = (busy: number) => {
      child.process.off('message', hear).off('exit', gone);
      resolve(busy);
    };
    const hear = (message: FromWorker) => ('busy' in message ? answer(message.busy) : undefined);
    const gone = () => answer(0);
    child.process.on('message', hear).on('exit', gone);
    child.process.send({ question: 'busy' } satisfies ToWorker, () => undefined);
  });
}
