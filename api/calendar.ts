/**
 * The calendars as staff keep them: records by library or of the institution, edited as drafts and applied in one step (fulfillment-loans.md,
 * S2). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 */
import { z } from 'zod';
import { applyCalendarChanges, type AppliedDraft, type CalendarLevel, type SeenDraft } from '../desk/apply-calendar-changes.js';
import type { DraftableRecord } from '../domain/calendar-drafts.js';
import { newId } from '../models/document.js';
import type { StoredCalendarChange, StoredCalendarRecord } from '../models/library.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { libraryOf } from './libraries.js';
import { Refusal, type InputProblem } from './refusal.js';
import { listTermsOfUse } from './terms-of-use.js';
import { demandIn, type Viewer } from './viewer.js';

const MOST_CHANGES = 1_000;

const day = z.iso.date();
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:00; 23:59 stands for 24:00').nullable().default(null);

export const calendarDraftFields = z.strictObject({
  libraryCode: z.string().min(1).max(100).nullable().default(null).describe('null: of the institution.'),
  type: z.enum(['STANDARD', 'EXCEPTION', 'EVENT']),
  dayOfWeek: z.int().min(1).max(7).nullable().default(null).describe('1 = Monday; of an EXCEPTION null: every day of its range.'),
  fromTime: time,
  toTime: time.describe('After fromTime: opening past midnight is two records. Both null: an EXCEPTION of whole days.'),
  status: z.enum(['OPEN', 'CLOSED']).nullable().default(null).describe('Of an EXCEPTION.'),
  validFrom: day,
  validTo: day,
  eventName: z.string().trim().min(1).max(200).nullable().default(null),
  eventDate: day.nullable().default(null),
  eventTime: time,
  description: z.string().trim().max(2000).default(''),
  replacesRecordId: z.string().max(100).nullable().default(null).describe('The applied record that the draft changes.'),
  remove: z.boolean().default(false).describe('The draft takes that record away.'),
});
export type CalendarDraftFields = z.output<typeof calendarDraftFields>;

/** What a record says, for the audit. */
const content = calendarDraftFields.omit({ libraryCode: true, replacesRecordId: true, remove: true }).strip();

/** What records of each type have no use for. */
const foreign = {
  STANDARD: ['status', 'eventName', 'eventDate', 'eventTime'], EXCEPTION: ['eventName', 'eventDate', 'eventTime'], EVENT: ['dayOfWeek', 'fromTime', 'toTime', 'status'],
} as const satisfies Record<CalendarDraftFields['type'], readonly (keyof CalendarDraftFields)[]>;

export const calendarDraftSchema = calendarDraftFields.superRefine((draft, context) => {
  const refuse = (field: keyof CalendarDraftFields, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  const { type, dayOfWeek, fromTime, toTime, status, validFrom, validTo, eventName, eventDate, replacesRecordId, remove } = draft;
  if (remove) {
    // Whatever a record says, it can be taken away.
    if (replacesRecordId === null) refuse('replacesRecordId', 'nothing was given; expected the record to remove');
    return;
  }
  for (const field of foreign[type]) if (draft[field] !== null) refuse(field, `${draft[field]} was given; expected nothing, as the type is ${type}`);
  if (validTo < validFrom) refuse('validTo', `${validTo} was given; expected ${validFrom} or later`);
  if ((fromTime === null) !== (toTime === null)) refuse('toTime', 'one of two times was given; expected both, or none for whole days');
  if (fromTime !== null && toTime !== null && toTime <= fromTime) refuse('toTime', `${toTime} was given; expected a time after ${fromTime}`);
  if (type === 'STANDARD' && dayOfWeek === null) refuse('dayOfWeek', 'nothing was given; expected 1 to 7, as the type is STANDARD');
  if (type === 'STANDARD' && fromTime === null) refuse('fromTime', 'nothing was given; expected a time, as the type is STANDARD');
  if (type === 'EXCEPTION' && status === null) refuse('status', 'nothing was given; expected OPEN or CLOSED, as the type is EXCEPTION');
  if (type === 'EVENT' && eventName === null) refuse('eventName', 'nothing was given; expected a name, as the type is EVENT');
  if (type === 'EVENT' && eventDate === null) refuse('eventDate', 'nothing was given; expected a day, as the type is EVENT');
});

/** Applied and drafted, in the order in which they count. Refusal: not-found. */
export async function calendarRecordsOf(context: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<StoredCalendarRecord[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const institutionId = viewer.institution.code;
  await demandLibrary(context, viewer, libraryCode);
  return context.models.CalendarRecord.find({ institutionId, ...levelOf(libraryCode) }).sort({ createdAt: 1, _id: 1 }).lean();
}

/** Of one calendar; refusal: not-found. */
export async function calendarRecordOf({ models }: ApiContext, viewer: Viewer, libraryCode: string | null, id: string): Promise<StoredCalendarRecord> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const record = await models.CalendarRecord.findOne({ institutionId: viewer.institution.code, _id: id, ...levelOf(libraryCode) }).lean();
  if (record === null) throw new Refusal('not-found', `There is no record ${id} in this calendar.`);
  return record;
}

/**
 * Drafts all of them or none; each is a body or a form as it came. No rule sees a draft until it is applied.
 * Refusals: forbidden, not-found, validation-failed with a pointer per field, duplicate, not-possible for an event that terms of use lend until.
 */
export async function draftCalendarRecords(context: ApiContext, viewer: Viewer, inputs: readonly unknown[]): Promise<StoredCalendarRecord[]> {
  demandConfigure(viewer);
  const drafts = inputs.map((input) => valid('draft', checked(calendarDraftSchema, input)));
  for (const draft of drafts) await demandDraftable(context, viewer, draft, null);
  const institutionId = viewer.institution.code;
  const made = await context.models.CalendarRecord.insertMany(
    drafts.map((draft) => ({ _id: newId(), institutionId, ...draft, ...levelOf(draft.libraryCode), state: 'DRAFT' as const })),
  );
  return made.map((draft) => draft.toObject());
}

/**
 * Replaces what `before`, a draft as it was read, says; it goes on to be of the same calendar, type and record.
 * Refusals as of drafting, not-possible for a record in force, and precondition-failed when somebody else changed, discarded or applied it since.
 */
export async function changeCalendarDraft(context: ApiContext, viewer: Viewer, before: StoredCalendarRecord, input: unknown): Promise<StoredCalendarRecord> {
  demandConfigure(viewer);
  if (before.state === 'APPLIED') throw new Refusal('not-possible', 'This record is in force: it is changed by a draft that replaces it.');
  const draft = valid('draft', checked(calendarDraftSchema, input));
  const moved = (['libraryCode', 'type', 'replacesRecordId'] as const).filter((field) => draft[field] !== before[field]);
  if (moved.length > 0) {
    refuse('validation-failed', moved.map((field) => (
      { pointer: `/${field}`, code: 'changed', message: `${shown(draft[field])} was given; expected ${shown(before[field])}, which stays` })));
  }
  await demandDraftable(context, viewer, draft, before._id);
  const { institutionId, _id, version } = before;
  const saved = await context.models.CalendarRecord.findOneAndUpdate(
    { institutionId, _id, version, state: 'DRAFT' }, { $set: draft, $inc: { version: 1 } }, { returnDocument: 'after' },
  ).lean();
  if (saved === null) throw new Refusal('precondition-failed', 'This draft was changed, discarded or applied by somebody else meanwhile. Open the calendar again.');
  return saved;
}

/** Refusals: forbidden, not-found. */
export async function discardCalendarDraft({ models }: ApiContext, viewer: Viewer, id: string): Promise<void> {
  demandConfigure(viewer);
  const { deletedCount } = await models.CalendarRecord.deleteOne({ institutionId: viewer.institution.code, _id: id, state: 'DRAFT' });
  if (deletedCount === 0) throw new Refusal('not-found', `There is no draft ${id}.`);
}

/** All of one calendar. Refusals: forbidden, not-found where there are none. */
export async function discardCalendarDrafts({ models }: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<void> {
  demandConfigure(viewer);
  const { deletedCount } = await models.CalendarRecord.deleteMany({ institutionId: viewer.institution.code, ...levelOf(libraryCode), state: 'DRAFT' });
  if (deletedCount === 0) throw new Refusal('not-found', 'This calendar has no drafts.');
}

/** "Apply changes": of the drafts that were `seen`, or of all (null). Refusals: forbidden, not-found, not-possible, precondition-failed. */
export async function applyCalendar(
  context: ApiContext, viewer: Viewer, libraryCode: string | null, author: Author, seen: readonly SeenDraft[] | null,
): Promise<StoredCalendarChange> {
  demandConfigure(viewer);
  const { models, now } = context;
  const institutionId = viewer.institution.code;
  await demandLibrary(context, viewer, libraryCode);
  // Before anything counts: what breaks off after it is applied by asking again, which is another entry.
  const note = async ({ _id, fromDate, toDate }: StoredCalendarChange, drafts: readonly AppliedDraft[]) => {
    const changes = drafts.map(({ draft, before }) => (
      { path: `calendarRecords.${before?._id ?? draft._id}`, before: before === null ? null : content.parse(before), after: draft.remove ? null : content.parse(draft) }));
    const target = { type: 'CalendarChange', id: _id, label: `${libraryCode ?? 'Institution'}, ${fromDate} to ${toDate}` };
    await recordDeed(context, institutionId, target, { action: 'APPLY', author, changes });
  };
  const applied = await applyCalendarChanges({ models, institutionId, at: now(), note }, levelOf(libraryCode), seen);
  if (applied.outcome === 'REFUSED' && applied.reason === 'OTHER_DRAFTS') {
    throw new Refusal('precondition-failed', 'Some of these drafts were changed, discarded or applied by somebody else meanwhile. Look again at what will change.');
  }
  if (applied.outcome === 'REFUSED') throw new Refusal('not-possible', 'This calendar has no drafts to apply.', [{ code: applied.reason, message: 'It has no drafts.' }]);
  return applied.change;
}

/** Those that loans-due-date-correction has not worked through yet, oldest first. */
export async function openCalendarChanges({ models }: ApiContext, viewer: Viewer): Promise<StoredCalendarChange[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  return models.CalendarChange.find({ institutionId: viewer.institution.code, processedAt: null }).sort({ appliedAt: 1 }).limit(MOST_CHANGES).lean();
}

/** The calendar is there, a record that is replaced is in it and has no other draft, and nothing says the same already. */
async function demandDraftable(context: ApiContext, viewer: Viewer, draft: CalendarDraftFields, itself: string | null): Promise<void> {
  const { models } = context;
  const { libraryCode, replacesRecordId, type, remove } = draft;
  await demandLibrary(context, viewer, libraryCode);
  const records = await models.CalendarRecord.find({ institutionId: viewer.institution.code, ...levelOf(libraryCode), type }).lean();
  if (replacesRecordId !== null && !records.some(({ _id, state }) => _id === replacesRecordId && state === 'APPLIED')) {
    throw new Refusal('not-found', `There is no applied ${type} record ${replacesRecordId} in this calendar.`);
  }
  const others = records.filter(({ _id }) => _id !== itself);
  if (replacesRecordId !== null && others.some((other) => other.replacesRecordId === replacesRecordId)) {
    refuse('duplicate', [{ pointer: '/replacesRecordId', code: 'duplicate', message: 'This record has a draft already: change that, or discard it' }]);
  }
  if (type === 'EVENT' && replacesRecordId !== null) await demandEventLeft(context, viewer, draft, replacesRecordId);
  if (remove) return;
  const replaced = new Set(others.map((other) => other.replacesRecordId));
  const twin = others.find((other) => other._id !== replacesRecordId && !other.remove && !replaced.has(other._id) && saysTheSame(other, draft));
  const place = type === 'EVENT' ? '/eventDate' : '/validFrom';
  if (twin !== undefined) refuse('duplicate', [{ pointer: place, code: 'duplicate', message: `The same ${twin.state === 'DRAFT' ? 'has been drafted' : 'is in force'} already` }]);
}

/** An event that terms of use lend until is not taken from the last calendar that has it. */
async function demandEventLeft(context: ApiContext, viewer: Viewer, { eventName, remove }: CalendarDraftFields, replacesRecordId: string): Promise<void> {
  const events = await context.models.CalendarRecord.find({ institutionId: viewer.institution.code, type: 'EVENT' }).lean();
  const before = events.find(({ _id }) => _id === replacesRecordId)?.eventName ?? null;
  if (before === null || (before === eventName && !remove)) return;
  const going = new Set([replacesRecordId, ...events.filter((event) => event.remove || event.eventName !== before).map((event) => event.replacesRecordId)]);
  if (events.some(({ _id, state, eventName: name }) => state === 'APPLIED' && name === before && !going.has(_id))) return;
  const lendUntilIt = (await listTermsOfUse(context, viewer)).filter(({ policies }) =>
    [policies?.dueDate, policies?.renewalPeriod].some((period) => period?.kind === 'EVENT' && period.eventName === before));
  if (lendUntilIt.length === 0) return;
  const named = lendUntilIt.map(({ terms }) => terms.code).join(', ');
  refuse('not-possible', [{ pointer: '/eventName', code: 'in-use', message: `Terms of use lend until "${before}", which no other calendar has: ${named}. Change them first` }]);
}

const telling = ['dayOfWeek', 'fromTime', 'toTime', 'status', 'validFrom', 'validTo', 'eventName', 'eventDate', 'eventTime'] as const;
const saysTheSame = (record: StoredCalendarRecord, draft: CalendarDraftFields): boolean => telling.every((field) => record[field] === draft[field]);

function refuse(slug: 'validation-failed' | 'duplicate' | 'not-possible', problems: InputProblem[]): never {
  throw new Refusal(slug, `The draft cannot be saved: ${problems.map(({ message }) => message).join('; ')}.`, problems);
}
const shown = (value: string | null): string => (value === null ? 'nothing' : `"${value}"`);

/** As the rules take them. */
export const recordsForRules = (records: readonly StoredCalendarRecord[]): (DraftableRecord & { description: string })[] =>
  records.map((record) => ({ ...record, createdAt: record.createdAt.getTime() }));

/** null: those of the institution. */
export function byLibrary<T extends { libraryCode: string | null }>(records: readonly T[]): Map<string | null, T[]> {
  const by = new Map<string | null, T[]>();
  for (const record of records) {
    const known = by.get(record.libraryCode);
    if (known === undefined) by.set(record.libraryCode, [record]);
    else known.push(record);
  }
  return by;
}

export const levelOf = (libraryCode: string | null): CalendarLevel => (libraryCode === null ? { level: 'INSTITUTION', libraryCode } : { level: 'LIBRARY', libraryCode });
const demandConfigure = (viewer: Viewer): void => demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'the calendar');

async function demandLibrary(context: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<void> {
  if (libraryCode !== null) await libraryOf(context, viewer, libraryCode);
}
