/** The store behind an address, for as long as some work takes. */
import { connectToMongo } from '../models/connect.js';
import { createModels, type Models } from '../models/models.js';

export async function withModelsAt<T>(mongodbUri: string, appName: string, work: (models: Models) => Promise<T>): Promise<T> {
  const db = await connectToMongo(mongodbUri, appName);
  try {
    return await work(createModels(db));
  } finally {
    await db.close();
  }
}
