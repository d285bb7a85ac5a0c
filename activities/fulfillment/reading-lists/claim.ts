/** What a page writes: each user's news are claimed for one mail, and the user's own doing is settled (fulfillment-loans.md, Effects). */
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import { updateEach } from '../../../models/update-each.js';
import type { JudgedNews } from './judge.js';
import { newsById } from './walk.js';

/**
 * Repeatable: news that is claimed stays claimed by whoever was first. Answers with the ids of what was to be mailed and was read, or
 * claimed, since it was decided on.
 */
export async function claimNews(models: Models, { institutionId }: Run, judged: readonly JudgedNews[], now: Date): Promise<Set<string>> {
  const changes = judged.flatMap(({ news: { _id }, decision }) => {
    if (decision.action === 'LEAVE') return [];
    const open = { institutionId, _id, emailedAt: null, letterKey: '' };
    return [decision.action === 'MAIL'
      ? { filter: { ...open, readAt: null }, update: { $set: { letterKey: decision.letterKey, updatedAt: now }, $inc: { version: 1 } } }
      : { filter: open, update: { $set: { emailedAt: now, updatedAt: now }, $inc: { version: 1 } } }];
  });
  await updateEach(models.ReadingListNotification, changes);

  const wanted = new Map(judged.flatMap(({ news, decision }) => (decision.action === 'MAIL' ? [[news._id, decision.letterKey] as const] : [])));
  const present = await newsById(models, institutionId, [...wanted.keys()]);
  const claimed = new Set(present.filter(({ _id, letterKey }) => letterKey === wanted.get(_id)).map(({ _id }) => _id));
  return new Set([...wanted.keys()].filter((id) => !claimed.has(id)));
}
