/** Opening hours as the rules take them (fulfillment-loans.md, S2). */
import type { CalendarRecord } from '../domain/calendar.js';
import type { Models } from './models.js';

const taken = {
  level: 1, libraryCode: 1, type: 1, dayOfWeek: 1, fromTime: 1, toTime: 1, status: 1, validFrom: 1, validTo: 1, eventName: 1, eventDate: 1, eventTime: 1, state: 1, createdAt: 1,
} as const;

/** All records in force, of the institution and of its libraries; drafts, which no rule sees, are left out. `libraryCode`: of this library and the institution. */
export async function readHours({ CalendarRecord }: Models, institutionId: string, libraryCode?: string): Promise<CalendarRecord[]> {
  const ofLibrary = libraryCode === undefined ? {} : { libraryCode: { $in: [null, libraryCode] } };
  const records = await CalendarRecord.find({ institutionId, state: 'APPLIED', ...ofLibrary }, taken).lean();
  return records.map((record) => ({ ...record, createdAt: record.createdAt.getTime() }));
}
