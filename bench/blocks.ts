/** The night of users-remove-blocks: the first blocks are active, of which nine in ten end, the others ended long ago. */
import type { AnyBulkWriteOperation, Db } from 'mongodb';
import type { Demerit, UserBlock } from '../models/fulfillment.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';
import type { User } from '../models/user.js';
import { gather, pagesOf } from './bare-pages.js';
import { writeBlocks } from './blocks-library.js';
import { DAY_MS, idAt, institutionId, night, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import type { Outcome } from './outcome.js';
import { writeMany } from './write-many.js';

const SEED = 1;
/** More points extend a suspension, by so many days from the night's on. */
const THRESHOLD = 100;
const EXTENDED_TO = new Date('2026-06-25T04:00:00.000Z');

export const blocksNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'users-remove-blocks',
  sizes: `${records} blocks, ${todo} of them active`,
  seed: {
    name: `blocks-${SEED}-${records}-${todo}`,
    async write(models, said) {
      await writeRecords(models, { readers: todo, items: 0, loans: todo, news: 0, newsReaders: 1, dueDate: (number) => new Date(night.getTime() + (1 + (number % 28)) * DAY_MS) }, said);
      await Promise.all([models.UserBlock.deleteMany({ institutionId }), models.Demerit.deleteMany({ institutionId })]);
      await writeBlocks(models, todo, said);
      const pattern = await models.UserBlock.findOne({ institutionId }).orFail().lean<UserBlock>();
      const longAgo = new Date(night.getTime() - 100 * DAY_MS);
      await writeMany(models.UserBlock, records - todo, (number): UserBlock => (
        { ...pattern, _id: idAt('09', number), status: 'REMOVED', startsAt: longAgo, expiresAt: longAgo, removedAt: longAgo, removedBy: 'JOB', activeKey: `#past ${number}` }
      ), said);
    },
  },
  script,
  outcomeOf,
});

async function script(db: Db): Promise<void> {
  const [endless, over] = [{ source: 'OVERDUE', expiresAt: null }, { expiresAt: { $lte: night } }] as const;
  for (const which of [{ source: 'DEMERIT', ...over }, { source: 'OVERDUE', ...over }, endless, { source: 'STAFF', ...over }, { source: 'EXTERNAL', ...over }] as const) {
    const blocks = db.collection<UserBlock>('userBlocks').find({ institutionId, status: 'ACTIVE', ...which }).sort({ expiresAt: 1, _id: 1 });
    for await (const page of pagesOf(blocks)) await end(db, page);
  }
}

/** A page of blocks of one kind. */
async function end(db: Db, blocks: UserBlock[]): Promise<void> {
  const points = new Map<string, Demerit[]>();
  const overdue = new Set<string>();
  if (blocks[0]!.source === 'DEMERIT') {
    const userId = { $in: blocks.map((block) => block.userId) };
    const [demerits] = await Promise.all([
      db.collection<Demerit>('demerits').find({ institutionId, userId, consumedBy: { $in: [null, ...blocks.map(({ _id }) => _id)] }, assignedAt: { $gt: blocks[0]!.startsAt, $lte: night } }).toArray(),
      db.collection<User>('users').find({ institutionId, _id: userId }).project({ userGroup: 1 }).toArray(),
    ]);
    for (const demerit of demerits) gather(points, demerit.userId, demerit);
  }
  if (blocks[0]!.mode === 'UNTIL_RETURNED') {
    const loans = await db.collection<Loan>('loans').find({ institutionId, _id: { $in: blocks.flatMap(({ loanIds }) => loanIds) } }).project<Pick<Loan, '_id' | 'dueDate'>>({ dueDate: 1 }).toArray();
    for (const { _id, dueDate } of loans) if (dueDate < night) overdue.add(_id);
  }
  const consumed: AnyBulkWriteOperation<Demerit>[] = [];
  const ended: AnyBulkWriteOperation<UserBlock>[] = [];
  for (const { _id, userId, source, loanIds } of blocks) {
    const late = points.get(userId) ?? [];
    if (late.reduce((sum, demerit) => sum + demerit.points, 0) > THRESHOLD) {
      for (const demerit of late.filter(({ consumedBy }) => consumedBy === null)) consumed.push({ updateOne: { filter: { institutionId, _id: demerit._id }, update: { $set: { consumedBy: _id, updatedAt: night }, $inc: { version: 1 } } } });
      ended.push({ updateOne: { filter: { institutionId, _id }, update: { $set: { startsAt: night, expiresAt: EXTENDED_TO, updatedAt: night }, $inc: { extensions: 1, version: 1 } } } });
    } else if (!loanIds.some((id) => overdue.has(id))) {
      const status = source === 'STAFF' || source === 'EXTERNAL' ? 'EXPIRED' : 'REMOVED';
      ended.push({ updateOne: { filter: { institutionId, _id }, update: { $set: { status, removedAt: night, removedBy: 'JOB', activeKey: `#${_id}`, updatedAt: night }, $inc: { version: 1 } } } });
    }
  }
  if (consumed.length > 0) await db.collection<Demerit>('demerits').bulkWrite(consumed, { ordered: false });
  if (ended.length > 0) await db.collection<UserBlock>('userBlocks').bulkWrite(ended, { ordered: false });
}

async function outcomeOf(models: Models): Promise<Outcome> {
  const of = (removedBy: { removedAt: Date } | { startsAt: Date }) => models.UserBlock.aggregate<{ _id: string; blocks: number }>([
    { $match: { institutionId, ...removedBy } }, { $group: { _id: { $concat: ['$source', ' ', '$status'] }, blocks: { $sum: 1 } } },
  ]);
  const [ended, extended, consumed] = await Promise.all([
    of({ removedAt: night }), of({ startsAt: night }), models.Demerit.countDocuments({ institutionId, consumedBy: { $ne: null } }),
  ]);
  return {
    ...Object.fromEntries(ended.map(({ _id, blocks }) => [`blocks of tonight ${_id}`, blocks])),
    ...Object.fromEntries(extended.map(({ _id, blocks }) => [`extended ${_id}`, blocks])),
    'late returns counted in': consumed,
  };
}
