/** Who leaves the university, and who comes back. */
import { drawFrom } from '../chaos/draw.js';
import { idOf } from '../cli/seed/plan.js';
import { dayText, type DayNumber } from '../domain/days.js';
import type { Life } from './happening.js';

const A_YEAR = 365;

/** One reader in two thousand leaves the university each day; one in twenty of those who are gone, or whose card has ended, is enrolled again. */
export async function comeAndGo({ models, seed, plan: { institutionId, users }, plan }: Life, day: DayNumber): Promise<void> {
  const draw = drawFrom(seed, `coming and going ${dayText(day)}`);
  const numbers = Array.from({ length: users }, (_one, number) => number);
  const leaving = numbers.filter(() => draw.below(2_000) === 0).map((number) => idOf(plan, 'user', number));
  const enrolled = numbers.filter(() => draw.below(20) === 0).map((number) => idOf(plan, 'user', number));
  const gone = { $or: [{ status: 'INACTIVE' as const }, { expiryDate: { $gt: '', $lt: dayText(day) } }] };
  await models.User.updateMany({ institutionId, _id: { $in: enrolled }, ...gone }, { $set: { status: 'ACTIVE', expiryDate: dayText(day + A_YEAR) }, $inc: { version: 1 } });
  await models.User.updateMany({ institutionId, _id: { $in: leaving } }, { $set: { status: 'INACTIVE', expiryDate: dayText(day) }, $inc: { version: 1 } });
}
