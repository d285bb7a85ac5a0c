/** The mails of what is claimed: one per user and run (fulfillment-loans.md, email-leganto-notifications, rules 1, 5 and 6). */
import { z } from 'zod';
import { stillUnread, type NewsDetail } from '../../../domain/fulfillment/email-leganto-notifications.js';
import type { Counters, Problem, Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import type { ReadingListNewsData } from '../../../templates/letters/reading-list-news.js';
import { permanently } from '../../failures.js';
import { insertLetters, planLetters, type LetterContext, type LetterRequest } from '../../letters.js';
import { byLetterKey } from '../notices/letter-parts.js';
import { patronFields, type LetterPatron } from '../patron-letters.js';
import type { ToldNews } from './walk.js';

const letterCodes: Readonly<Record<NewsDetail, string>> = {
  LINK: 'LegantoNotificationsLetter',
  SUMMARY: 'LegantoDetailedNotificationsEmailLetter',
  FULL: 'LegantoFullDetailedNotificationsEmailLetter',
};

export interface MailSettings {
  letterCode: string;
  institution: { code: string; name: string };
  /** Where the lists are; without a slash at its end. */
  readingListsUrl: string;
}

const readingLists = z.looseObject({ readingListsUrl: z.string().trim().regex(/^https?:\/\/[^\s/]/i) });

/** An institution that has not said where its reading lists are fails the run. */
export async function readMailSettings(models: Models, institutionId: string, detail: NewsDetail): Promise<MailSettings> {
  const institution = await models.Institution.findOne({ institutionId, code: institutionId }, { code: 1, name: 1, settings: 1 }).lean();
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);
  const settings = readingLists.safeParse(institution.settings);
  if (!settings.success) {
    throw permanently('READING_LISTS_URL_MISSING', `${institution.name} has not said where its reading lists are: the setting readingListsUrl is no web address.`);
  }
  const { code, name } = institution;
  return { letterCode: letterCodes[detail], institution: { code, name }, readingListsUrl: settings.data.readingListsUrl.replace(/\/+$/, '') };
}

/** What is asked of the delivery, and the users it is asked for; of a user who does not exist there is nothing to ask. */
export async function requestsOf(
  models: Models, run: Run, settings: MailSettings, news: readonly ToldNews[],
): Promise<{ requests: LetterRequest[]; users: Map<string, LetterPatron> }> {
  const userIds = [...new Set(news.map(({ userId }) => userId))];
  const found = await models.User.find({ institutionId: run.institutionId, _id: { $in: userIds } }, patronFields).lean<LetterPatron[]>();
  const users = new Map(found.map((user) => [user._id, user]));
  const requests = [...byLetterKey(news)].flatMap(([dedupeKey, told]) => {
    const user = users.get(told[0]!.userId);
    return user === undefined ? [] : [requestFor(run, settings, dedupeKey, user, told)];
  });
  return { requests, users };
}

function requestFor(run: Run, { letterCode, institution, readingListsUrl }: MailSettings, dedupeKey: string, user: LetterPatron, told: readonly ToldNews[]): LetterRequest {
  const { firstName, lastName, primaryId, userGroup } = user;
  // Whichever index they were read by: a repeat builds the same mail.
  const inOrder = told.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1));
  const data: ReadingListNewsData = {
    user: { firstName, lastName, primaryId, userGroup },
    institution,
    timeZone: run.timeZone,
    currency: run.currency,
    readingListsUrl,
    news: inOrder.map(({ readingListId, readingListName, courseCode, courseName, eventType, text, value, link, createdAt }) => (
      { readingListId, readingListName, courseCode, courseName, eventType, text, value, link, createdAt: createdAt.toISOString() }
    )),
    date: run.asOf,
  };
  const causes = inOrder.map(({ _id }) => ({ recordType: 'notification', recordId: _id }));
  return { letterCode, dedupeKey, to: { userId: user._id }, libraryCode: null, data: { ...data }, sendFormat: 'EMAIL', causes, runId: run.runId, part: 1 };
}

/**
 * Queues the mails of these news, and marks what they tell of. What was read since it was claimed is left out and given back, unless a
 * mail that is written tells of it already.
 */
export async function writeMails(
  context: LetterContext, run: Run, settings: MailSettings, news: readonly ToldNews[],
): Promise<{ counters: Counters; problems: Problem[] }> {
  if (news.length === 0) return { counters: {}, problems: [] };
  const { models, institutionId, now } = context;
  const keys = [...new Set(news.map(({ letterKey }) => letterKey))];
  const standing = await models.Letter.find({ institutionId, dedupeKey: { $in: keys.map((key) => `${key}:EMAIL`) } }, { causes: 1 }).lean();
  const toldBefore = new Set(standing.flatMap(({ causes }) => causes.map(({ recordId }) => recordId)));
  const unread = new Set(stillUnread(news));
  const { requests, users } = await requestsOf(models, run, settings, news.filter((one) => unread.has(one) || toldBefore.has(one._id)));
  const { planned, problems } = await planLetters(context, requests, users);
  const queued = await insertLetters(models, planned);

  const told = new Set(planned.flatMap(({ causes }) => causes.map(({ recordId }) => recordId)));
  const leftOut = news.filter(({ _id }) => !told.has(_id)).map(({ _id }) => _id);
  const notMailed = (ids: string[]) => ({ institutionId, _id: { $in: ids }, emailedAt: null });
  if (told.size > 0) await models.ReadingListNotification.updateMany(notMailed([...told]), { $set: { emailedAt: now() }, $inc: { version: 1 } });
  if (leftOut.length > 0) await models.ReadingListNotification.updateMany(notMailed(leftOut), { $set: { letterKey: '' }, $inc: { version: 1 } });
  return { counters: countMails(planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId)), problems };
}

/** Counts the mails of a run, and what they tell of. */
export function countMails(mails: readonly { state: string; causes: readonly unknown[] }[]): Counters {
  return {
    lettersCreated: mails.length,
    lettersSuppressed: mails.filter(({ state }) => state === 'SUPPRESSED').length,
    usersNotified: mails.length,
    notificationsMailed: mails.reduce((sum, { causes }) => sum + causes.length, 0),
  };
}
