/** Blocks for the library that nights are measured on: of every kind that a night ends, of its readers and loans. */
import type { UserBlock } from '../models/fulfillment.js';
import type { Models } from '../models/models.js';
import { DAY_MS, idAt, institutionId, night } from './demo-library.js';
import { writeMany } from './write-many.js';

const kinds = [
  { source: 'DEMERIT', mode: 'DAYS' },
  { source: 'OVERDUE', mode: 'DAYS' },
  { source: 'OVERDUE', mode: 'UNTIL_RETURNED' },
  { source: 'STAFF', mode: 'MANUAL' },
  { source: 'EXTERNAL', mode: 'MANUAL' },
] as const;

/** One in ten ends a day later. Every second suspension has points since. */
export async function writeBlocks(models: Models, count: number, said: (line: string) => void): Promise<void> {
  const [users, loans] = await Promise.all([
    models.User.find({ institutionId }, { _id: 1 }).limit(count).lean(),
    models.Loan.find({ institutionId, status: 'ACTIVE' }, { _id: 1 }).limit(count).lean(),
  ]);
  const stamps = { institutionId, version: 1, createdAt: night, updatedAt: night };
  const userAt = (number: number) => users[number % users.length]!._id;
  await writeMany(models.UserBlock, count, (number): UserBlock => {
    const kind = kinds[number % kinds.length]!;
    const endless = kind.mode === 'UNTIL_RETURNED';
    return {
      ...stamps, ...kind, _id: idAt('0a', number), userId: userAt(number), definitionId: idAt('0c', 0), code: kind.source, description: '', blockedActions: ['LOAN'], status: 'ACTIVE',
      startsAt: new Date(night.getTime() - 14 * DAY_MS), expiresAt: endless ? null : new Date(night.getTime() + (number % 10 === 9 ? 1 : -1) * DAY_MS),
      loanIds: endless ? [loans[number % loans.length]!._id, loans[(number + 1) % loans.length]!._id] : [], extensions: 0, removedAt: null, removedBy: null, note: null, placedBy: null, activeKey: `#${number}`,
    };
  }, said);
  const suspensions = Math.ceil(count / kinds.length);
  await writeMany(models.Demerit, suspensions, (number) => ({
    ...stamps, _id: idAt('0b', number), userId: userAt(number * kinds.length), loanId: `#${number}`, dueCycle: 1, ruleId: idAt('0d', 0), points: 110,
    assignedAt: new Date(night.getTime() - 7 * DAY_MS), consumedBy: number % 2 === 0 ? null : idAt('0a', number * kinds.length),
  }), said);
}
