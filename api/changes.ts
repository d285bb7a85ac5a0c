/**
 * Changes of configuration: one atomic update that also says who changed what, then the entry of the audit (platform.md 12).
 *
 * A process that dies between the two leaves `lastChange` behind, from which the housekeeping inserts the entry.
 */
import { isDeepStrictEqual } from 'node:util';
import { Error as MongooseError, type Model } from 'mongoose';
import type { Now } from '../config/clock.js';
import type { Models } from '../models/models.js';
import { newId, type Versioned } from '../models/document.js';
import type { Actor, Change, LastChange } from '../models/scheduled-job.js';
import { Refusal } from './refusal.js';
import type { Viewer } from './viewer.js';

export interface Author {
  actor: Actor;
  requestId: string;
  reason: string | null;
}

export function authorOf(viewer: Viewer, requestId: unknown, reason: string | null = null): Author {
  return { actor: viewer.actor, requestId: String(requestId), reason };
}

interface Target {
  type: string;
  id: string;
  label: string;
}

export type Configuration = Versioned & { lastChange: LastChange | null };

/**
 * Makes a document and its entry, whose change is the whole `content`; answers its id. A key that is taken is the store's error.
 * `secret`: stored as well, and in the audit by its names alone (platform.md 12).
 */
export async function createRecorded<T extends Configuration>(
  { models, now }: { models: Models; now: Now },
  model: Model<T>,
  institutionId: string,
  content: object,
  { label, author, secret = {} }: { label: string; author: Author; secret?: object },
): Promise<string> {
  const action = 'CREATE';
  const id = newId();
  const hidden = Object.keys(secret).map((path) => ({ path, before: null, after: 'changed' }));
  const changes = [...Object.entries(content).map(([path, after]: [string, unknown]) => ({ path, before: null, after })), ...hidden];
  const lastChange: LastChange = { version: 1, actor: author.actor, action, changes, requestId: author.requestId };
  await new model({ ...content, ...secret, _id: id, institutionId, lastChange }).save();
  await insertEntry(models, institutionId, { type: model.modelName, id, label }, '1', { action, changes, author, at: now() });
  return id;
}

type Deletable = Configuration & { code: string; deletedAt: Date | null; deleteAfter: Date | null };

/**
 * Makes a document under a code that no other of the institution has, or revives the deleted one that had it (README.md, Documents: Deleting).
 * Refusal `duplicate`, which begins with `existing`: `There is a fulfillment unit`.
 */
export async function createByCode<T extends Deletable>(
  context: { models: Models; now: Now },
  model: Model<T>,
  institutionId: string,
  content: Partial<T> & { code: string },
  { existing, label, author }: { existing: string; label: string; author: Author },
): Promise<void> {
  const { code } = content;
  const message = `"${code}" was given; expected a code that is not taken`;
  const duplicate = () => new Refusal('duplicate', `${existing} "${code}" already.`, [{ pointer: '/code', code: 'duplicate', message }]);
  const former = await model.findOne({ institutionId, code }).lean<T>();
  if (former !== null && former.deletedAt === null) throw duplicate();
  try {
    if (former === null) await createRecorded(context, model, institutionId, content, { label, author });
    else await saveChange(context, model, former, { ...content, deletedAt: null, deleteAfter: null }, { action: 'CREATE', label, author });
  } catch (error) {
    // Somebody else made or revived it meanwhile.
    throw isDuplicateKey(error) || (error instanceof Refusal && error.slug === 'precondition-failed') ? duplicate() : error;
  }
}

const KEPT_DELETED_MS = 400 * 24 * 60 * 60 * 1000;
/** What `saveChange` sets where a document is deleted: it is out of every selection, and stays on record for 400 days. */
export const deletion = (now: Date): { deletedAt: Date; deleteAfter: Date } => ({ deletedAt: now, deleteAfter: new Date(now.getTime() + KEPT_DELETED_MS) });

/**
 * Writes `set` if the document still has the version it was read with, and answers the version it has now: the same when nothing
 * differs from what is stored, else one more. Refusal `precondition-failed`: somebody else was faster.
 */
export async function saveChange<T extends Configuration>(
  { models, now }: { models: Models; now: Now },
  model: Model<T>,
  before: T,
  set: Partial<T>,
  { action, label, author }: { action: string; label: string; author: Author },
): Promise<number> {
  const changes = changesBetween(before, set);
  if (changes.length === 0) return before.version;
  const version = before.version + 1;
  const { actor, requestId } = author;
  const lastChange: LastChange = { version, actor, action, changes, requestId };
  const written = await model.updateOne(
    { institutionId: before.institutionId, _id: before._id, version: before.version },
    { $set: { ...set, lastChange }, $inc: { version: 1 } },
  );
  if (written.matchedCount === 0) {
    throw new Refusal('precondition-failed', `${label} was changed by somebody else since version ${before.version} was read.`);
  }
  const target = { type: model.modelName, id: before._id, label };
  await insertEntry(models, before.institutionId, target, String(version), { action, changes, author, at: now() });
  return version;
}

/**
 * Removes a document that still has the version it was read with. What it was, `content`, is written first into its last change and into the
 * audit, so that a removal that breaks off loses nothing and is done again. Refusal `precondition-failed`: somebody else was faster.
 */
export async function removeRecorded<T extends Configuration>(
  { models, now }: { models: Models; now: Now },
  model: Model<T>,
  before: T,
  content: object,
  { label, author }: { label: string; author: Author },
): Promise<void> {
  const { _id, institutionId, version } = before;
  const overtaken = () => new Refusal('precondition-failed', `${label} was changed by somebody else since version ${version} was read.`);
  const action = 'DELETE';
  const changes = Object.entries(content).map(([path, value]: [string, unknown]) => ({ path, before: value, after: null }));
  const last = version + 1;
  const lastChange: LastChange = { version: last, actor: author.actor, action, changes, requestId: author.requestId };
  const noted = await model.updateOne({ institutionId, _id, version }, { $set: { lastChange }, $inc: { version: 1 } });
  if (noted.matchedCount === 0) throw overtaken();
  await insertEntry(models, institutionId, { type: model.modelName, id: _id, label }, String(last), { action, changes, author, at: now() });
  const removed = await model.deleteOne({ institutionId, _id, version: last });
  if (removed.deletedCount === 0) throw overtaken();
}

/** The entry of a deed that changes no configuration: a start, a stop. */
export async function recordDeed(
  { models, now }: { models: Models; now: Now },
  institutionId: string,
  target: Target,
  { action, author, changes = [] }: { action: string; author: Author; changes?: Change[] },
): Promise<void> {
  await insertEntry(models, institutionId, target, `E:${newId()}`, { action, changes, author, at: now() });
}

async function insertEntry(
  models: Models,
  institutionId: string,
  target: Target,
  changeKey: string,
  { action, changes, author, at }: { action: string; changes: Change[]; author: Author; at: Date },
): Promise<void> {
  const { actor, requestId, reason } = author;
  const entry = {
    institutionId, at, actor, action, changeKey, changes, reason, requestId,
    targetType: target.type, targetId: target.id, targetLabel: target.label,
  };
  try {
    await models.AuditEntry.create(entry);
  } catch (error) {
    // The housekeeping was faster: it inserts entries whose change has none.
    if (!isDuplicateKey(error)) throw error;
  }
}

/** Field by field, and inside objects by their paths: `schedule.times`, `parameters.catchUpDays`. Lists count as one value. */
export function changesBetween(before: object, after: object, prefix = ''): Change[] {
  return Object.entries(after).flatMap(([name, value]): Change[] => {
    const path = prefix + name;
    const old: unknown = Reflect.get(before, name) ?? null;
    if (isDeepStrictEqual(old, value ?? null)) return [];
    if (isPlain(old) && isPlain(value)) return changesBetween(old, value, `${path}.`);
    return [{ path, before: old, after: value ?? null }];
  });
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** MongoDB's code of a write that a unique index refused. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof MongooseError) && 'code' in error && error.code === 11_000;
