/** What a run would do about one piece of news, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import type { JudgedNews } from './judge.js';
import { labelOf } from './tally.js';

export function proposalsOf(judged: readonly JudgedNews[]): Proposal[] {
  return judged.flatMap(({ news, decision }) => {
    if (decision.action === 'LEAVE') return [];
    const { _id: recordId, userId, eventType } = news;
    const letter = decision.action === 'MAIL' ? { letterKey: decision.letterKey } : {};
    const action = decision.action === 'MAIL' ? 'MAIL' : 'OWN_ACTION';
    return [{ recordType: 'notification', recordId, recordLabel: labelOf(news), action, details: { userId, eventType, ...letter } }];
  });
}
