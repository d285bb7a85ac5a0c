/** A night of users-remove-blocks: blocks of every source and end, drawn from a seed, and a suspension at which an earlier run broke off. */
import type { Demerit, UserBlock } from '../models/fulfillment.js';
import type { Models } from '../models/models.js';
import { activated, idOf } from '../test/support/demo-library.js';
import { at } from '../test/support/fixture-a.js';
import { drawFrom, type Draw } from './draw.js';
import { asOf, library, overdueDate, type Size } from './library.js';

const HOUR_MS = 60 * 60 * 1000;
const sources = ['DEMERIT', 'DEMERIT', 'OVERDUE', 'OVERDUE', 'OVERDUE', 'STAFF', 'EXTERNAL'] as const;

/** Answers with the id of its scheduled job, which nothing but a person starts. As many blocks are drawn as there are loans. */
export async function blocksWork(models: Models, institutionId: string, size: Size): Promise<string> {
  await library(models, institutionId, size, overdueDate, []);
  const byUserGroup = [{ userGroup: 'FACULTY', threshold: 60, historyDays: 365, suspensionDays: 28 }];
  await models.FulfillmentSettings.updateOne({ institutionId }, { $set: { 'demerits.byUserGroup': byUserGroup } });
  await models.User.updateMany({ institutionId, primaryId: /[05]$/ }, { $set: { userGroup: 'FACULTY' } });
  const [users, loans] = await Promise.all([
    models.User.find({ institutionId }, { _id: 1 }).sort({ primaryId: 1 }).lean(),
    models.Loan.find({ institutionId }, { _id: 1 }).sort({ barcode: 1 }).lean(),
  ]);
  const draw = drawFrom(size.seed, 'blocks');
  const drawn = Array.from({ length: size.loans }, (_, index) =>
    block(institutionId, index, draw, draw.one(users)._id, Array.from({ length: 1 + draw.below(3) }, () => draw.one(loans)._id)));
  const broken = block(institutionId, size.loans, draw, users[1]!._id, []);
  const blocks = [...drawn, { ...broken, source: 'DEMERIT' as const, mode: 'DAYS' as const, startsAt: new Date(at('2025-03-02 12:00')), expiresAt: new Date(at('2025-03-17 00:00')), loanIds: [] }];
  await models.UserBlock.insertMany(blocks.map((each) => ({ ...each, activeKey: `${each.userId}:${each.definitionId}:${each.source}` })));
  const suspended = drawn.filter(({ source }) => source === 'DEMERIT');
  await models.Demerit.insertMany([
    ...suspended.flatMap((each) => Array.from({ length: draw.below(4) }, (_, number) => demerit(each, number, draw))),
    { ...demerit({ ...broken, startsAt: new Date(at('2025-03-02 12:00')) }, 0, draw), points: 110, assignedAt: new Date(at('2025-03-10 12:00')), consumedBy: broken._id },
  ]);
  return (await activated(models, institutionId, 'users-remove-blocks'))._id;
}

type DrawnBlock = Omit<UserBlock, 'activeKey' | 'version' | 'createdAt' | 'updatedAt' | 'removedAt' | 'removedBy' | 'note' | 'placedBy' | 'blockedActions' | 'description'>;

/** Each under a definition of its own, so that a patron may have several of one source. */
function block(institutionId: string, index: number, draw: Draw, userId: string, loanIds: string[]): DrawnBlock {
  const source = draw.one(sources);
  const untilReturned = source === 'OVERDUE' && draw.below(3) > 0;
  const hours = draw.below(96) - 72; // up to a day to come
  const endless = untilReturned || (source === 'STAFF' && draw.below(4) === 0);
  return {
    _id: idOf(institutionId, `block ${index}`), institutionId, userId, definitionId: idOf(institutionId, `definition ${index}`), code: `D${String(index).padStart(5, '0')}`,
    source, status: 'ACTIVE', mode: untilReturned ? 'UNTIL_RETURNED' : source === 'OVERDUE' || source === 'DEMERIT' ? 'DAYS' : 'MANUAL',
    startsAt: new Date(asOf.getTime() - (240 + draw.below(240)) * HOUR_MS), expiresAt: endless ? null : new Date(asOf.getTime() + hours * HOUR_MS),
    loanIds: source === 'OVERDUE' ? [...new Set(loanIds)] : [], extensions: 0,
  };
}

/** Given during the suspension, or before it. */
function demerit({ institutionId, userId, code, startsAt }: DrawnBlock, number: number, draw: Draw): Omit<Demerit, 'version' | 'createdAt' | 'updatedAt'> {
  const name = `${code} ${number}`;
  return {
    _id: idOf(institutionId, `demerit ${name}`), institutionId, userId, loanId: idOf(institutionId, `late loan ${name}`), dueCycle: 1, ruleId: idOf(institutionId, 'rule'),
    points: 10 * (1 + draw.below(9)), assignedAt: new Date(startsAt.getTime() + (draw.below(200) - 20) * HOUR_MS), consumedBy: null,
  };
}
