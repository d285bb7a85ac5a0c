/** Institutions with runs, for tests of the dispatcher on real servers. */
import { heartbeat, sleep } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { turnAskOf } from '../../activities/turn-ask.js';
import type { RunStatus } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import type { Models } from '../../models/models.js';
import { newRun, type NewRun } from '../../models/new-run.js';
import type { StoredRun } from '../../models/run.js';
import { emptyDatabase } from '../support/database.js';
import { temporal } from '../support/servers.js';

export const CAPACITY = 4;

/** Who is at work, as the work itself knows it. */
export class Workshop {
  readonly begun: string[] = [];
  #inside = 0;
  most = 0;
  readonly #kept = new Set<string>();

  /** A kept run works until it is let go. */
  keep(runId: string): void {
    this.#kept.add(runId);
  }
  letGo(runId: string): void {
    this.#kept.delete(runId);
  }

  async work(runId: string): Promise<void> {
    this.begun.push(runId);
    this.#inside += 1;
    this.most = Math.max(this.most, this.#inside);
    try {
      do {
        heartbeat();
        await sleep(30);
      } while (this.#kept.has(runId));
    } finally {
      this.#inside -= 1;
    }
  }
}

/** Store and engine of all institutions of a test file. */
export interface Ground {
  models: Models;
  client: Client;
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const connection = await Connection.connect({ address: temporal() });
  const database = await emptyDatabase();
  return {
    models: database.models,
    client: new Client({ connection }),
    async close() {
      await connection.close();
      await database.close();
    },
  };
}

export function createStubActivities({ models, client }: Ground, worlds: ReadonlyMap<string, World>) {
  const set = (institutionId: string, runId: string, status: RunStatus) =>
    models.Run.updateOne({ institutionId, _id: runId }, { $set: { status } });
  return {
    async askTwice(institutionId: string, runId: string): Promise<void> {
      const run = await models.Run.findOne({ institutionId, _id: runId }).lean().orFail();
      const ask = {
        workflowId: `dispatcher-${institutionId}`,
        taskQueue: worlds.get(institutionId)!.taskQueue,
        args: [{ institutionId, lookEveryMs: worlds.get(institutionId)!.lookEveryMs }],
        signal: 'ask',
        signalArgs: [turnAskOf(run, 'Europe/Berlin', false)],
      };
      await client.workflow.signalWithStart('dispatcher', ask);
      await client.workflow.signalWithStart('dispatcher', ask);
    },
    async work(institutionId: string, runId: string): Promise<void> {
      await set(institutionId, runId, 'RUNNING');
      await worlds.get(institutionId)!.workshop.work(runId);
      await set(institutionId, runId, 'COMPLETED_SUCCESSFULLY');
    },
  };
}
export type StubActivities = ReturnType<typeof createStubActivities>;

/** An institution of its own, and runs of a job without locks. */
export class World {
  readonly institutionId = `lib-${newId()}`;
  readonly workshop = new Workshop();
  /** The server accepts no timer below a second. */
  lookEveryMs = 2_000;
  #processId = 0;
  private constructor(readonly models: Models, readonly client: Client, readonly taskQueue: string) {}

  static async open({ models, client }: Ground, taskQueue: string): Promise<World> {
    const world = new World(models, client, taskQueue);
    const { institutionId } = world;
    await models.Institution.collection.insertOne({
      _id: newId(), institutionId, code: institutionId, capacityUnits: CAPACITY, timeZone: 'Europe/Berlin',
    } as never);
    return world;
  }

  /** Its record, without a workflow. */
  async insertRun(given: Partial<NewRun & Pick<StoredRun, 'jobKey' | 'scheduledJobId' | 'status'>> = {}): Promise<StoredRun> {
    const { models, institutionId } = this;
    const processId = (this.#processId += 1);
    const job = new models.ScheduledJob({
      _id: given.scheduledJobId ?? newId(), institutionId, jobKey: given.jobKey ?? 'po-line-packaging', instanceKey: newId(),
      name: `Packaging ${processId}`, nameFolded: '', category: 'ACQUISITION', active: true, schedule: { kind: 'NONE' },
    }).toObject();
    const institution = await models.Institution.findOne({ institutionId, code: institutionId }).lean().orFail();
    const now = new Date();
    const run = newRun(job, institution, {
      trigger: 'MANUAL', processId, submittedBy: { type: 'SYSTEM', id: null, name: 'Test' },
      submittedAt: now, asOf: now, ...given,
    });
    await models.Run.collection.insertOne({ ...run, status: given.status ?? run.status } as never);
    return run;
  }

  /** Its record, and its workflow at work on it. */
  async start(given: Parameters<World['insertRun']>[0] = {}): Promise<string> {
    const run = await this.insertRun(given);
    await this.startWorkflow(run);
    return run._id;
  }

  async startWorkflow({ _id, workflowId, institutionId }: StoredRun): Promise<void> {
    await this.client.workflow.start('stubJob', { workflowId, taskQueue: this.taskQueue, args: [institutionId, _id] });
  }

  workflow(runId: string) {
    return this.client.workflow.getHandle(`run-${runId}`);
  }
  get dispatcher() {
    return this.client.workflow.getHandle(`dispatcher-${this.institutionId}`);
  }

  run(runId: string): Promise<StoredRun> {
    return this.models.Run.findOne({ institutionId: this.institutionId, _id: runId }).lean<StoredRun>().orFail();
  }

  /** Asks every 50 ms; the failure names what did not come about. */
  async until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 90_000): Promise<void> {
    const end = Date.now() + withinMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`within ${withinMs} ms it did not come about that ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
