/** The walk over pending notices: kind by kind, by user, so that the notices of one letter meet (fulfillment-loans.md, S8.6). */
import { z } from 'zod';
import { profileTypes } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';

const NOTICES_A_PAGE = 1_000;

/** A place in the walk: the kind at work, the user and the notice done last in it, null at the kind's beginning. */
const place = z.tuple([z.enum(profileTypes), z.string().nullable(), z.string().nullable()]);
type Place = z.infer<typeof place>;

/** The letter keys of the next pending notices: kind by kind, by user. */
export async function pendingNotices(models: Models, run: Run): Promise<{ letterKeys: string[]; next: string | null }> {
  const { institutionId } = run;
  let [kind, userId, id]: Place = run.cursor === null ? [profileTypes[0]!, null, null] : place.parse(JSON.parse(run.cursor));
  for (;;) {
    const walk = { institutionId, kind, state: 'LETTER_PENDING' } as const;
    const read = (filter: object, limit: number) =>
      models.LoanNotice.find({ ...walk, ...filter }, { userId: 1, letterKey: 1 }).sort({ userId: 1, _id: 1 }).limit(limit).lean();
    const same = userId === null || id === null ? [] : await read({ userId, _id: { $gt: id } }, NOTICES_A_PAGE);
    const later = await read(userId === null ? {} : { userId: { $gt: userId } }, NOTICES_A_PAGE - same.length);
    const found = [...same, ...later];
    const letterKeys = [...new Set(found.map(({ letterKey }) => letterKey))];
    const last = found.at(-1);
    if (last !== undefined && found.length === NOTICES_A_PAGE) {
      return { letterKeys, next: JSON.stringify([kind, last.userId, last._id] satisfies Place) };
    }
    const following = profileTypes[profileTypes.indexOf(kind) + 1];
    if (following === undefined) return { letterKeys, next: null };
    if (letterKeys.length > 0) return { letterKeys, next: JSON.stringify([following, null, null] satisfies Place) };
    [kind, userId, id] = [following, null, null];
  }
}
