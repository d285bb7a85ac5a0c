/** The API process: connects, serves pages and REST until it is told to end. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createExplainers } from '../activities/explain.js';
import { wakeMail } from '../activities/mail/wake.js';
import { listMail, readMail, sourceOf } from '../cli/mail-catcher.js';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { createLog } from '../config/log.js';
import { queues } from '../config/queues.js';
import { connectToMongo } from '../models/connect.js';
import { createModels } from '../models/models.js';
import { reconcileScheduledJob } from '../worker/reconciliation.js';
import { createApp } from './app.js';
import { bindOperations } from './bind-operations.js';
import type { Mailbox } from './caught-mail.js';

/** Requests in flight have so long to end. */
const GRACE_MS = 10_000;

const settings = environment();
const log = createLog('api', settings.logLevel);
const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', settings.temporal);
const db = await connectToMongo(required('MONGODB_URI', settings.mongodbUri), 'almanac-api');
const models = createModels(db);
const connection = Connection.lazy(connectionOptions); // without the engine, reading and configuration work
const client = new Client({ connection, namespace });
const operating = { models, client, now, taskQueue: queues.jobs, explainers: createExplainers(models) };
const isCatcher = settings.smtpUrl !== null && ['127.0.0.1', 'localhost'].includes(new URL(settings.smtpUrl).hostname);

const app = createApp({
  operations: bindOperations(operating),
  models,
  now,
  log,
  publicUrl: settings.publicUrl,
  temporalUiUrl: settings.temporalUiUrl,
  temporalNamespace: namespace,
  workerMetricsPort: settings.metricsPort,
  mailbox: isCatcher ? caughtIn(join(settings.dataDir, 'mail')) : null,
  wakeMail: (institutionId) => wakeMail(client, institutionId, queues.jobs),
  reconcileScheduledJob: ({ institutionId, scheduledJobId }) => reconcileScheduledJob(operating, institutionId, scheduledJobId),
});
const server = createServer(app);
await new Promise<void>((resolve, reject) => {
  server.once('error', reject);
  server.listen(settings.port, settings.host, resolve);
});
log.info({ port: settings.port }, 'API is ready');
process.send?.({ ready: true });

for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => void end());

async function end(): Promise<void> {
  setTimeout(() => process.exit(0), GRACE_MS).unref();
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await Promise.all([db.close(), connection.close()]);
  process.exit(0); // an open channel to the parent would keep it
}

/** The mail catcher's folder as the pages read it. */
function caughtIn(folder: string): Mailbox {
  return { list: (page) => listMail(folder, page), read: (id) => readMail(folder, id), source: (id) => sourceOf(folder, id) };
}
