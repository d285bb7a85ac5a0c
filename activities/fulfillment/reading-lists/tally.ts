/** What a page reports: its counters and its problems (fulfillment-loans.md, email-leganto-notifications, Report). */
import type { LeaveReason } from '../../../domain/fulfillment/email-leganto-notifications.js';
import type { Counters, Problem } from '../../../domain/run.js';
import type { JudgedNews } from './judge.js';
import type { ReadNews } from './walk.js';

/** `lost`: ids of the news that were read or claimed while the page was at work. */
export function tally(judged: readonly JudgedNews[], lost: ReadonlySet<string>): { counters: Counters; problems: Problem[] } {
  const left = (reason: LeaveReason) => judged.filter(({ decision }) => decision.action === 'LEAVE' && decision.reason === reason);
  const missing = left('USER_MISSING');
  const changed = judged.filter(({ news, decision }) => decision.action !== 'LEAVE' && !lost.has(news._id)).length;
  const counters: Counters = {
    recordsSelected: judged.length,
    recordsProcessed: judged.length,
    recordsChanged: changed,
    recordsUnchanged: judged.length - changed - missing.length,
    recordsInError: missing.length,
    changedDuringRun: lost.size,
    ownActionsSkipped: judged.filter(({ decision }) => decision.action === 'SETTLE').length,
    usersOptedOut: new Set(left('OPTED_OUT').map(({ news }) => news.userId)).size,
  };
  return { counters, problems: missing.map(({ news }) => userMissing(news)) };
}

/** Staff know news by its list, or its course where there is no list. */
export const labelOf = ({ readingListName, courseCode, eventType }: ReadNews): string => `${readingListName || courseCode}: ${eventType}`;

const userMissing = (news: ReadNews): Problem => ({
  severity: 'ERROR',
  code: 'USER_MISSING',
  message: 'The user is not there any more: nobody could be told of the news',
  params: { userId: news.userId },
  recordType: 'notification',
  recordId: news._id,
  recordLabel: labelOf(news),
  retryable: true,
});
