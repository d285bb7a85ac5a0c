/** The night of email-leganto-notifications: the first news are unread, ten to a reader, the others were read or mailed long ago. */
import type { Db } from 'mongodb';
import type { ReadingListNotification } from '../models/reading-list.js';
import type { User } from '../models/user.js';
import { queueLetters } from './bare-letters.js';
import { gather, pagesOf } from './bare-pages.js';
import { DAY_MS, idAt, institutionId, night, readerAt, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import { lettersOutcome } from './outcome.js';
import { writeMany } from './write-many.js';

const SEED = 1;
const NEWS_A_READER = 10;
/** The job's `maxAgeDays`. */
const OLDEST = new Date(night.getTime() - 31 * DAY_MS);

export const newsNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'email-leganto-notifications',
  sizes: `${records} news of reading lists, ${todo} of them unread, ten to a reader`,
  seed: {
    name: `news-${SEED}-${records}-${todo}`,
    async write(models, said) {
      const readers = Math.max(1, Math.ceil(todo / NEWS_A_READER));
      await writeRecords(models, { readers, items: 0, loans: 0, news: todo, newsReaders: readers, dueDate: () => night }, said);
      const pattern = await models.ReadingListNotification.findOne({ institutionId }).orFail().lean<ReadingListNotification>();
      const longAgo = new Date(night.getTime() - 60 * DAY_MS);
      await writeMany(models.ReadingListNotification, records - todo, (number) => (
        { ...pattern, _id: idAt('09', number), userId: readerAt(number % readers), createdAt: longAgo, emailedAt: longAgo, letterKey: `long ago:${number % readers}`, readAt: number % 2 === 0 ? longAgo : null }
      ), said);
    },
  },
  script,
  outcomeOf: async (models) => ({
    'news mailed': await models.ReadingListNotification.countDocuments({ institutionId, emailedAt: { $gte: night } }),
    ...(await lettersOutcome(models)),
  }),
});

async function script(db: Db): Promise<void> {
  const all = db.collection<ReadingListNotification>('readingListNotifications');
  const byReader = new Map<string, ReadingListNotification[]>();
  const pages: string[][] = [];
  const unread = all.find({ institutionId, emailedAt: null, letterKey: '', readAt: null, createdAt: { $gte: OLDEST, $lte: night } }).sort({ userId: 1, createdAt: 1, _id: 1 });
  for await (const news of pagesOf(unread)) {
    await db.collection<User>('users').find({ institutionId, _id: { $in: [...new Set(news.map(({ userId }) => userId))] } }).project({ status: 1, readingListEmail: 1 }).toArray();
    for (const one of news) gather(byReader, one.userId, one);
    pages.push(news.map(({ _id }) => _id));
  }
  await queueLetters(db, [...byReader].map(([userId, news]) => ({
    letterCode: 'LegantoNotificationsLetter', userId, causes: news.map(({ _id }) => ({ recordType: 'notification', recordId: _id })),
    says: {
      readingListsUrl: 'https://lists.example',
      news: news.map(({ readingListId, readingListName, courseCode, courseName, eventType, text, value, link, createdAt }) => (
        { readingListId, readingListName, courseCode, courseName, eventType, text, value, link, createdAt: createdAt.toISOString() }
      )),
    },
  })));
  for (const ids of pages) await all.updateMany({ institutionId, _id: { $in: ids } }, { $set: { emailedAt: night, updatedAt: night }, $inc: { version: 1 } });
}
