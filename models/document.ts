/** What every document has, said once (spec/README.md, Documents). */
import { Schema, Types, type SchemaDefinition } from 'mongoose';

/** The fields that every document carries. */
export interface Stored {
  /** 24 lower-case hex digits made by the application, or a natural key where the data model says so. */
  _id: string;
  /** The institution's code; `*` for the whole installation. */
  institutionId: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A document that is changed after it was made: `version` starts at 1 and rises with every write. */
export interface Versioned extends Stored {
  version: number;
}

/** A new identifier: 24 lower-case hex digits, rising with time, never a BSON ObjectId. */
export const newId = (): string => new Types.ObjectId().toHexString();

const common = {
  _id: { type: String, default: newId },
  institutionId: { type: String, required: true },
} as const;

/** A page arrives in one answer: the server's own first answer holds 101 documents, and the rest would be asked for in another. */
const ONE_ANSWER = 2_000;

const options = {
  strict: 'throw',
  timestamps: true,
  versionKey: false,
  minimize: false,
  id: false,
  suppressReservedKeysWarning: true,
} as const;

/** The schema of an entity that is never changed after it was written. */
export function appendOnly<T extends Stored>(collection: string, definition: SchemaDefinition): Schema<T> {
  const schema = new Schema<T>({ ...common, ...definition } as SchemaDefinition, {
    ...options,
    collection,
  }) as Schema<T>;
  schema.pre('find', function () {
    this.batchSize(this.getOptions().batchSize ?? ONE_ANSWER);
  });
  schema.pre(['find', 'updateMany', 'deleteMany'], function () {
    if (namesIds(this.getFilter()) && this.getOptions().hint === undefined) this.hint({ _id: 1 });
  });
  return schema;
}

/** Where an index begins with the institution the server may choose it, and go through all of it in search of the ids. */
const namesIds = ({ _id: ids }: Record<string, unknown>): boolean => typeof ids === 'object' && ids !== null && '$in' in ids;

/** The schema of an entity that is changed after it was written. */
export function versioned<T extends Versioned>(collection: string, definition: SchemaDefinition): Schema<T> {
  return appendOnly<T>(collection, { ...definition, version: { type: Number, default: 1 } });
}

/** A field that must be there. */
export const text = { type: String, required: true } as const;
export const number = { type: Number, required: true } as const;
export const instant = { type: Date, required: true } as const;

/** A field marked `?` in the data model: stored as null when it has no value, never left out. */
export const maybeText = { type: String, default: null } as const;
export const maybeNumber = { type: Number, default: null } as const;
export const maybeInstant = { type: Date, default: null } as const;

/** One of a closed set of stored values. */
export const oneOf = <V extends string>(values: readonly V[]) => ({ type: String, enum: [...values], required: true });
export const maybeOneOf = <V extends string>(values: readonly V[]) => ({
  type: String,
  enum: [...values, null],
  default: null,
});

/** A list of texts; empty where nothing was said. */
export const texts = { type: [String], default: [] };

/** A subdocument without an identity of its own. */
export const part = (definition: SchemaDefinition): Schema =>
  new Schema(definition, { _id: false, strict: 'throw', minimize: false, suppressReservedKeysWarning: true });

/** A value whose shape another rule checks (a catalogue schema, a letter's type). */
export const anything = Schema.Types.Mixed;
