/** calendarRecords. */
import { z } from 'zod';
import { applyCalendarChanges, type CalendarLevel } from '../../../desk/apply-calendar-changes.js';
import type { StoredCalendarRecord } from '../../../models/library.js';
import { loadable, missing } from './loadable.js';
import { librariesNamed } from './places.js';
import { code, day, integer, text, time } from './values.js';

const calendarRecord = z
  .strictObject({
    /** Null or left out: the institution's. */
    libraryCode: code.nullable().default(null),
    type: z.enum(['STANDARD', 'EXCEPTION', 'EVENT']),
    dayOfWeek: integer.pipe(z.int().min(1).max(7)).nullable().default(null),
    fromTime: time.nullable().default(null),
    toTime: time.nullable().default(null),
    status: z.enum(['OPEN', 'CLOSED']).nullable().default(null),
    validFrom: day,
    validTo: day,
    eventName: text.nullable().default(null),
    eventDate: day.nullable().default(null),
    eventTime: time.nullable().default(null),
    description: z.string().default(''),
  })
  .refine((line) => line.validFrom <= line.validTo, { path: ['validTo'], message: 'a day not before validFrom' })
  .refine((line) => (line.fromTime === null) === (line.toTime === null), { path: ['toTime'], message: 'both times or neither' })
  .refine((line) => line.fromTime === null || line.toTime === null || line.fromTime < line.toTime, { path: ['toTime'], message: 'a time after fromTime' })
  .refine((line) => line.type !== 'STANDARD' || (line.dayOfWeek !== null && line.fromTime !== null), { path: ['dayOfWeek'], message: 'weekday and hours of standard hours' })
  .refine((line) => line.type !== 'EXCEPTION' || line.status !== null, { path: ['status'], message: 'OPEN or CLOSED of an exception' })
  .refine((line) => line.type !== 'EVENT' || (line.eventName !== null && line.eventDate !== null), { path: ['eventName'], message: 'name and date of an event' });
type CalendarLine = z.output<typeof calendarRecord>;

const calendarKey = (record: CalendarLine | StoredCalendarRecord) =>
  [record.libraryCode, record.type, record.dayOfWeek, record.validFrom, record.validTo, record.fromTime, record.toTime, record.status, record.eventName, record.eventDate]
    .map((part) => part ?? '-').join('|');

interface Surroundings {
  libraries: Set<string>;
  /** Whether anything is lent, and so any due date concerned. */
  lends: boolean;
}

/**
 * A record of the calendar is what it says; all but its description is its key.
 *
 * Where something is lent, new records are drafts that are applied at once, so that the due date correction hears of them as of those that staff apply
 * (fulfillment-loans.md, S2.6). What breaks off leaves drafts, which the next load of the same lines applies; other drafts stay drafts.
 */
export const calendarRecords = loadable<StoredCalendarRecord, CalendarLine, Surroundings>({
  name: 'calendarRecords',
  model: (models) => models.CalendarRecord,
  line: calendarRecord,
  keyOf: calendarKey,
  storedKeyOf: calendarKey,
  stored: (model, institutionId, lines) =>
    model
      .find({ institutionId, level: { $in: ['INSTITUTION', 'LIBRARY'] }, libraryCode: { $in: [...new Set(lines.map((line) => line.libraryCode))] }, replacesRecordId: null })
      .sort({ state: -1 }) // of two that say the same, the one in force comes last and counts
      .lean<StoredCalendarRecord[]>(),
  references: async (destination, lines) => ({
    libraries: await librariesNamed(destination, lines.map((line) => line.libraryCode)),
    lends: (await destination.models.Loan.findOne({ institutionId: destination.institutionId, status: 'ACTIVE' }, { _id: 1 }).lean()) !== null,
  }),
  fields: (line, { libraries, lends }, _destination, before) =>
    line.libraryCode !== null && !libraries.has(line.libraryCode)
      ? [missing('libraryCode', line.libraryCode, 'code of a library')]
      : { ...line, level: line.libraryCode === null ? 'INSTITUTION' : 'LIBRARY', ...(before === undefined && !lends && { state: 'APPLIED' }) },
  blank: () => ({
    level: undefined,
    libraryCode: undefined,
    type: undefined,
    dayOfWeek: null,
    fromTime: null,
    toTime: null,
    status: null,
    validFrom: undefined,
    validTo: undefined,
    eventName: null,
    eventDate: null,
    eventTime: null,
    description: '',
    state: 'DRAFT',
    replacesRecordId: null,
    remove: false,
  }),
  beside: async ({ models, institutionId, now }, records) => {
    const ids = records.flatMap(({ _id, state }) => (state === 'DRAFT' ? [_id] : []));
    if (ids.length === 0) return;
    const drafts = await models.CalendarRecord.find({ institutionId, _id: { $in: ids }, state: 'DRAFT' }, { libraryCode: 1, version: 1 }).lean();
    for (const libraryCode of new Set(drafts.map((draft) => draft.libraryCode))) {
      const level: CalendarLevel = libraryCode === null ? { level: 'INSTITUTION', libraryCode } : { level: 'LIBRARY', libraryCode };
      const applied = await applyCalendarChanges({ models, institutionId, at: now() }, level, drafts.filter((draft) => draft.libraryCode === libraryCode));
      if (applied.outcome === 'REFUSED') throw new Error(`somebody changed drafts of the calendar of ${libraryCode ?? institutionId} that were being loaded: load them again`);
    }
  },
});
