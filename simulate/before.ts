/** The store as it was before the night that is being lived through, so that the night can be lived through again alone. */
import { z } from 'zod';
import type { Models } from '../models/models.js';

const database = 'before';
const stateSchema = z.object({ night: z.int(), missed: z.int() });
export type State = z.output<typeof stateSchema>;

const collectionsOf = (models: Models) => Object.values(models).map(({ collection }) => collection);

export async function keepBefore(models: Models, state: State): Promise<void> {
  const before = models.Run.db.useDb(database, { useCache: true });
  for (const { collectionName } of collectionsOf(models)) {
    await models.Run.db.collection(collectionName).aggregate([{ $out: { db: database, coll: collectionName } }]).toArray();
  }
  await before.collection('states').replaceOne({}, state, { upsert: true });
}

/** Puts it back and answers which night it stands before; null: none was kept. */
export async function restoreBefore(models: Models): Promise<State | null> {
  const before = models.Run.db.useDb(database, { useCache: true });
  const state = await before.collection('states').findOne({});
  if (state === null) return null;
  const into = models.Run.db.name;
  for (const { collectionName } of collectionsOf(models)) {
    await models.Run.db.collection(collectionName).deleteMany({});
    await before.collection(collectionName).aggregate([{ $merge: { into: { db: into, coll: collectionName } } }]).toArray();
  }
  return stateSchema.parse(state);
}
