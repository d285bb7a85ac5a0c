/**
 * Email Leganto Notifications to Users: which news of reading lists are mailed to whom.
 *
 * Specification: fulfillment-loans.md, email-leganto-notifications, Selection and rules 1-4. Run, preview and *explain a record* all call
 * this decision. Rule 5 is asked when the mail is built (`stillUnread`), rule 6 is the letter's. The rows are made by others, so a mail
 * begins by claiming its rows with `letterKey`; one that is claimed belongs to the mail that the run of its key writes, or that is
 * finished by the next.
 */
import { unheard, type Ask } from '../ask.js';
import { dayText, startOfDay, type Instant, type Moment } from '../days.js';

/** In the order in which a mail tells of them. */
export const readingListEvents = [
  'ITEM_ADD', 'ITEM_COMPLETE', 'ITEM_DECLINED', 'CITATION_DELETE', 'CITATION_ANNOTATION', 'CITATION_TAG', 'CITATION_TAG_DELETE',
  'CITATION_LIBRARY_TAG_ADD', 'CITATION_LIBRARY_TAG_DELETE', 'SECTION_DELETE', 'SECTION_TAG', 'SECTION_TAG_DELETE',
  'SECTION_LIBRARY_TAG_ADD', 'SECTION_LIBRARY_TAG_DELETE', 'SUGGESTION', 'DISCUSSION', 'RL_DISCUSSION', 'PUBLIC_NOTE', 'DUE_DATE',
  'NEW_EDITION_AVAILABLE', 'PUBLISH', 'DRAFT', 'LIST_DELETE', 'COURSE_SUBMIT_LISTS_BY',
] as const;
export type ReadingListEvent = (typeof readingListEvents)[number];

export const newsDetails = ['LINK', 'SUMMARY', 'FULL'] as const;
export type NewsDetail = (typeof newsDetails)[number];

/** What the rules may know of one piece of news. */
export interface ReadingListNews {
  /** Owner or collaborator of the list. */
  userId: string;
  eventType: ReadingListEvent;
  /** Who did it; null: nobody in particular. */
  actorUserId: string | null;
  createdAt: Instant;
  readAt: Instant | null;
  emailedAt: Instant | null;
  /** Of the mail that has claimed it; empty while none has. */
  letterKey: string;
}

export interface NewsReader {
  status: 'ACTIVE' | 'INACTIVE' | 'DELETED';
  readingListEmail: 'ALWAYS' | 'NEVER';
}

/** The run and what surrounds the news of a page. */
export interface NewsContext {
  runId: string;
  moment: Moment;
  /** Empty: all. */
  eventTypes: readonly ReadingListEvent[];
  maxAgeDays: number;
  /** By id. */
  users: ReadonlyMap<string, NewsReader>;
}

export type LeaveReason = 'EMAILED' | 'CLAIMED' | 'READ' | 'TOO_OLD' | 'TOO_NEW' | 'EVENT_TYPE' | 'USER_MISSING' | 'USER_INACTIVE' | 'OPTED_OUT';
export type NewsDecision =
  /** `letterKey`: the mail that tells of it. */
  | { action: 'MAIL'; letterKey: string }
  /** The user's own doing is settled without a mail. */
  | { action: 'SETTLE' }
  | { action: 'LEAVE'; reason: LeaveReason };

/** The Selection: made from `from` on (inclusive) up to the moment of the run (inclusive). */
export function newsWindow({ zone, today, asOf }: Moment, maxAgeDays: number): { from: Instant; until: Instant } {
  return { from: startOfDay(zone, today - maxAgeDays), until: asOf };
}

/** Rules are tried in this order; the first that applies gives the reason. */
export function decideNews(news: ReadingListNews, context: NewsContext, ask: Ask = unheard): NewsDecision {
  const { userId, eventType, actorUserId, createdAt, readAt, emailedAt, letterKey } = news;
  const { from, until } = newsWindow(context.moment, context.maxAgeDays);
  const at = (instant: Instant | null) => (instant === null ? null : new Date(instant));

  const own = newsLetterKey(context.runId, userId);
  // An attempt before this one has claimed it: what was decided stays.
  if (ask('Idempotency: claimed by this run', letterKey === own)) return { action: 'MAIL', letterKey: own };
  if (ask('Selection: mailed before', emailedAt !== null, () => ({ emailedAt: at(emailedAt) }))) return leave('EMAILED');
  if (ask('Idempotency: claimed by a mail', letterKey !== '', () => ({ letterKey }))) return leave('CLAIMED');
  if (ask('Selection: read', readAt !== null, () => ({ readAt: at(readAt) }))) return leave('READ');
  const oldest = () => ({ createdAt: at(createdAt), maxAgeDays: context.maxAgeDays, from: at(from), today: dayText(context.moment.today) });
  if (ask('Selection: too old', createdAt < from, oldest)) return leave('TOO_OLD');
  if (ask('Selection: made after the moment of the run', createdAt > until, () => ({ createdAt: at(createdAt), asOf: at(until) }))) return leave('TOO_NEW');
  const { eventTypes } = context;
  if (!ask('Selection: kind of news', eventTypes.length === 0 || eventTypes.includes(eventType), () => ({ eventType, eventTypes }))) return leave('EVENT_TYPE');
  if (ask('2 own action', actorUserId === userId, () => ({ actorUserId, userId }))) return { action: 'SETTLE' };
  const user = context.users.get(userId);
  if (ask('4 user missing or deleted', user === undefined || user.status === 'DELETED', () => ({ userId, status: user?.status ?? null })) || user === undefined)
    return leave('USER_MISSING');
  if (ask('4 user inactive', user.status === 'INACTIVE', () => ({ status: user.status }))) return leave('USER_INACTIVE');
  if (ask('3 wants no mail', user.readingListEmail === 'NEVER', () => ({ readingListEmail: user.readingListEmail }))) return leave('OPTED_OUT');
  return { action: 'MAIL', letterKey: own };
}

const leave = (reason: LeaveReason): NewsDecision => ({ action: 'LEAVE', reason });

/** Rule 1: one mail per user and run, whatever the number of lists. */
const newsLetterKey = (runId: string, userId: string): string => `${runId}:rl:${userId}`;

/** Rule 5, when the mail is built: what has been read since it was claimed is left out, and no mail where nothing is left. */
export const stillUnread = <N extends { readAt: Date | null }>(claimed: readonly N[]): N[] => claimed.filter(({ readAt }) => readAt === null);
