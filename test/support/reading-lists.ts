/** A library with reading lists, and news of them whose defaults do nothing surprising. */
import type { Models } from '../../models/models.js';
import type { ReadingListNotification } from '../../models/reading-list.js';
import { makeScheduledJobs } from '../../worker/scheduled-jobs.js';
import { demoLibrary, idOf } from './demo-library.js';
import { at } from './fixture-a.js';

/** Fixture A with the feature and the address of its lists; its job is set up, inactive. */
export async function readingListLibrary(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await withReadingLists(models, institutionId);
}

export async function withReadingLists(models: Models, institutionId: string): Promise<void> {
  const institution = await models.Institution.findOneAndUpdate(
    { institutionId },
    { $set: { features: ['LEGANTO'], 'settings.readingListsUrl': 'https://lists.example.edu/' } },
    { returnDocument: 'after' },
  ).orFail().lean();
  await makeScheduledJobs(models, institution, new Date('2025-01-01T12:00:00.000Z'));
}

/** To U1: the library has completed an item of HIST 101 on Monday, 2025-09-01 at noon, unread. */
export async function news(models: Models, institutionId: string, name: string, given: Partial<ReadingListNotification> = {}): Promise<string> {
  const _id = idOf(institutionId, name);
  const createdAt = new Date(at('2025-09-01 12:00'));
  await models.ReadingListNotification.create({
    _id, institutionId, userId: idOf(institutionId, 'U1'), readingListId: idOf(institutionId, 'HIST 101'), readingListName: 'HIST 101', courseCode: 'HIST101',
    courseName: 'Modern History', eventType: 'ITEM_COMPLETE', actorUserId: null, text: `Title ${name}`, link: `https://lists.example.edu/${name}`, createdAt, updatedAt: createdAt, ...given,
  });
  return _id;
}
