/** Stands for a worker or an API: says that it is ready, ends with its parent. */
process.on('message', () => undefined); // keeps the channel, and with it the process
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.send({ ready: true });
