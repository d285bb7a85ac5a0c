/** Why email-leganto-notifications mails one piece of news, or leaves it. */
import { emailLegantoNotifications } from '../../../catalogue/fulfillment/email-leganto-notifications.js';
import { listening } from '../../../domain/ask.js';
import type { Explain, ExplainRequest } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/email-leganto-notifications.js';
import type { Models } from '../../../models/models.js';
import { groundOf, judgeNews } from './judge.js';
import { labelOf } from './tally.js';
import { newsById, newsFields, type ReadNews } from './walk.js';

const leftBecause: Record<LeaveReason, string> = {
  EMAILED: 'The user was told of it before.',
  CLAIMED: 'A mail has claimed it, and the next run finishes that mail first.',
  READ: 'The user has read it.',
  TOO_OLD: 'It is older than the job mails.',
  TOO_NEW: 'It was made after that moment.',
  EVENT_TYPE: 'The job leaves out news of this kind.',
  USER_MISSING: 'The user is not there any more, so nobody can be told.',
  USER_INACTIVE: 'The user is inactive.',
  OPTED_OUT: 'The user wants no mail about reading lists.',
};

export function createNewsExplainer(models: Models): Explain {
  return async (request) => {
    const { institutionId } = request;
    const news = await findNews(models, request);
    if (news === null) return null;
    const ground = groundOf({ ...request, runId: '-' }, emailLegantoNotifications.parameters.parse(request.parameters));
    const { ask, heard } = listening();
    const [judged] = await judgeNews(models, institutionId, ground, [news], new Set(), ask);
    if (judged === undefined) return null;

    const { decision } = judged;
    const explanation = { recordType: 'notification', recordId: news._id, label: labelOf(news), questions: heard };
    switch (decision.action) {
      case 'MAIL':
        return { ...explanation, decision: 'ACT', summary: 'A run would tell the user of it: it is unread.', actions: ['It is told of in one mail with all the user’s news.'], problems: [] };
      case 'SETTLE':
        return { ...explanation, decision: 'ACT', summary: 'It is the user’s own doing, of which nobody needs to be told.', actions: ['It is marked as mailed without a mail.'], problems: [] };
      case 'LEAVE': {
        const { reason } = decision;
        return { ...explanation, decision: 'LEAVE', summary: leftBecause[reason], actions: [], problems: reason === 'USER_MISSING' ? [reason] : [] };
      }
    }
  };
}

/** `notification:<id>`, or by the primary id of its user: the newest unread one that no mail has told of. null: there is none; another type of record is a RangeError. */
async function findNews(models: Models, { institutionId, record }: ExplainRequest): Promise<ReadNews | null> {
  const [type = '', ...rest] = record.split(':');
  const key = rest.join(':');
  if (type !== 'notification' || key === '') {
    throw new RangeError(`"${record}" is no news of a reading list: expected notification:<id> or notification:<primary id of its user>`);
  }
  const [byId] = await newsById(models, institutionId, [key]);
  if (byId !== undefined) return byId;
  const user = await models.User.findOne({ institutionId, primaryId: key }, { _id: 1 }).lean();
  if (user === null) return null;
  const unread = { institutionId, emailedAt: null, letterKey: '', readAt: null, userId: user._id };
  return models.ReadingListNotification.findOne(unread, newsFields).sort({ createdAt: -1, _id: -1 }).lean<ReadNews>();
}
