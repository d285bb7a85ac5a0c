/** A worker that runs dispatchers and nothing else, in a process of its own, so that a test can kill it. */
import { NativeConnection, Worker } from '@temporalio/worker';

const [address = '', taskQueue = '', codePath = ''] = process.argv.slice(2);
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, taskQueue, workflowBundle: { codePath } });
await worker.run();
