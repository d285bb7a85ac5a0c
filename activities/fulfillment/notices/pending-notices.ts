/** The walk over pending notices: kind by kind, by user, so that the notices of one letter meet (fulfillment-loans.md, S8.6). */
import { z } from 'zod';
import type { Run } from '../../../domain/run.js';
import { noticeKinds, type LoanNotice, type NoticeKind } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';

export const NOTICES_A_PAGE = 1_000;

/** What letters are made of. */
const noticeFields = {
  loanId: 1,
  dueCycle: 1,
  kind: 1,
  userId: 1,
  libraryCode: 1,
  sendFormat: 1,
  dayKey: 1,
  runId: 1,
  data: 1,
  state: 1,
  letterKey: 1,
} as const;
export type PendingNotice = Pick<LoanNotice, '_id' | keyof typeof noticeFields>;

/** A place in the walk: the kind at work and the user done last in it, null at the kind's beginning. */
const place = z.tuple([z.enum(noticeKinds), z.string().nullable()]);
type Place = z.infer<typeof place>;

/**
 * The next pending notices of these kinds: kind by kind, by user, each user's together, so that no other page has a notice of the same
 * letter.
 *
 * About a thousand; more where a single user has more.
 */
export async function pendingNotices(
  models: Models,
  run: Run,
  kinds: readonly NoticeKind[],
): Promise<{ notices: PendingNotice[]; next: string | null }> {
  let [kind, userId]: Place = run.cursor === null ? [kinds[0]!, null] : place.parse(JSON.parse(run.cursor));
  for (;;) {
    const notices = await ofWholeUsers(models, run.institutionId, kind, userId);
    const last = notices.at(-1);
    if (last !== undefined && notices.length >= NOTICES_A_PAGE) {
      return { notices, next: JSON.stringify([kind, last.userId] satisfies Place) };
    }
    const following = kinds[kinds.indexOf(kind) + 1];
    if (following === undefined) return { notices, next: null };
    if (last !== undefined) return { notices, next: JSON.stringify([following, null] satisfies Place) };
    [kind, userId] = [following, null];
  }
}

/** Fewer than a page only where the kind has no more. */
async function ofWholeUsers(
  models: Models,
  institutionId: string,
  kind: NoticeKind,
  after: string | null,
): Promise<PendingNotice[]> {
  const walk = { institutionId, kind, state: 'LETTER_PENDING' } as const;
  const notices = await models.LoanNotice.find(
    after === null ? walk : { ...walk, userId: { $gt: after } },
    noticeFields,
  )
    .sort({ userId: 1, _id: 1 })
    .limit(NOTICES_A_PAGE)
    .lean<PendingNotice[]>();
  const last = notices.at(-1);
  if (last === undefined || notices.length < NOTICES_A_PAGE) return notices;
  const rest = await models.LoanNotice.find({ ...walk, userId: last.userId, _id: { $gt: last._id } }, noticeFields)
    .sort({ _id: 1 })
    .lean<PendingNotice[]>();
  return [...notices, ...rest];
}

/** All notices of these letters, whatever their state. */
export function noticesOfLetters(
  models: Models,
  institutionId: string,
  letterKeys: readonly string[],
): Promise<PendingNotice[]> {
  if (letterKeys.length === 0) return Promise.resolve([]);
  return models.LoanNotice.find({ institutionId, letterKey: { $in: [...letterKeys] } }, noticeFields)
    .lean<PendingNotice[]>()
    .exec();
}
