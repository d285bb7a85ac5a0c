/** A worker inside the bench, for workflows that are none of the product's or whose work is only pretended. */
import { join } from 'node:path';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { required, type Environment } from '../config/environment.js';
import { quietRuntime } from '../test/support/quiet-runtime.js';

/** Serves a queue with the workflows of a file of bench/ for as long as the work takes. */
export async function withOwnWorker<T>(
  servers: Environment,
  options: { taskQueue: string; workflows: string; activities: object } & Pick<WorkerOptions, 'maxConcurrentActivityTaskExecutions'>,
  work: () => Promise<T>,
): Promise<T> {
  quietRuntime();
  const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', servers.temporal);
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    const { workflows, ...given } = options;
    const worker = await Worker.create({ connection, namespace, workflowsPath: join(import.meta.dirname, workflows), ...given });
    return await worker.runUntil(work);
  } finally {
    await connection.close();
  }
}
