/** Writes loaded records so that loading again changes nothing, and a record that a job changed meanwhile is left alone. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Model } from 'mongoose';
import type { Now } from '../../config/clock.js';
import type { Versioned } from '../../models/document.js';
import { insertOnce } from '../../models/insert-once.js';
import type { LoadMark } from './load-mark.js';

/** A record as the loader makes it; `createdAt` only where it says something (a fee: when the debt began). */
export type Loaded<T extends Versioned> = Omit<T, 'createdAt' | 'updatedAt' | 'version'> & { createdAt?: Date };

export interface Written {
  collection: string;
  inserted: number;
  updated: number;
  unchanged: number;
  /** Another record has their natural key. */
  refused: number;
}

interface Waiting<T extends Versioned> {
  record: Loaded<T>;
  hash: string;
  refuse: (reason: string) => void;
}

const BATCH = 1000;

/**
 * Writes the records of one collection of one institution, a thousand at a time.
 *
 * A record that the source did not change since the last load is not touched, whatever Almanac made of it: a loan that last night's
 * run declared lost stays lost. One that the source changed gets the fields that differ, and its version rises.
 */
export class Writer<T extends Versioned> {
  readonly written: Written;
  private waiting: Waiting<T>[] = [];

  constructor(
    private readonly model: Model<T>,
    private readonly marks: Model<LoadMark>,
    private readonly institutionId: string,
    private readonly now: Now,
  ) {
    this.written = { collection: model.collection.name, inserted: 0, updated: 0, unchanged: 0, refused: 0 };
  }

  /** `refuse` is called, at the latest by `flush`, when another record has the natural key. */
  async add(record: Loaded<T>, refuse: (reason: string) => void): Promise<void> {
    this.waiting.push({ record, hash: createHash('sha256').update(JSON.stringify(record)).digest('base64url'), refuse });
    if (this.waiting.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    const ids = batch.map(({ record }) => record._id);
    const marked = await this.hashesOf(ids);
    const differing = batch.filter(({ record, hash }) => marked.get(record._id) !== hash).map(({ record }) => record._id);
    const stored = await this.storedOf(ids, differing);
    const at = this.now();

    const fresh = batch.filter(({ record }) => !stored.has(record._id));
    const refused = new Set(await this.insert(fresh, at));
    for (const waiting of refused) waiting.refuse('another record has its key');
    this.written.refused += refused.size;
    this.written.inserted += fresh.length - refused.size;

    const known = batch.filter(({ record }) => stored.has(record._id));
    const changed = known.filter(({ record, hash }) => marked.get(record._id) !== hash);
    const updated = await this.update(changed, stored, at);
    this.written.updated += updated;
    this.written.unchanged += known.length - updated;

    // Last, so that a load that breaks off before it compares the record itself the next time.
    const remember = batch.filter((waiting) => !refused.has(waiting) && marked.get(waiting.record._id) !== waiting.hash);
    await this.mark(remember, at);
  }

  private async hashesOf(ids: string[]): Promise<Map<string, string>> {
    const marks = await this.marks.find({ institutionId: this.institutionId, _id: { $in: ids } }, { hash: 1 }).lean();
    return new Map(marks.map(({ _id, hash }) => [_id, hash]));
  }

  /** The stored records; of those in `ids` that are not in `differing` only that they are there. */
  private async storedOf(ids: string[], differing: string[]): Promise<Map<string, Record<string, unknown>>> {
    const { collection } = this.model;
    const there = { institutionId: this.institutionId, _id: { $in: ids } };
    const whole = { institutionId: this.institutionId, _id: { $in: differing } };
    const found = [
      ...(await collection.find<Record<string, unknown>>(there as object, { projection: { _id: 1 } }).toArray()),
      ...(differing.length === 0 ? [] : await collection.find<Record<string, unknown>>(whole as object).toArray()),
    ];
    return new Map(found.map((record) => [String(record._id), record]));
  }

  /** Answers those whose natural key is taken. */
  private async insert(fresh: Waiting<T>[], at: Date): Promise<Waiting<T>[]> {
    const complete = fresh.map(({ record }) => ({ ...record, version: 1, createdAt: record.createdAt ?? at, updatedAt: at }) as unknown as T);
    return (await insertOnce(this.model, complete)).map((position) => fresh[position]!);
  }

  private async update(changed: Waiting<T>[], stored: Map<string, Record<string, unknown>>, at: Date): Promise<number> {
    const updates = changed.flatMap(({ record }) => {
      const before = stored.get(record._id);
      if (before === undefined) return []; // deleted since it was read
      const differing = Object.entries(record).filter(([field, value]) => !isDeepStrictEqual(before[field], value));
      if (differing.length === 0) return [];
      const filter = { institutionId: this.institutionId, _id: record._id, version: before.version };
      const $set = { ...Object.fromEntries(differing), updatedAt: at };
      return [{ updateOne: { filter, update: { $set, $inc: { version: 1 } } } }];
    });
    if (updates.length === 0) return 0;
    const { modifiedCount } = await this.model.collection.bulkWrite(updates as never, { ordered: false });
    if (modifiedCount === updates.length) return modifiedCount;
    // Some were changed by others since they were read, and are compared again: they would be marked as loaded without it.
    const ids = changed.map(({ record }) => record._id);
    return modifiedCount + (await this.update(changed, await this.storedOf(ids, ids), at));
  }

  private async mark(loaded: Waiting<T>[], at: Date): Promise<void> {
    if (loaded.length === 0) return;
    const { institutionId } = this;
    const marks = loaded.map(({ record: { _id }, hash }) => ({
      updateOne: {
        filter: { institutionId, _id },
        update: { $set: { hash, updatedAt: at }, $setOnInsert: { version: 1, createdAt: at } },
        upsert: true,
      },
    }));
    await this.marks.collection.bulkWrite(marks as never, { ordered: false });
  }
}
