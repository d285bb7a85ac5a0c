/** Many documents of one collection, made and written at once in parts. */
import type { Model } from 'mongoose';
import type { Stored } from '../models/document.js';

const BATCH = 5_000;
const AT_ONCE = 4;

/** Writes documents 0 to `count` - 1, unordered and without waiting for the journal; `said` hears of every 250,000th. */
export async function writeMany<T extends Stored>(
  model: Model<T>,
  count: number,
  at: (number: number) => T,
  said: (line: string) => void,
): Promise<void> {
  let from = 0;
  const writing = async (): Promise<void> => {
    while (from < count) {
      const start = from;
      from += BATCH;
      const documents = Array.from({ length: Math.min(BATCH, count - start) }, (_, index) => at(start + index));
      await model.collection.insertMany(documents as never, { ordered: false, writeConcern: { w: 1, journal: false } });
      if (start % 250_000 === 0) said(`${model.modelName}: ${start} of ${count}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writing));
}

/** The same for a collection that is empty, or nearly: indexes made over what is there take a fifth of the time. */
export async function writeAll<T extends Stored>(model: Model<T>, count: number, at: (number: number) => T, said: (line: string) => void): Promise<void> {
  await model.collection.dropIndexes();
  await writeMany(model, count, at, said);
  said(`${model.modelName}: its indexes`);
  await model.createIndexes();
}
