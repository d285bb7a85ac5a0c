/**
 * The calendars as staff keep them: records by library or of the institution, edited as drafts and applied in one step (fulfillment-loans.md,
 * S2). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 */
import { z } from 'zod';
import { applyCalendarChanges, type CalendarLevel } from '../desk/apply-calendar-changes.js';
import { newId } from '../models/document.js';
import type { StoredCalendarChange, StoredCalendarRecord } from '../models/library.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

const MOST_RECORDS = 1_000;

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

export const calendarDraftSchema = calendarDraftFields.superRefine((draft, context) => {
  const refuse = (field: keyof CalendarDraftFields, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  const { type, dayOfWeek, fromTime, toTime, status, validFrom, validTo, eventName, eventDate, replacesRecordId, remove } = draft;
  if (validTo < validFrom) refuse('validTo', `${validTo} was given; expected ${validFrom} or later`);
  if ((fromTime === null) !== (toTime === null)) refuse('toTime', 'one of two times was given; expected both, or none for whole days');
  if (fromTime !== null && toTime !== null && toTime <= fromTime) refuse('toTime', `${toTime} was given; expected a time after ${fromTime}`);
  if (type === 'STANDARD' && dayOfWeek === null) refuse('dayOfWeek', 'nothing was given; expected 1 to 7, as the type is STANDARD');
  if (type === 'STANDARD' && fromTime === null) refuse('fromTime', 'nothing was given; expected a time, as the type is STANDARD');
  if (type === 'EXCEPTION' && status === null) refuse('status', 'nothing was given; expected OPEN or CLOSED, as the type is EXCEPTION');
  if (type === 'EVENT' && eventName === null) refuse('eventName', 'nothing was given; expected a name, as the type is EVENT');
  if (type === 'EVENT' && eventDate === null) refuse('eventDate', 'nothing was given; expected a day, as the type is EVENT');
  if (remove && replacesRecordId === null) refuse('replacesRecordId', 'nothing was given; expected the record to remove');
});

/** Applied and drafted, in the order in which they count. */
export async function calendarRecordsOf({ models }: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<StoredCalendarRecord[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const institutionId = viewer.institution.code;
  return models.CalendarRecord.find({ institutionId, ...levelOf(libraryCode) }).sort({ createdAt: 1, _id: 1 }).limit(MOST_RECORDS).lean();
}

/** No rule sees it until it is applied. Refusals: forbidden, not-found, validation-failed. */
export async function draftCalendarRecord(context: ApiContext, viewer: Viewer, fields: CalendarDraftFields): Promise<StoredCalendarRecord> {
  demandConfigure(viewer);
  const { models } = context;
  const institutionId = viewer.institution.code;
  const { libraryCode, replacesRecordId, type } = fields;
  await demandLibrary(context, viewer, libraryCode);
  if (replacesRecordId !== null) {
    const replaced = await models.CalendarRecord.findOne({ institutionId, _id: replacesRecordId, ...levelOf(libraryCode), type, state: 'APPLIED' }, { _id: 1 }).lean();
    if (replaced === null) throw new Refusal('not-found', `There is no applied ${type} record ${replacesRecordId} in this calendar.`);
  }
  const draft = await models.CalendarRecord.create({ _id: newId(), institutionId, ...fields, ...levelOf(libraryCode), state: 'DRAFT' });
  return draft.toObject();
}

/** Refusals: forbidden, not-found. */
export async function discardCalendarDraft({ models }: ApiContext, viewer: Viewer, id: string): Promise<void> {
  demandConfigure(viewer);
  const { deletedCount } = await models.CalendarRecord.deleteOne({ institutionId: viewer.institution.code, _id: id, state: 'DRAFT' });
  if (deletedCount === 0) throw new Refusal('not-found', `There is no draft ${id}.`);
}

/** "Apply changes". Refusals: forbidden, not-found, not-possible. */
export async function applyCalendar(context: ApiContext, viewer: Viewer, libraryCode: string | null, author: Author): Promise<StoredCalendarChange> {
  demandConfigure(viewer);
  const { models, now } = context;
  const institutionId = viewer.institution.code;
  await demandLibrary(context, viewer, libraryCode);
  const applied = await applyCalendarChanges({ models, institutionId, at: now() }, levelOf(libraryCode));
  if (applied.outcome === 'REFUSED') throw new Refusal('not-possible', 'This calendar has no drafts to apply.', [{ code: applied.reason, message: 'It has no drafts.' }]);
  const { _id, fromDate, toDate } = applied.change;
  await recordDeed(context, institutionId, { type: 'CalendarChange', id: _id, label: `${libraryCode ?? 'Institution'}, ${fromDate} to ${toDate}` }, { action: 'APPLY', author });
  return applied.change;
}

/** Those that loans-due-date-correction has not worked through yet, oldest first. */
export async function openCalendarChanges({ models }: ApiContext, viewer: Viewer): Promise<StoredCalendarChange[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  return models.CalendarChange.find({ institutionId: viewer.institution.code, processedAt: null }).sort({ appliedAt: 1 }).limit(MOST_RECORDS).lean();
}

const levelOf = (libraryCode: string | null): CalendarLevel => (libraryCode === null ? { level: 'INSTITUTION', libraryCode } : { level: 'LIBRARY', libraryCode });
const demandConfigure = (viewer: Viewer): void => demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'the calendar');

async function demandLibrary({ models }: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<void> {
  if (libraryCode === null) return;
  const library = await models.Library.findOne({ institutionId: viewer.institution.code, code: libraryCode }, { _id: 1 }).lean();
  if (library === null) throw new Refusal('not-found', `There is no library "${libraryCode}".`);
}
