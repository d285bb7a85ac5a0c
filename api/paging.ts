/**
 * Lists by keyset: a page goes on after the last record of the one before, so that what is inserted meanwhile is neither shown twice
 * nor shifts anything (platform.md 17).
 */
import { createHash } from 'node:crypto';
import type { Model, ProjectionType, QueryFilter } from 'mongoose';
import { z } from 'zod';
import { Refusal } from './refusal.js';

/** The place after a record: the value it is sorted by, and its id among those with the same value. */
interface Place {
  key: string | number | Date;
  id: string;
}

export interface Listing<T> {
  model: Model<T>;
  filter: QueryFilter<T>;
  /** An indexed field after those of the filter. */
  sortBy: string;
  direction: 1 | -1;
  limit: number;
  cursor: string | null;
  projection?: ProjectionType<T>;
}

export interface PageOf<T> {
  items: T[];
  /** Cursor of the next page; null: this is the last one. */
  next: string | null;
}

/** One page, lean. Two queries, the rest of the same key and then later keys: `$or` would cost the index (spec/README.md, Storage). */
export async function pageOf<T extends { _id: string }>({ model, filter, sortBy, direction, limit, cursor, projection = {} }: Listing<T>): Promise<PageOf<T>> {
  const stamp = stampOf(filter, sortBy, direction);
  const after = cursor === null ? null : readCursor(cursor, stamp);
  const beyond = direction === 1 ? '$gt' : '$lt';
  const read = async (range: Record<string, unknown>, atMost: number): Promise<T[]> => {
    const narrowed = { $and: [filter, range] } as QueryFilter<T>;
    return (await model.find(narrowed, projection).sort({ [sortBy]: direction, _id: direction }).limit(atMost).lean()) as T[];
  };

  const items: T[] = [];
  if (after === null) items.push(...(await read({}, limit + 1)));
  else {
    items.push(...(await read({ [sortBy]: after.key, _id: { [beyond]: after.id } }, limit + 1)));
    if (items.length <= limit) items.push(...(await read({ [sortBy]: { [beyond]: after.key } }, limit + 1 - items.length)));
  }
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items, next: null };
  return { items: items.slice(0, limit), next: cursorAfter({ key: keyOf(last, sortBy), id: last._id }, stamp) };
}

const cursorShape = z.tuple([z.string(), z.enum(['date', 'string', 'number']), z.union([z.string(), z.number()]), z.string()]);

function cursorAfter({ key, id }: Place, stamp: string): string {
  const kind = key instanceof Date ? 'date' : typeof key;
  return Buffer.from(JSON.stringify([stamp, kind, key, id])).toString('base64url');
}

function readCursor(cursor: string, stamp: string): Place {
  const parsed = cursorShape.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data[0] !== stamp) {
    throw new Refusal('invalid-cursor', 'The cursor belongs to a list with another filter or another order. Begin at the first page.', [
      { parameter: 'cursor', code: 'invalid', message: `${JSON.stringify(cursor.slice(0, 80))} was given; expected the next of a page of this very list` },
    ]);
  }
  const [, kind, key, id] = parsed.data;
  return { key: kind === 'date' ? new Date(key) : key, id };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no cursor of ours
  }
}

const stampOf = (...parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 10);

function keyOf(item: object, path: string): Place['key'] {
  const value: unknown = Reflect.get(item, path);
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Date) return value;
  throw new TypeError(`a list cannot be sorted by ${path}, which is ${String(value)} in one of its records`);
}
