/** libraries, locations, calendarRecords. */
import { z } from 'zod';
import type { Library, Location, StoredCalendarRecord } from '../../../models/library.js';
import { loadable, missing, nothing, type Destination } from './loadable.js';
import { amount, code, day, email, integer, text, time, truth } from './values.js';

const library = z.strictObject({
  code,
  name: text.optional(),
  campusCode: code.nullable().optional(),
  email: email.nullable().optional(),
  address: z.record(z.string(), z.string()).nullable().optional(),
  isResourceSharingLibrary: truth.optional(),
  defaultReplacementCost: amount.nullable().optional(),
  inheritsCalendar: truth.optional(),
  shortLoanOpeningOffsetMinutes: integer.optional(),
  suppressFromDiscovery: truth.optional(),
  active: truth.optional(),
});

export const libraries = loadable<Library, z.output<typeof library>, void>({
  name: 'libraries',
  model: (models) => models.Library,
  line: library,
  keyOf: (line) => line.code,
  storedKeyOf: (record) => record.code,
  stored: (model, institutionId, lines) => model.find({ institutionId, code: { $in: lines.map((line) => line.code) } }).lean<Library[]>(),
  references: nothing,
  fields: (line) => line,
  blank: () => ({
    code: undefined,
    name: undefined,
    campusCode: null,
    email: null,
    address: null,
    isResourceSharingLibrary: false,
    defaultReplacementCost: null,
    inheritsCalendar: true,
    shortLoanOpeningOffsetMinutes: 0,
    suppressFromDiscovery: false,
    active: true,
  }),
  beside: nothing,
});

/** Which of the libraries that lines name there are. */
export async function librariesNamed({ models, institutionId }: Destination, codes: (string | null | undefined)[]): Promise<Set<string>> {
  const asked = [...new Set(codes.filter((one) => typeof one === 'string'))];
  const found = await models.Library.find({ institutionId, code: { $in: asked } }, { code: 1 }).lean();
  return new Set(found.map((one) => one.code));
}

const location = z.strictObject({
  libraryCode: code,
  code,
  name: text.optional(),
  type: z.enum(['OPEN', 'CLOSED']).optional(),
  suppressFromDiscovery: truth.optional(),
  active: truth.optional(),
});

export const locations = loadable<Location, z.output<typeof location>, Set<string>>({
  name: 'locations',
  model: (models) => models.Location,
  line: location,
  keyOf: (line) => `${line.libraryCode}/${line.code}`,
  storedKeyOf: (record) => `${record.libraryCode}/${record.code}`,
  stored: (model, institutionId, lines) =>
    model.find({ institutionId, libraryCode: { $in: [...new Set(lines.map((line) => line.libraryCode))] } }).lean<Location[]>(),
  references: (destination, lines) => librariesNamed(destination, lines.map((line) => line.libraryCode)),
  fields: (line, known) => (known.has(line.libraryCode) ? line : [missing('libraryCode', line.libraryCode, 'code of a library')]),
  blank: () => ({
    libraryCode: undefined,
    code: undefined,
    name: undefined,
    type: 'OPEN',
    fulfillmentUnitCode: null,
    remoteStorageId: null,
    suppressFromDiscovery: false,
    active: true,
    lastChange: null,
  }),
  beside: nothing,
});

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

/** A record of the calendar is what it says; all but its description is its key. */
export const calendarRecords = loadable<StoredCalendarRecord, CalendarLine, Set<string>>({
  name: 'calendarRecords',
  model: (models) => models.CalendarRecord,
  line: calendarRecord,
  keyOf: calendarKey,
  storedKeyOf: calendarKey,
  stored: (model, institutionId, lines) =>
    model
      .find({ institutionId, level: { $in: ['INSTITUTION', 'LIBRARY'] }, libraryCode: { $in: [...new Set(lines.map((line) => line.libraryCode))] }, state: 'APPLIED' })
      .lean<StoredCalendarRecord[]>(),
  references: (destination, lines) => librariesNamed(destination, lines.map((line) => line.libraryCode)),
  fields: (line, known) =>
    line.libraryCode !== null && !known.has(line.libraryCode)
      ? [missing('libraryCode', line.libraryCode, 'code of a library')]
      : { ...line, level: line.libraryCode === null ? 'INSTITUTION' : 'LIBRARY' },
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
    state: 'APPLIED',
    replacesRecordId: null,
    remove: false,
  }),
  beside: nothing,
});
