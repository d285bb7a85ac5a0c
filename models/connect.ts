/** The connection to MongoDB with the safety that the promises rest on (engine.md 6.1). */
import mongoose, { type Connection } from 'mongoose';

/**
 * Opens a connection and waits until the server answers.
 *
 * Writes are acknowledged by the majority and the journal: with a standalone server's default a killed mongod loses
 * writes that it acknowledged. Indexes are made by `createIndexes`, never behind a query's back.
 */
export async function connectToMongo(uri: string, appName: string): Promise<Connection> {
  mongoose.set('strictQuery', 'throw');
  return mongoose
    .createConnection(uri, {
      appName,
      w: 'majority',
      journal: true,
      readConcern: { level: 'local' },
      maxPoolSize: 30,
      serverSelectionTimeoutMS: 5_000,
      socketTimeoutMS: 120_000,
      waitQueueTimeoutMS: 10_000,
      autoIndex: false,
      autoCreate: false,
    })
    .asPromise();
}
