/** library, location, calendarRecord and calendarChange (spec/data-model.md, 2 People and places). */
import type { Connection } from 'mongoose';
import {
  anything,
  instant,
  maybeInstant,
  maybeNumber,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  text,
  versioned,
  type Versioned,
} from './document.js';
import type { LastChange } from './scheduled-job.js';

export interface Library extends Versioned {
  code: string;
  name: string;
  campusCode: string | null;
  /** The library's own mailbox: sender of its letters, receiver of lists. */
  email: string | null;
  address: Record<string, string> | null;
  isResourceSharingLibrary: boolean;
  /** Minor units of the institution's currency. */
  defaultReplacementCost: number | null;
  inheritsCalendar: boolean;
  shortLoanOpeningOffsetMinutes: number;
  suppressFromDiscovery: boolean;
  active: boolean;
  lastChange: LastChange | null;
}

const librarySchema = versioned<Library>('libraries', {
  code: text,
  name: text,
  campusCode: maybeText,
  email: maybeText,
  address: { type: anything, default: null },
  isResourceSharingLibrary: { type: Boolean, default: false },
  defaultReplacementCost: maybeNumber,
  inheritsCalendar: { type: Boolean, default: true },
  shortLoanOpeningOffsetMinutes: { ...number, default: 0 },
  suppressFromDiscovery: { type: Boolean, default: false },
  active: { type: Boolean, default: true },
  lastChange: { type: anything, default: null },
});
librarySchema.index({ institutionId: 1, code: 1 }, { unique: true });
export const libraryModel = (db: Connection) => db.model<Library>('Library', librarySchema);

export interface Location extends Versioned {
  libraryCode: string;
  code: string;
  name: string;
  type: 'OPEN' | 'CLOSED';
  fulfillmentUnitCode: string | null;
  remoteStorageId: string | null;
  suppressFromDiscovery: boolean;
  active: boolean;
  lastChange: LastChange | null;
}

const locationSchema = versioned<Location>('locations', {
  libraryCode: text,
  code: text,
  name: text,
  type: { ...oneOf(['OPEN', 'CLOSED']), default: 'OPEN' },
  fulfillmentUnitCode: maybeText,
  remoteStorageId: maybeText,
  suppressFromDiscovery: { type: Boolean, default: false },
  active: { type: Boolean, default: true },
  lastChange: { type: anything, default: null },
});
locationSchema.index({ institutionId: 1, libraryCode: 1, code: 1 }, { unique: true });
// Which locations a fulfillment unit has.
locationSchema.index({ institutionId: 1, fulfillmentUnitCode: 1 });
export const locationModel = (db: Connection) => db.model<Location>('Location', locationSchema);

/** Opening hours, exceptions and events. Days and times are local to the institution. */
export interface StoredCalendarRecord extends Versioned {
  level: 'INSTITUTION' | 'LIBRARY';
  libraryCode: string | null;
  type: 'STANDARD' | 'EXCEPTION' | 'EVENT';
  /** 1 = Monday; null: every day of an EXCEPTION's range. */
  dayOfWeek: number | null;
  fromTime: string | null;
  toTime: string | null;
  status: 'OPEN' | 'CLOSED' | null;
  validFrom: string;
  validTo: string;
  eventName: string | null;
  eventDate: string | null;
  eventTime: string | null;
  description: string;
  state: 'DRAFT' | 'APPLIED';
  replacesRecordId: string | null;
  remove: boolean;
}

const calendarRecordSchema = versioned<StoredCalendarRecord>('calendarRecords', {
  level: oneOf(['INSTITUTION', 'LIBRARY']),
  libraryCode: maybeText,
  type: oneOf(['STANDARD', 'EXCEPTION', 'EVENT']),
  dayOfWeek: maybeNumber,
  fromTime: maybeText,
  toTime: maybeText,
  status: maybeOneOf(['OPEN', 'CLOSED']),
  validFrom: text,
  validTo: text,
  eventName: maybeText,
  eventDate: maybeText,
  eventTime: maybeText,
  description: { type: String, default: '' },
  state: oneOf(['DRAFT', 'APPLIED']),
  replacesRecordId: maybeText,
  remove: { type: Boolean, default: false },
});
// Due dates, step expiries, fines.
calendarRecordSchema.index({ institutionId: 1, level: 1, libraryCode: 1, type: 1, validTo: 1 });
export const calendarRecordModel = (db: Connection) =>
  db.model<StoredCalendarRecord>('CalendarRecord', calendarRecordSchema);

/** One "apply changes": a work order to loans-due-date-correction, which closes it. */
export interface StoredCalendarChange extends Versioned {
  level: 'INSTITUTION' | 'LIBRARY';
  libraryCode: string | null;
  /** Union of the old and the new days of all records that were changed, both inclusive. */
  fromDate: string;
  toDate: string;
  appliedAt: Date;
  processedAt: Date | null;
  processedRunId: string | null;
}

const calendarChangeSchema = versioned<StoredCalendarChange>('calendarChanges', {
  level: oneOf(['INSTITUTION', 'LIBRARY']),
  libraryCode: maybeText,
  fromDate: text,
  toDate: text,
  appliedAt: instant,
  processedAt: maybeInstant,
  processedRunId: maybeText,
});
calendarChangeSchema.index({ institutionId: 1, processedAt: 1, appliedAt: 1 });
export const calendarChangeModel = (db: Connection) => db.model<StoredCalendarChange>('CalendarChange', calendarChangeSchema);
