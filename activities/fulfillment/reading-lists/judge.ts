/** One page judged: its users are read with one query, then the rules are asked. */
import type { Parameters } from '../../../catalogue/fulfillment/email-leganto-notifications.js';
import { unheard, type Ask } from '../../../domain/ask.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import { decideNews, type NewsContext, type NewsDecision } from '../../../domain/fulfillment/email-leganto-notifications.js';
import type { Models } from '../../../models/models.js';
import type { ReadNews } from './walk.js';

/** Without users, who belong to a page's news. */
export type Ground = Omit<NewsContext, 'users'>;

export interface JudgedNews {
  news: ReadNews;
  decision: NewsDecision;
}

export function groundOf({ runId, asOf, timeZone }: { runId: string; asOf: string; timeZone: string }, parameters: Parameters): Ground {
  const { eventTypes, maxAgeDays } = parameters;
  return { runId, moment: momentAt(zoneOf(timeZone), Date.parse(asOf)), eventTypes, maxAgeDays };
}

/** Decides all news of a page. `settled`: ids of what an earlier attempt took up, so that a page done twice counts the same. */
export async function judgeNews(
  models: Models, institutionId: string, ground: Ground, news: readonly ReadNews[], settled: ReadonlySet<string>, ask: Ask = unheard,
): Promise<JudgedNews[]> {
  if (news.length === 0) return [];
  const userIds = [...new Set(news.map(({ userId }) => userId))];
  const users = await models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1, readingListEmail: 1 }).lean();
  const context = { ...ground, users: new Map(users.map((user) => [user._id, user])) };
  return news.map((one) => {
    const { createdAt, readAt, emailedAt } = one;
    const mailed = settled.has(one._id) && one.letterKey === '' ? null : emailedAt;
    const snapshot = { ...one, createdAt: createdAt.getTime(), readAt: readAt?.getTime() ?? null, emailedAt: mailed?.getTime() ?? null };
    return { news: one, decision: decideNews(snapshot, context, ask) };
  });
}
