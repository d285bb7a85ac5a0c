/**
 * A collection that people can load from a file of lines.
 *
 * A line names a record by its natural key, and other records by theirs (`primaryId`, `barcode`, a code). What a line does not say
 * stays as it is; a new record has the defaults of the data model. Of two lines for one record the later one counts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Model } from 'mongoose';
import type { z } from 'zod';
import type { Now } from '../../../config/clock.js';
import type { Zone } from '../../../domain/days.js';
import type { Versioned } from '../../../models/document.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { Models } from '../../../models/models.js';
import { recordIdOf } from '../record-id.js';

export interface Destination {
  models: Models;
  institutionId: string;
  zone: Zone;
  currency: string;
  now: Now;
}

/** One place of a line that is wrong. */
export interface Reason {
  place: string;
  value: unknown;
  expectation: string;
}
/** REPLACED: a later line about the same record counts instead. */
export type Outcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'REPLACED' | { reasons: Reason[] };

/** Some lines of a file, looked at by themselves. */
export interface Checked {
  /** What they may change; null: whatever other lines may. Lines that share a subject are loaded one after the other. */
  subjects: ReadonlySet<string> | null;
  /** Answers for each line, in the same order, what became of it. */
  load(destination: Destination): Promise<Outcome[]>;
}

export interface Loadable {
  /** Takes lines already parsed into values. */
  check(lines: unknown[]): Checked;
}

/** What a line gives of a record; `createdAt` only where it says something (a fee: when the debt began). */
type Fields<T extends Versioned> = Partial<Omit<T, '_id' | 'institutionId' | 'updatedAt' | 'version'>>;

/** A stored record as far as lines may change it. */
type Kept<T extends Versioned, Field extends keyof T> = Pick<T, Field | '_id' | 'version'>;

export interface Definition<T extends Versioned, Line extends object, References, Field extends keyof T = keyof T> {
  name: string;
  model: (models: Models) => Model<T>;
  line: z.ZodType<Line>;
  /** The natural key of the record that a line is about, and of a stored record. */
  keyOf: (line: Line) => string;
  storedKeyOf: (record: Kept<T, Field>) => string;
  /** The records that lines may be about, by an index; more than those does no harm. Whole, or the fields that `fields` may give of a stored one. */
  stored: (model: Model<T>, institutionId: string, lines: Line[]) => Promise<Kept<T, Field>[]>;
  /** What lines refer to, one query a collection; `fresh` are those of the lines that are about no stored record. */
  references: (destination: Destination, lines: Line[], fresh: Line[]) => Promise<References>;
  /** `before` is the record as stored, undefined for a new one. A field that is undefined stays as it is. */
  fields: (line: Line, references: References, destination: Destination, before: Kept<T, Field> | undefined) => Fields<T> | Reason[];
  /** A new record but for what its line gives; a field that is undefined must be given. */
  blank: (id: string, destination: Destination) => { [Name in keyof Omit<T, keyof Versioned>]: T[Name] | undefined };
  /**
   * What has to be written beside the records that lines are about, and taken back of lines that were refused. It hears of records that stayed as they were
   * as well: a load that broke off may have written them and nothing beside.
   */
  beside: (destination: Destination, records: Kept<T, Field>[], references: References) => Promise<void>;
  /** What a line may change, by a name that other lines about it have too; left out where a line's place in the file may matter to any other. */
  subjectOf?: (line: Line) => string;
}

interface Asked<T extends Versioned> {
  places: number[];
  fields: Fields<T>;
}

export function loadable<T extends Versioned, Line extends object, References, Field extends keyof T = keyof T>(
  definition: Definition<T, Line, References, Field>,
): Loadable {
  const { line: schema, subjectOf } = definition;
  return {
    check(values) {
      const outcomes: Outcome[] = [];
      const good: Good<Line>[] = [];
      for (const [place, value] of values.entries()) {
        const parsed = schema.safeParse(value, { reportInput: true });
        outcomes.push(parsed.success ? 'UNCHANGED' : { reasons: parsed.error.issues.flatMap((issue) => reasonsOf(issue, value)) });
        if (parsed.success) good.push({ place, line: parsed.data, key: definition.keyOf(parsed.data) });
      }
      return {
        subjects: subjectOf === undefined ? null : new Set(good.map(({ line }) => subjectOf(line))),
        async load(destination) {
          if (good.length > 0) await loadLines(definition, destination, good, outcomes);
          return outcomes;
        },
      };
    },
  };
}

/** A line that is right by itself, its place among the others, and the key of its record. */
interface Good<Line> {
  place: number;
  line: Line;
  key: string;
}

async function loadLines<T extends Versioned, Line extends object, References, Field extends keyof T>(
  definition: Definition<T, Line, References, Field>,
  destination: Destination,
  good: Good<Line>[],
  outcomes: Outcome[],
): Promise<void> {
  const { models, institutionId } = destination;
  const lines = good.map(({ line }) => line);
  const found = await definition.stored(definition.model(models), institutionId, lines);
  const stored = new Map(found.map((record) => [definition.storedKeyOf(record), record]));
  const references = await definition.references(destination, lines, good.filter(({ key }) => !stored.has(key)).map(({ line }) => line));

  const asked = new Map<string, Asked<T>>();
  for (const { place, line, key } of good) {
    const fields = definition.fields(line, references, destination, stored.get(key));
    if (Array.isArray(fields)) outcomes[place] = { reasons: fields };
    else collect(asked, key, place, fields);
  }
  const standing = await upsert(definition, destination, stored, asked, outcomes);
  await definition.beside(destination, standing, references);
}

/** Answers the records as they stand now, written or not. */
async function upsert<T extends Versioned, Line extends object, References, Field extends keyof T>(
  definition: Definition<T, Line, References, Field>,
  destination: Destination,
  stored: ReadonlyMap<string, Kept<T, Field>>,
  asked: ReadonlyMap<string, Asked<T>>,
  outcomes: Outcome[],
): Promise<Kept<T, Field>[]> {
  const { institutionId } = destination;
  const model = definition.model(destination.models);
  const at = destination.now();
  const settle = ({ places }: Asked<T>, outcome: Outcome) => {
    for (const [index, place] of places.entries()) outcomes[place] = index === places.length - 1 ? outcome : 'REPLACED';
  };

  const unchanged: Kept<T, Field>[] = [];
  const fresh: { one: Asked<T>; record: T }[] = [];
  const updates: { one: Asked<T>; record: Kept<T, Field>; update: object }[] = [];
  for (const [key, one] of asked) {
    const before = stored.get(key);
    if (before === undefined) {
      const _id = newRecordId(definition.name, institutionId, key);
      const record = { _id, institutionId, createdAt: at, ...definition.blank(_id, destination), updatedAt: at, version: 1 } as unknown as T;
      assignGiven(record, one.fields);
      const needed = Object.keys(record).filter((field) => record[field as keyof T] === undefined);
      if (needed.length > 0) settle(one, { reasons: needed.map((place) => ({ place, value: null, expectation: 'needed for a new record' })) });
      else fresh.push({ one, record });
      continue;
    }
    const changes = changesTo<T>(before as Partial<T>, one.fields);
    if (changes === null) {
      settle(one, 'UNCHANGED');
      unchanged.push(before);
      continue;
    }
    const filter = { institutionId, _id: before._id, version: before.version };
    const update = { updateOne: { filter, update: { $set: { ...changes, updatedAt: at }, $inc: { version: 1 } } } };
    updates.push({ one, record: { ...before, ...changes }, update });
  }

  const taken = new Set(await insertOnce(model, fresh.map(({ record }) => record)));
  for (const [position, { one }] of fresh.entries()) {
    settle(one, taken.has(position) ? { reasons: [{ place: '', value: null, expectation: 'a key that no other record has' }] } : 'INSERTED');
  }
  const overtaken = await write(model, institutionId, updates, at);
  for (const { one, record } of updates) settle(one, overtaken.has(record._id) ? { reasons: [OVERTAKEN] } : 'UPDATED');
  const inserted = fresh.filter((_one, position) => !taken.has(position));
  return [...unchanged, ...[...inserted, ...updates].map(({ record }) => record).filter(({ _id }) => !overtaken.has(_id))];
}

const OVERTAKEN: Reason = { place: '', value: null, expectation: 'a record that nobody else changes at the same moment; load the line again' };

/** Answers the ids of the records that others changed since they were read, which are left as they are. */
async function write<T extends Versioned>(
  model: Model<T>, institutionId: string, updates: { record: Pick<T, '_id'>; update: object }[], at: Date,
): Promise<Set<string>> {
  if (updates.length === 0) return new Set();
  const { matchedCount } = await model.collection.bulkWrite(updates.map(({ update }) => update) as never, { ordered: false });
  if (matchedCount === updates.length) return new Set();
  const ids = updates.map(({ record }) => record._id);
  const asked = { institutionId, _id: { $in: ids } };
  const stored = await model.collection.find<Versioned>(asked as object, { projection: { updatedAt: 1 } }).toArray();
  const ours = new Set(stored.filter(({ updatedAt }) => updatedAt.getTime() === at.getTime()).map(({ _id }) => _id));
  return new Set(ids.filter((_id) => !ours.has(_id)));
}

function collect<T extends Versioned>(asked: Map<string, Asked<T>>, key: string, place: number, fields: Fields<T>): void {
  const known = asked.get(key);
  if (known === undefined) asked.set(key, { places: [place], fields });
  else {
    known.places.push(place);
    assignGiven(known.fields, fields);
  }
}

/** Field by field: what is spread or made of entries costs as much as reading the line did. */
function assignGiven<T extends object>(target: T, fields: { [Field in keyof T]?: T[Field] | undefined }): void {
  for (const field in fields) {
    const value = fields[field];
    if (value !== undefined) target[field] = value;
  }
}

/** Null where nothing differs. */
function changesTo<T extends Versioned>(before: Partial<T>, given: Fields<T>): Partial<T> | null {
  const fields = given as Partial<T>;
  let changes: Partial<T> | null = null;
  for (const field in fields) {
    if (fields[field] === undefined || isDeepStrictEqual(before[field], fields[field])) continue;
    changes ??= {};
    changes[field] = fields[field];
  }
  return changes;
}

function reasonsOf(issue: z.core.$ZodIssue, line: unknown): Reason[] {
  const place = issue.path.join('.');
  // Of unknown keys the library names the object around them.
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: [...issue.path, key].join('.'), value: null, expectation: 'no such field' }));
  }
  // Of a rule about several fields the library gives the object around them.
  const value = issue.code === 'custom' ? valueAt(line, issue.path) : issue.input;
  return [{ place, value: value ?? null, expectation: issue.message }];
}

function valueAt(line: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((within, key) => (typeof within === 'object' && within !== null ? Reflect.get(within, key) : undefined), line);
}

/** The `_id` that a record gets when a line makes it. */
export const newRecordId = (name: string, institutionId: string, key: string) => recordIdOf('loaded', institutionId, name, key);

/** For what a line refers to that is not there. */
export const missing = (place: string, value: string, what: string): Reason => ({ place, value, expectation: `the ${what} of this institution` });

/** For collections whose lines refer to nothing, or cause nothing beside. */
export const nothing = async (): Promise<void> => undefined;
