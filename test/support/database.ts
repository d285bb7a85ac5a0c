/** Databases for test files. Making seventy indexes costs mongod more than most tests do, so a file takes over what one before it left. */
import type { Collection } from 'mongoose';
import { connectToMongo } from '../../models/connect.js';
import { createIndexes, createModels, type Models } from '../../models/models.js';
import { mongo } from './servers.js';

/** Of this process, which nobody uses at this moment. */
const free: string[] = [];
let made = 0;

/** One that is empty, with its indexes. `close` gives it back. */
export async function emptyDatabase(): Promise<{ models: Models; close: () => Promise<void> }> {
  const left = free.pop();
  const name = left ?? `test_${process.pid}_${(made += 1)}`;
  const connection = await connectToMongo(mongo().replace('/?', `/${name}?`), name);
  const models = createModels(connection);
  if (left === undefined) await createIndexes(models);
  else await clear(models);
  return {
    models,
    async close() {
      await connection.close();
      free.push(name);
    },
  };
}

/** Empties every collection; the indexes stay. */
export async function clear(models: Models): Promise<void> {
  await Promise.all((await collectionsWith(models, {})).map((collection) => collection.deleteMany({})));
}

/** Those that hold such a document, by one question: of seventy collections a test fills a dozen. */
export async function collectionsWith(models: Models, filter: Record<string, unknown>): Promise<Collection[]> {
  const all = Object.values(models).map(({ collection }): Collection => collection);
  const one = (name: string) => [{ $match: filter }, { $limit: 1 }, { $project: { _id: 0, name: { $literal: name } } }];
  const [first, ...others] = all.map(({ collectionName }) => collectionName);
  const found = await models.Run.db.collection(first!).aggregate<{ name: string }>([...one(first!), ...others.map((coll) => ({ $unionWith: { coll, pipeline: one(coll) } }))]).toArray();
  const names = new Set(found.map(({ name }) => name));
  return all.filter(({ collectionName }) => names.has(collectionName));
}
