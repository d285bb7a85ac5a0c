/** Changes of a calendar as staff make them: a draft, then "apply changes". */
import { applyCalendarChanges } from '../../desk/apply-calendar-changes.js';
import type { Models } from '../../models/models.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import { at } from './fixture-a.js';

/** Closes whole days of the institution, or of the library that `given` names; applied at a local time. */
export async function closes(models: Models, institutionId: string, appliedAt: string, validFrom: string, given: Partial<StoredCalendarRecord> = {}): Promise<void> {
  const { level = 'INSTITUTION', libraryCode = null } = given;
  const createdAt = new Date(at(appliedAt));
  await models.CalendarRecord.create({
    institutionId, level, type: 'EXCEPTION', status: 'CLOSED', validFrom, validTo: validFrom, state: 'DRAFT', createdAt, ...given,
  });
  const deed = { models, institutionId, at: createdAt };
  await applyCalendarChanges(deed, level === 'LIBRARY' ? { level, libraryCode: libraryCode! } : { level, libraryCode: null });
}
