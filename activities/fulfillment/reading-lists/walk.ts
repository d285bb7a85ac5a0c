/** How the job takes up news: by user, each user's together; and what a run has claimed, by the mail that is to tell of it. */
import type { QueryFilter } from 'mongoose';
import type { Run } from '../../../domain/run.js';
import { newsWindow, type NewsContext } from '../../../domain/fulfillment/email-leganto-notifications.js';
import type { Models } from '../../../models/models.js';
import type { ReadingListNotification } from '../../../models/reading-list.js';

/** About so many; more where a single user has more. */
export const NEWS_A_PAGE = 1_000;

export const newsFields = {
  userId: 1, readingListName: 1, courseCode: 1, eventType: 1, actorUserId: 1, createdAt: 1, readAt: 1, emailedAt: 1, letterKey: 1,
} as const satisfies Partial<Record<keyof ReadingListNotification, 1>>;
export type ReadNews = Pick<ReadingListNotification, '_id' | keyof typeof newsFields>;

/** What a mail is built from. */
const toldFields = { ...newsFields, readingListId: 1, courseName: 1, text: 1, value: 1, link: 1 } as const;
export type ToldNews = Pick<ReadingListNotification, '_id' | keyof typeof toldFields>;

type Selecting = Pick<NewsContext, 'moment' | 'maxAgeDays' | 'eventTypes'>;

export function countNews(models: Models, institutionId: string, selecting: Selecting): Promise<number> {
  return models.ReadingListNotification.countDocuments(selected(institutionId, selecting)).exec();
}

/** The next news after the user `run.cursor`; `next` is the last user of the page. */
export async function nextNews(models: Models, run: Run, selecting: Selecting): Promise<{ news: ReadNews[]; next: string | null }> {
  const selection = selected(run.institutionId, selecting);
  const read = (filter: QueryFilter<ReadingListNotification>) => models.ReadingListNotification.find({ ...selection, ...filter }, newsFields);
  const news = await read(run.cursor === null ? {} : { userId: { $gt: run.cursor } })
    .sort({ userId: 1, createdAt: 1, _id: 1 })
    .limit(NEWS_A_PAGE)
    .lean<ReadNews[]>();
  const last = news.at(-1);
  if (last === undefined || news.length < NEWS_A_PAGE) return { news, next: null };
  const seen = new Set(news.map(({ _id }) => _id));
  const ofLast = await read({ userId: last.userId }).lean<ReadNews[]>();
  return { news: [...news, ...ofLast.filter(({ _id }) => !seen.has(_id))], next: last.userId };
}

/** The news of a page that an earlier attempt began: what is still in the selection up to where it ended, and what its writes took out. */
export async function sameNews(
  models: Models, run: Run, selecting: Selecting, { toKey, leaving }: { toKey: string | null; leaving: readonly string[] },
): Promise<ReadNews[]> {
  const { news } = await nextNews(models, run, selecting);
  const here = news.filter(({ userId }) => toKey === null || userId <= toKey);
  const seen = new Set(here.map(({ _id }) => _id));
  return [...here, ...(await newsById(models, run.institutionId, leaving.filter((id) => !seen.has(id))))];
}

export function newsById(models: Models, institutionId: string, ids: readonly string[]): Promise<ReadNews[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return models.ReadingListNotification.find({ institutionId, _id: { $in: [...ids] } }, newsFields).lean<ReadNews[]>().exec();
}

/** The news of a retry: a slice of the run's scope, whatever the selection says today. */
export async function newsOfScope(models: Models, run: Run): Promise<{ news: ReadNews[]; next: string | null }> {
  const from = Number(run.cursor ?? 0);
  const ids = await scopeOf(models, run);
  const news = await newsById(models, run.institutionId, ids.slice(from, from + NEWS_A_PAGE));
  return { news, next: from + NEWS_A_PAGE < ids.length ? String(from + NEWS_A_PAGE) : null };
}

/** Ids of the news of a retry. */
export async function scopeOf(models: Models, { institutionId, runId }: Run): Promise<string[]> {
  const stored = await models.Run.findOne({ institutionId, _id: runId }, { scope: 1 }).lean();
  return stored?.scope?.recordType === 'notification' ? stored.scope.ids : [];
}

/**
 * The next news that are claimed and not mailed, whole mails at a time; those of earlier runs come first, for ids rise with time. `next` is
 * the last mail of the page.
 */
export async function claimedNews(models: Models, { institutionId, cursor }: Run): Promise<{ news: ToldNews[]; next: string | null }> {
  const news = await models.ReadingListNotification.find({ institutionId, emailedAt: null, letterKey: { $gt: cursor ?? '' } }, toldFields)
    .sort({ letterKey: 1 })
    .limit(NEWS_A_PAGE)
    .lean<ToldNews[]>();
  const last = news.at(-1)?.letterKey;
  if (last === undefined || news.length < NEWS_A_PAGE) return { news, next: null };
  const ofLast = await newsOfMails(models, institutionId, [last]);
  return { news: [...news.filter(({ letterKey }) => letterKey !== last), ...ofLast], next: last };
}

/** All news of these mails, mailed or not. */
export function newsOfMails(models: Models, institutionId: string, letterKeys: readonly string[]): Promise<ToldNews[]> {
  if (letterKeys.length === 0) return Promise.resolve([]);
  return models.ReadingListNotification.find({ institutionId, letterKey: { $in: [...letterKeys] } }, toldFields).lean<ToldNews[]>().exec();
}

/** Of a preview, which claims nothing. */
export function toldById(models: Models, institutionId: string, ids: readonly string[]): Promise<ToldNews[]> {
  return models.ReadingListNotification.find({ institutionId, _id: { $in: [...ids] } }, toldFields).lean<ToldNews[]>().exec();
}

function selected(institutionId: string, { moment, maxAgeDays, eventTypes }: Selecting): QueryFilter<ReadingListNotification> {
  const { from, until } = newsWindow(moment, maxAgeDays);
  return {
    institutionId, emailedAt: null, letterKey: '', readAt: null, createdAt: { $gte: new Date(from), $lte: new Date(until) },
    ...(eventTypes.length > 0 && { eventType: { $in: [...eventTypes] } }),
  };
}
