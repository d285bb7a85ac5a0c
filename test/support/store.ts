/** The store as a test looks at it: everything of an institution, and what is being written. */
import mongoose from 'mongoose';
import type { Models } from '../../models/models.js';

/** Every document of an institution, byte for byte, by collection. */
export async function everythingOf(models: Models, institutionId: string): Promise<Record<string, string[]>> {
  const everything: Record<string, string[]> = {};
  for (const { collection } of Object.values(models)) {
    const documents = await collection.find({ institutionId }).sort({ _id: 1 }).toArray();
    everything[collection.collectionName] = documents.map((document) => mongoose.mongo.BSON.EJSON.stringify(document, { relaxed: false }));
  }
  return everything;
}

const operations = ['insertMany', 'updateOne', 'updateMany', 'deleteMany'] as const;

/** One statement that writes. */
export interface Write {
  /** `loans.updateMany` */
  name: string;
  institutionId: string;
  /** Sends it to the store. */
  send(): Promise<unknown>;
  /** Sends the first half of its documents, or of the records that it names; of a statement about one record nothing. */
  sendHalf(): Promise<unknown>;
}

type Method = (this: { collectionName: string }, ...given: unknown[]) => Promise<unknown>;
type Filter = Record<string, unknown>;

/** Hands every write of this process to `listener`, which sends it or does not; ends with the answer's call. */
export function onWrites(listener: (write: Write) => Promise<unknown>): () => void {
  const methods = mongoose.mongo.Collection.prototype as unknown as Record<string, Method>;
  const originals = operations.map((operation) => [operation, methods[operation]!] as const);
  for (const [operation, original] of originals) {
    methods[operation] = function (first, ...rest) {
      const about = (operation === 'insertMany' ? (first as Filter[])[0] : (first as Filter)) ?? {};
      const send = (given: unknown) => original.call(this, given, ...rest);
      return listener({
        name: `${this.collectionName}.${operation}`,
        institutionId: String(about.institutionId),
        send: () => send(first),
        sendHalf: async () => {
          const half = halfOf(first);
          return half === null ? undefined : send(half);
        },
      });
    };
  }
  return () => {
    for (const [operation, original] of originals) methods[operation] = original;
  };
}

function halfOf(given: unknown): unknown {
  if (Array.isArray(given)) return given.length > 1 ? given.slice(0, given.length >> 1) : null;
  const filter = given as Filter & Record<'_id' | 'loanId', { $in?: unknown[] } | undefined>;
  const named = filter._id?.$in === undefined ? 'loanId' : '_id';
  const ids = filter[named]?.$in ?? [];
  return ids.length > 1 ? { ...filter, [named]: { $in: ids.slice(0, ids.length >> 1) } } : null;
}
