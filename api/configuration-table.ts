/**
 * A small table of records by which staff say how fulfillment works: what is so of each, whatever stands in the records. Listed, read, created,
 * changed and removed, for the API and the pages. Whoever sees fulfillment jobs reads them, whoever configures these changes them; the next run
 * goes by what is saved, runs at work do not change.
 */
import type { Model } from 'mongoose';
import type { z } from 'zod';
import type { Models } from '../models/models.js';
import { createRecorded, isDuplicateKey, removeRecorded, saveChange, type Author, type Configuration } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { Refusal, type InputProblem } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export interface ConfigurationTable<Stored extends Configuration, Values extends Partial<Stored> = Partial<Stored>> {
  /** As sentences name a record and several: `patron limit`, `patron limits`. */
  one: string;
  many: string;
  model: (models: Models) => Model<Stored>;
  /** A whole record: a field that is left out gets its default, also when a record is changed. */
  schema: z.ZodObject & z.ZodType<Values>;
  /** What people tell the records apart by. */
  key: keyof Stored & keyof Values & string;
  /** By which the records are listed. */
  sort: keyof Stored & string;
  /** What its records have in common, of all that are in the collection. */
  scope: Partial<Stored>;
  /** What a new record has beside its values and the scope. */
  beside(context: ApiContext, viewer: Viewer): Promise<Partial<Stored>>;
  /** What is wrong with a record beside its schema: what it names and is not there. `before` null: it is new. */
  problems(context: ApiContext, viewer: Viewer, values: Values, before: Stored | null): Promise<InputProblem[]>;
  /** What still goes by a record, so that it stays: `the overdue profile "First notice" places it`; null: nothing. */
  usedBy(context: ApiContext, stored: Stored): Promise<string | null>;
}

/** In their order. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listRecords<Stored extends Configuration>({ models }: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>): Promise<Stored[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', table.many);
  return table.model(models).find({ institutionId: viewer.institution.code, ...table.scope }).sort({ [table.sort]: 1, _id: 1 }).lean<Stored[]>();
}

/** Refusal: not-found. */
export async function recordOf<Stored extends Configuration>({ models }: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>, id: string): Promise<Stored> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `${table.one} ${id}`);
  const stored = await table.model(models).findOne({ institutionId: viewer.institution.code, _id: id, ...table.scope }).lean<Stored>();
  if (stored === null) throw new Refusal('not-found', `There is no ${table.one} ${id}.`);
  return stored;
}

/** `input` is a body or a form as it came. Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createRecord<Stored extends Configuration>(
  context: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>, input: unknown, author: Author,
): Promise<Stored> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', table.many);
  const values = await checkedValues(context, viewer, table, input, null);
  const label = labelOf(table, values);
  const content = { ...table.scope, ...(await table.beside(context, viewer)), ...values };
  const id = await once(table, label, () => createRecorded(context, table.model(context.models), viewer.institution.code, content, { label, author }));
  return recordOf(context, viewer, table, id);
}

/** Replaces `before`, the record as it was read. Refusals as of creating, and precondition-failed when somebody else changed it since. */
export async function changeRecord<Stored extends Configuration>(
  context: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>, before: Stored, input: unknown, author: Author,
): Promise<Stored> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', table.many);
  const values = await checkedValues(context, viewer, table, input, before);
  const label = labelOf(table, values);
  await once(table, label, () => saveChange(context, table.model(context.models), before, values, { action: 'CHANGE', label, author }));
  return recordOf(context, viewer, table, before._id);
}

/** What was done by it stays on record. The entry of the audit holds what it was. Refusals: forbidden, not-possible while something goes by it. */
export async function removeRecord<Stored extends Configuration>(
  context: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>, before: Stored, author: Author,
): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', table.many);
  const label = labelOf(table, before);
  const use = await table.usedBy(context, before);
  if (use !== null) throw new Refusal('not-possible', `The ${table.one} ${label} stays: ${use}.`, [{ code: 'in-use', message: `It cannot be deleted: ${use}` }]);
  await removeRecorded(context, table.model(context.models), before, valuesOf(table, before), { label, author });
}

/** Of a stored record the fields that staff set. */
export const valuesOf = <Stored extends Configuration>(table: ConfigurationTable<Stored>, stored: Stored): Record<string, unknown> =>
  Object.fromEntries(Object.keys(table.schema.shape).map((field) => [field, Reflect.get(stored, field)]));

export const labelOf = <Stored extends Configuration>(table: ConfigurationTable<Stored>, values: Partial<Stored>): string => String(values[table.key]);

async function checkedValues<Stored extends Configuration>(
  context: ApiContext, viewer: Viewer, table: ConfigurationTable<Stored>, input: unknown, before: Stored | null,
): Promise<Partial<Stored>> {
  const values = valid<Partial<Stored>>(table.one, checked<Partial<Stored>>(table.schema, input));
  const problems = await table.problems(context, viewer, values, before);
  return valid(table.one, problems.length > 0 ? { value: null, problems } : { value: values, problems: [] });
}

/** Does `write`. Refusal `duplicate`: another record of the table has the key. */
async function once<Stored extends Configuration, T>({ one, key }: ConfigurationTable<Stored>, label: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const message = `"${label}" was given; expected one that no other ${one} has`;
    throw new Refusal('duplicate', `The ${one} "${label}" is there already.`, [{ pointer: `/${key}`, code: 'duplicate', message }]);
  }
}
