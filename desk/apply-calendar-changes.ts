/** "Apply changes": edited calendar records are drafts that no rule sees until then (fulfillment-loans.md, S2.6). */
import { daysOfChange } from '../domain/fulfillment/calendar-changes.js';
import { newId } from '../models/document.js';
import type { StoredCalendarChange, StoredCalendarRecord } from '../models/library.js';
import type { Deed } from './deed.js';

/** It writes to nobody, and the API records who asked. */
type Applying = Pick<Deed, 'models' | 'institutionId' | 'at'> & {
  /** Keeps for the audit what is about to count: when it does, nothing of it may be lost. */
  note?: (change: StoredCalendarChange, drafts: AppliedDraft[]) => Promise<void>;
};

/** Of the institution, or of one library. */
export type CalendarLevel = { level: 'INSTITUTION'; libraryCode: null } | { level: 'LIBRARY'; libraryCode: string };

/** A draft as it was seen by whoever wants it applied. */
export type SeenDraft = Pick<StoredCalendarRecord, '_id' | 'version'>;

/** A draft that counts now, and the record in force before that it changed or removed; null: it is new. */
export interface AppliedDraft {
  draft: StoredCalendarRecord;
  before: StoredCalendarRecord | null;
}

export type AppliedCalendarChanges = { outcome: 'APPLIED'; change: StoredCalendarChange; drafts: AppliedDraft[] } | { outcome: 'REFUSED'; reason: 'NO_DRAFTS' | 'OTHER_DRAFTS' };

/**
 * Makes drafts of one level count, and writes the one change by which loans-due-date-correction finds the loans concerned. `seen`: these, if they are
 * still as they were seen, and no others; null: all.
 *
 * The change is written before any draft counts, and opened again after the last: a run in between has looked by half a calendar. What
 * breaks off leaves drafts, which are applied by asking again.
 */
export async function applyCalendarChanges(deed: Applying, { level, libraryCode }: CalendarLevel, seen: readonly SeenDraft[] | null = null): Promise<AppliedCalendarChanges> {
  const { models, institutionId, at } = deed;
  const chosen = seen === null ? {} : { _id: { $in: seen.map(({ _id }) => _id) } };
  const drafts = await models.CalendarRecord.find({ institutionId, level, libraryCode, state: 'DRAFT', ...chosen }).sort({ createdAt: 1, _id: 1 }).lean();
  const versions = new Map(drafts.map(({ _id, version }) => [_id, version]));
  if (seen?.some(({ _id, version }) => versions.get(_id) !== version)) return { outcome: 'REFUSED', reason: 'OTHER_DRAFTS' };
  const [first, ...others] = drafts;
  if (first === undefined) return { outcome: 'REFUSED', reason: 'NO_DRAFTS' };
  const replaced = await models.CalendarRecord.find({ institutionId, _id: { $in: drafts.flatMap(({ replacesRecordId }) => replacesRecordId ?? []) } }).lean();
  const change = await models.CalendarChange.create({ _id: newId(), institutionId, level, libraryCode, ...daysOfChange([first, ...others, ...replaced]), appliedAt: at });
  const applied = drafts.map((draft) => ({ draft, before: replaced.find(({ _id }) => _id === draft.replacesRecordId) ?? null }));
  await deed.note?.(change.toObject(), applied);

  for (const draft of drafts) await apply(deed, draft);
  const open = await models.CalendarChange.findOneAndUpdate(
    { institutionId, _id: change._id },
    { $set: { processedAt: null, processedRunId: null }, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).orFail().lean();
  return { outcome: 'APPLIED', change: open, drafts: applied };
}

/**
 * A changed record keeps its id and its place among the exceptions of a day, which is by the time it was made. A draft that somebody changes meanwhile
 * stays one.
 */
async function apply({ models: { CalendarRecord }, institutionId }: Applying, draft: StoredCalendarRecord): Promise<void> {
  const { _id, version, replacesRecordId, remove } = draft;
  if (replacesRecordId === null) {
    await CalendarRecord.updateOne({ institutionId, _id, version, state: 'DRAFT' }, { $set: { state: 'APPLIED' }, $inc: { version: 1 } });
    return;
  }
  const { type, dayOfWeek, fromTime, toTime, status, validFrom, validTo, eventName, eventDate, eventTime, description } = draft;
  const values = { type, dayOfWeek, fromTime, toTime, status, validFrom, validTo, eventName, eventDate, eventTime, description };
  if (remove) await CalendarRecord.deleteOne({ institutionId, _id: replacesRecordId });
  else await CalendarRecord.updateOne({ institutionId, _id: replacesRecordId }, { $set: values, $inc: { version: 1 } });
  await CalendarRecord.deleteOne({ institutionId, _id, version, state: 'DRAFT' });
}
