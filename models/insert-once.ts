/** Effects with a key, written once whoever comes first (spec/README.md, What a write costs). */
import { mongo, type Model } from 'mongoose';
import type { Stored } from './document.js';

const DUPLICATE_KEY = 11_000;

/**
 * Inserts what is not there yet, unordered and lean; answers with the positions of those that were there already,
 * rising.
 *
 * "Duplicate key" means done, by this run or an earlier one; any other refusal is thrown, and so is an answer that did
 * not come. The documents come from typed builders and are not cast.
 */
export async function insertOnce<T extends Stored>(model: Model<T>, documents: readonly T[]): Promise<number[]> {
  if (documents.length === 0) return [];
  try {
    await model.collection.insertMany(documents as never, { ordered: false });
    return [];
  } catch (error) {
    // A lost connection arrives as the same class, with no refusals: only what is accounted for is done.
    if (!(error instanceof mongo.MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error;
    const refused = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    if (refused.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    if (error.insertedCount + refused.length < documents.length) throw error;
    return refused.map(({ index }) => index).sort((a, b) => a - b);
  }
}
