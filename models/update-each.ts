/** Changes of single documents, sent together (spec/README.md, What a write costs). */
import type { Model, mongo } from 'mongoose';
import type { Stored } from './document.js';

/** `filter` repeats what the change relies on: a document that was changed meanwhile is left as it is. */
export interface UpdateOfOne<T> {
  filter: mongo.Filter<T>;
  update: mongo.UpdateFilter<T>;
}

/** One statement, unordered and lean: the values come from typed builders and are not cast, and no time is set beside theirs. */
export async function updateEach<T extends Stored>(model: Model<T>, updates: readonly UpdateOfOne<T>[]): Promise<void> {
  if (updates.length === 0) return;
  await model.collection.bulkWrite(updates.map((updateOne) => ({ updateOne })) as never, { ordered: false });
}
