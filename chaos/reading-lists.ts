/** A morning of email-leganto-notifications, drawn from a seed. */
import { readingListEvents } from '../domain/fulfillment/email-leganto-notifications.js';
import type { Models } from '../models/models.js';
import type { ReadingListNotification } from '../models/reading-list.js';
import { activated, idOf } from '../test/support/demo-library.js';
import { withReadingLists } from '../test/support/reading-lists.js';
import { drawFrom, type Draw } from './draw.js';
import { asOf, brokenRun, parts, peopled, primaryIdOf, type Size } from './library.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** As many news as the size says loans, and one to a user who is gone; a run of the day before broke off when two of its mails were claimed. */
export async function newsOfReadingLists(models: Models, institutionId: string, { seed, loans: size }: Size): Promise<string> {
  const draw = drawFrom(seed, 'library');
  const patrons = await peopled(models, institutionId, size, draw);
  await withReadingLists(models, institutionId);
  const optedOut = Array.from({ length: patrons }, (_, index) => index).filter((index) => index % 19 === 5).map(primaryIdOf);
  await models.User.updateMany({ institutionId, primaryId: { $in: optedOut } }, { $set: { readingListEmail: 'NEVER' } });
  const all = Array.from({ length: size }, (_, index) => news(institutionId, index, patrons, draw));
  const left = [0, 1].map((index) => ({
    ...news(institutionId, size + index, patrons, draw), readAt: null, emailedAt: null, letterKey: `${brokenRun(institutionId)}:rl:${idOf(institutionId, primaryIdOf(index))}`,
    userId: idOf(institutionId, primaryIdOf(index)),
  }));
  const ofNobody = { ...news(institutionId, size + 2, patrons, draw), createdAt: asOf, readAt: null, emailedAt: null, actorUserId: null, userId: idOf(institutionId, 'nobody') };
  for (const some of parts([...all, ...left, ofNobody])) await models.ReadingListNotification.insertMany(some);
  const { _id } = await activated(models, institutionId, 'email-leganto-notifications');
  await models.ScheduledJob.updateOne({ institutionId, _id }, { $set: { schedule: { kind: 'NONE' }, parameters: { detail: 'FULL' } } });
  return _id;
}

/** From six weeks ago to now; one in eight is read, one in twelve mailed, one in six the user's own doing. */
function news(institutionId: string, index: number, patrons: number, draw: Draw): ReadingListNotification {
  const userId = idOf(institutionId, primaryIdOf(draw.below(patrons)));
  const list = draw.below(5);
  const createdAt = new Date(asOf.getTime() - draw.below(42) * DAY_MS - index);
  return {
    _id: idOf(institutionId, `news ${index}`), institutionId, userId, readingListId: idOf(institutionId, `list ${list}`), readingListName: `List ${list}`,
    courseCode: `C${list}`, courseName: `Course ${list}`, eventType: draw.one(readingListEvents), actorUserId: draw.below(6) === 0 ? userId : null,
    text: `News ${String(index).padStart(5, '0')}`, value: null, link: '', readAt: draw.below(8) === 0 ? createdAt : null,
    emailedAt: draw.below(12) === 0 ? createdAt : null, letterKey: '', version: 1, createdAt, updatedAt: createdAt,
  };
}
