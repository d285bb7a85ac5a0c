/** Effects with a key, written once whoever comes first (spec/README.md, What a write costs). */
import { mongo, type Model } from 'mongoose';
import type { Stored } from './document.js';

const DUPLICATE_KEY = 11_000;

/**
 * Inserts what is not there yet, unordered and lean; answers with the positions of those that were there already,
 * rising.
 *
 * "Duplicate key" means done, by this run or an earlier one; any other refusal is thrown. The documents come from typed
 * builders and are not cast.
 */
export async function insertOnce<T extends Stored>(model: Model<T>, documents: readonly T[]): Promise<number[]> {
  if (documents.length === 0) return [];
  try {
    await model.collection.insertMany(documents as never, { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const refused = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    if (refused.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return refused.map(({ index }) => index).sort((a, b) => a - b);
  }
}
