/** The worker process: connects, makes indexes and search attributes, serves its task queues until it is told to end. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createTransporters } from '../activities/mail/transporters.js';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { createLog, type Log } from '../config/log.js';
import { queues } from '../config/queues.js';
import { connectToMongo } from '../models/connect.js';
import { createIndexes, createModels } from '../models/models.js';
import { registerSearchAttributes } from './register-search-attributes.js';
import { endStranded } from './standing-workflows.js';
import { createWorkers } from './workers.js';

const settings = environment();
const log = createLog('worker', settings.logLevel);
installRuntime(log, settings.metricsPort);

const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', settings.temporal);
const [db, connection, native] = await Promise.all([
  connectToMongo(required('MONGODB_URI', settings.mongodbUri), 'almanac-worker'),
  Connection.connect(connectionOptions),
  NativeConnection.connect(connectionOptions),
]);
const models = createModels(db);
const client = new Client({ connection, namespace });
const transporters = createTransporters(required('SMTP_URL', settings.smtpUrl));
const [workers] = await Promise.all([
  createWorkers(native, namespace, settings.workerQueues, {
    models,
    client,
    now,
    transporters,
    publicUrl: settings.publicUrl,
    sender: { mailFrom: settings.mailFrom, bounceDomain: settings.mailBounceDomain },
  }),
  createIndexes(models),
  registerSearchAttributes(connection, namespace),
]);

const running = Promise.all(workers.map((worker) => worker.run()));
process.once('disconnect', () => workers.forEach((worker) => worker.shutdown()));
await endStranded(client);
await client.workflow.signalWithStart('system-reconcile', {
  workflowId: 'system-reconcile',
  taskQueue: queues.jobs,
  signal: 'now',
});
log.info({ queues: settings.workerQueues }, 'worker is ready');
process.send?.({ ready: true });

await running;
transporters.close();
await Promise.all([db.close(), connection.close(), native.close()]);
log.info('worker has ended');
process.exit(0); // an open channel to the parent would keep it

/** The engine's log goes where ours goes; its metrics listen on a port of their own. */
function installRuntime(log: Log, metricsPort: number | null): void {
  const words = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => log[words[level]]({ ...meta }, message)),
    telemetryOptions: {
      logging: { filter: 'temporal_sdk_core=WARN', forward: {} },
      ...(metricsPort === null ? {} : { metrics: { prometheus: { bindAddress: `127.0.0.1:${metricsPort}` } } }),
    },
  });
}
