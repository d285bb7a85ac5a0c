/** The store as a test looks at it: everything of an institution, and what is being written. */
import assert from 'node:assert/strict';
import mongoose, { type Collection } from 'mongoose';
import { driver } from '../../chaos/driver.js';
import type { Models } from '../../models/models.js';
import { collectionsWith } from './database.js';

/** Every document of an institution, byte for byte, by collection. */
export async function everythingOf(models: Models, institutionId: string): Promise<Record<string, string[]>> {
  const everything: Record<string, string[]> = {};
  for (const collection of await collectionsWith(models, { institutionId })) {
    const documents = await collection.find({ institutionId }).sort({ _id: 1 }).toArray();
    everything[collection.collectionName] = documents.map((document) => mongoose.mongo.BSON.EJSON.stringify(document, { relaxed: false }));
  }
  return everything;
}

type Document = Record<string, unknown>;

/** Keeps an institution as it is; the answer puts back the collections that are named to it, of which it writes what is not as it was. */
export async function kept(models: Models, institutionId: string): Promise<(collectionNames: ReadonlySet<string>) => Promise<void>> {
  const filled = await collectionsWith(models, { institutionId });
  const before = new Map(await Promise.all(filled.map(async (collection) => [collection.collectionName, await rawOf(collection, institutionId)] as const)));
  return async (collectionNames) => {
    const named = Object.values(models).filter(({ collection }) => collectionNames.has(collection.collectionName));
    await Promise.all(named.map(async ({ collection }) => {
      const [was, is] = [before.get(collection.collectionName) ?? new Map<string, Uint8Array>(), await rawOf(collection, institutionId)];
      const [strange, missing] = [without(is, was), without(was, is)];
      if (strange.length > 0) await collection.deleteMany({ _id: { $in: strange.map(({ _id }) => _id) } });
      if (missing.length > 0) await collection.insertMany(missing);
    }));
  };
}

/** The documents of an institution as the store keeps them, by their bytes. */
async function rawOf(collection: Collection, institutionId: string): Promise<Map<string, Uint8Array>> {
  const found: unknown[] = await collection.find({ institutionId }, { raw: true }).toArray();
  return new Map(found.map((document) => {
    assert.ok(Buffer.isBuffer(document));
    return [document.toString('latin1'), document];
  }));
}

const without = (these: ReadonlyMap<string, Uint8Array>, those: ReadonlyMap<string, unknown>): mongoose.mongo.BSON.Document[] =>
  [...these].filter(([bytes]) => !those.has(bytes)).map(([, bytes]) => mongoose.mongo.BSON.deserialize(bytes));

/** What differs between two runs that did the same: ids and times of what they made, and how often they had to try. */
const incidental: Record<string, readonly string[]> = {
  fees: ['_id'],
  letters: ['_id'],
  loanEvents: ['_id'],
  loanNotices: ['_id'],
  runBatches: ['_id', 'version', 'attempts', 'attemptAt', 'leaving'],
  runEvents: ['_id', 'seq'],
  runs: ['version'],
  userBlocks: ['_id', 'version'],
};

/**
 * Every document of an institution but for what is incidental, sorted; what was done twice stands there twice. Of all
 * collections, or of those that are named.
 */
export async function pictureOf(models: Models, institutionId: string, collectionNames?: ReadonlySet<string>): Promise<string[]> {
  const looked = collectionNames === undefined ? await collectionsWith(models, { institutionId }) : Object.values(models).map(({ collection }) => collection).filter(({ collectionName }) => collectionNames.has(collectionName));
  const lines = await Promise.all(looked.map(async (collection) => {
    const left = ['createdAt', 'updatedAt', ...(incidental[collection.collectionName] ?? [])];
    const documents = await collection.find({ institutionId }, { projection: Object.fromEntries(left.map((field) => [field, 0])) }).toArray();
    return documents.map((told: Document) => {
      // A page that is repeated may take up its loans in another order.
      if (collection.collectionName === 'userBlocks') told.loanIds = (told.loanIds as string[]).toSorted();
      return `${collection.collectionName} ${JSON.stringify(told, inOrder)}`;
    });
  }));
  return lines.flat().sort();
}

/** Objects say the same in whatever order their fields were written. */
function inOrder(_field: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const sorted: Document = {};
  for (const field of Object.keys(value).sort()) sorted[field] = (value as Document)[field];
  return sorted;
}

const operations = ['insertMany', 'updateOne', 'updateMany', 'findOneAndUpdate', 'deleteOne', 'deleteMany', 'bulkWrite'] as const;

/** One statement that writes. */
export interface Write {
  /** `loans.updateMany` */
  name: string;
  institutionId: string;
  /** Sends it to the store. */
  send(): Promise<unknown>;
  /** Sends the first half of its documents, or of the records that it names; null for a statement about one record. */
  sendHalf: (() => Promise<unknown>) | null;
}

/** Hands every write of this process to `listener`, which sends it or does not; ends with the answer's call. */
export function onWrites(listener: (write: Write) => Promise<unknown>): () => void {
  const originals = operations.map((operation) => [operation, driver[operation]] as const);
  for (const [operation, original] of originals) {
    driver[operation] = function (first, ...rest) {
      const about = subjectOf(operation, first);
      if (about === null) return original.call(this, first, ...rest);
      const send = (given: unknown) => original.call(this, given, ...rest);
      const half = halfOf(first);
      return listener({
        name: `${this.collectionName}.${operation}`,
        institutionId: String(about.institutionId),
        send: () => send(first),
        sendHalf: half === null ? null : () => send(half),
      });
    };
  }
  return () => {
    for (const [operation, original] of originals) driver[operation] = original;
  };
}

/** Names the institution; null: the driver's own bulk, in which it sends an insertMany that was heard already. */
function subjectOf(operation: (typeof operations)[number], given: unknown): Document | null {
  if (operation === 'insertMany') return (given as Document[])[0] ?? {};
  if (operation !== 'bulkWrite') return given as Document;
  const [first] = given as { updateOne?: { filter: Document }; updateMany?: { filter: Document } }[];
  return (first?.updateOne ?? first?.updateMany)?.filter ?? null;
}

function halfOf(given: unknown): unknown {
  if (Array.isArray(given)) return given.length > 1 ? given.slice(0, given.length >> 1) : null;
  const filter = given as Document & Record<'_id' | 'loanId', { $in?: unknown[] } | undefined>;
  const named = filter._id?.$in === undefined ? 'loanId' : '_id';
  const ids = filter[named]?.$in ?? [];
  return ids.length > 1 ? { ...filter, [named]: { $in: ids.slice(0, ids.length >> 1) } } : null;
}
