/** How archiving takes up ended records that still name a person: by keyset on the index {…, anonymizedAt, <end>, _id} of each (fulfillment-loans.md, Selection). */
import type { Model, QueryFilter } from 'mongoose';
import { z } from 'zod';
import type { Instant } from '../../../domain/days.js';
import type { Stored } from '../../../models/document.js';

export const RECORDS_A_PAGE = 1_000;

export interface Archived extends Stored {
  anonymizedAt: Date | null;
}

export interface RecordsOfPage<Read> {
  records: Read[];
  /** Place of the last record of this page, null when the walk is over. */
  next: string | null;
}

/** Reads the records of one pass, with the fields that its rules and effects need. */
export interface Walk<Read> {
  count(institutionId: string, before: Instant): Promise<number>;
  page(institutionId: string, before: Instant, cursor: string | null): Promise<RecordsOfPage<Read>>;
  byId(institutionId: string, ids: readonly string[]): Promise<Read[]>;
  /** Whether a record stands at a place or before it. */
  isUpTo(record: Read, place: string): boolean;
}

/** When the last record done has ended, and which it is. */
const place = z.tuple([z.int(), z.string()]);

/** `ended` says of a record that it has an end; `endField` is when. */
export function walkOf<T extends Archived, K extends keyof T>(
  model: Model<T>, ended: QueryFilter<T>, endField: NoInfer<K> & string, fields: Readonly<Record<K, 1>>,
): Walk<Pick<T, K | '_id'>> {
  type Read = Pick<T, K | '_id'>;
  const selected = (institutionId: string, end: unknown, beside: object = {}) => ({ institutionId, ...ended, anonymizedAt: null, [endField]: end, ...beside }) as QueryFilter<T>;
  const read = (filter: QueryFilter<T>, most: number) =>
    model.find(filter, fields).sort({ [endField]: 1, _id: 1 }).limit(most).lean<Read[]>();
  const endOf = (record: Read) => (record[endField] as Date | null)?.getTime() ?? 0;

  return {
    count: (institutionId, before) => model.countDocuments(selected(institutionId, { $lt: new Date(before) })).exec(),
    async page(institutionId, before, cursor) {
      const records = cursor === null ? await read(selected(institutionId, { $lt: new Date(before) }), RECORDS_A_PAGE) : await after(institutionId, before, cursor);
      const last = records.at(-1);
      return { records, next: last !== undefined && records.length === RECORDS_A_PAGE ? JSON.stringify([endOf(last), last._id]) : null };
    },
    byId: (institutionId, ids) => (ids.length === 0 ? Promise.resolve([]) : model.find({ institutionId, _id: { $in: [...ids] } } as QueryFilter<T>, fields).lean<Read[]>().exec()),
    isUpTo(record, to) {
      const [endedAt, id] = place.parse(JSON.parse(to));
      return endOf(record) < endedAt || (endOf(record) === endedAt && record._id <= id);
    },
  };

  async function after(institutionId: string, before: Instant, cursor: string): Promise<Read[]> {
    const [endedAt, id] = place.parse(JSON.parse(cursor));
    const sameInstant = await read(selected(institutionId, new Date(endedAt), { _id: { $gt: id } }), RECORDS_A_PAGE);
    if (sameInstant.length === RECORDS_A_PAGE) return sameInstant;
    const later = await read(selected(institutionId, { $gt: new Date(endedAt), $lt: new Date(before) }), RECORDS_A_PAGE - sameInstant.length);
    return [...sameInstant, ...later];
  }
}
