/**
 * A whole installation inside a test: a database and a namespace of its own, a mail catcher, and workers that serve all
 * queues. `startRun` and `finished` are what API and command line use.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createTransporters } from '../../activities/mail/transporters.js';
import { startRun, type StartRequest } from '../../api/operations/start-run.js';
import type { Operating } from '../../api/operations/context.js';
import { runView, type RunView } from '../../api/operations/run-view.js';
import { listMail, readMail, startMailCatcher } from '../../cli/mail-catcher.js';
import { isFinal } from '../../domain/run-status.js';
import { queues } from '../../config/queues.js';
import type { Models } from '../../models/models.js';
import { registerSearchAttributes } from '../../worker/register-search-attributes.js';
import { createWorkers } from '../../worker/workers.js';
import { emptyDatabase } from './database.js';
import { quietRuntime } from './quiet-runtime.js';
import { temporal } from './servers.js';

export interface House {
  models: Models;
  client: Client;
  operating: Operating;
  namespace: string;
  /** Folder of the mail catcher. */
  mailFolder: string;
  /** What arrived of the letters of a run, in the order in which they were queued. */
  mailsOf(institutionId: string, runId: string): Promise<Arrived[]>;
  /** Starts a run and waits until it is final. */
  run(request: Omit<StartRequest, 'submittedBy' | 'trigger'> & Partial<StartRequest>): Promise<RunView>;
  /** Waits until a run is final, at most a minute. */
  finished(institutionId: string, runId: string): Promise<RunView>;
  close(): Promise<void>;
}

export interface Arrived {
  letterCode: string;
  from: string;
  to: string;
  subject: string;
  text: string;
}

const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;

export async function openHouse(name: string): Promise<House> {
  quietRuntime();
  const address = temporal();
  const namespace = name;
  const connection = await Connection.connect({ address });
  await makeNamespace(connection, namespace);
  const client = new Client({ connection, namespace });
  const database = await emptyDatabase();
  const { models } = database;
  await registerSearchAttributes(connection, namespace);

  const now = () => new Date();
  const mailFolder = await mkdtemp(join(tmpdir(), 'almanac-mail-'));
  const catcher = await startMailCatcher({ folder: mailFolder, port: 0, now });
  const transporters = createTransporters(`smtp://127.0.0.1:${catcher.port}`);
  const native = await NativeConnection.connect({ address });
  const workers = await createWorkers(native, namespace, Object.values(queues), {
    models,
    client,
    now,
    transporters,
    publicUrl: 'http://127.0.0.1:3000',
    sender: { mailFrom: 'Library <library@demo.example>', bounceDomain: null },
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  const operating: Operating = { models, client, now, taskQueue: queues.jobs };

  const finished = async (institutionId: string, runId: string): Promise<RunView> => {
    const { workflowId } = await models.Run.findOne({ institutionId, _id: runId }, { workflowId: 1 }).orFail().lean();
    await ended(client, workflowId);
    for (let look = 0; look < 1200; look += 1) {
      const run = await runView(operating, institutionId, runId);
      if (isFinal(run.status)) return run;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`run ${runId} is not final after a minute`);
  };
  const mailsOf = async (institutionId: string, runId: string): Promise<Arrived[]> => {
    const letters = await models.Letter.find({ institutionId, runId }).sort({ _id: 1 }).lean();
    const arrived = await listMail(mailFolder, { limit: Infinity });
    const contents = letters.map(({ letterCode, messageId }) => arrived
      .filter((mail) => messageId !== null && mail.messageId === messageId)
      .map(async ({ id, from, to, subject }) => ({ letterCode, from, to, subject, text: (await readMail(mailFolder, id))?.text ?? '' })));
    return Promise.all(contents.flat());
  };
  return {
    models,
    client,
    operating,
    namespace,
    mailFolder,
    mailsOf,
    finished,
    async run(request) {
      const { _id, institutionId } = await startRun(operating, { trigger: 'MANUAL', submittedBy, ...request });
      return finished(institutionId, _id);
    },
    async close() {
      workers.forEach((worker) => worker.shutdown());
      await running;
      transporters.close();
      await catcher.stop();
      await rm(mailFolder, { recursive: true, force: true });
      await Promise.all([native.close(), connection.close(), database.close()]);
    },
  };
}

/** However it ends, which its run's record says; one that nobody started is over. */
async function ended(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function makeNamespace(connection: Connection, namespace: string): Promise<void> {
  const day = { seconds: 86_400 };
  await connection.workflowService
    .registerNamespace({ namespace, workflowExecutionRetentionPeriod: day as never })
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !/already exists/i.test(error.message)) throw error;
    });
  for (let look = 0; look < 300; look += 1) {
    const known = await connection.workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    );
    if (known) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`namespace ${namespace} does not appear`);
}
