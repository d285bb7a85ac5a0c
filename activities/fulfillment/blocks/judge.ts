/** One page judged: what surrounds its blocks is read with one query each, then the rules are asked. */
import { unheard, type Ask } from '../../../domain/ask.js';
import { momentAt, zoneOf, type Moment } from '../../../domain/days.js';
import { ordinaryDemerits, type DemeritSettings } from '../../../domain/fulfillment/demerits.js';
import { decideBlock, type BlockContext, type BlockDecision, type PointsOf } from '../../../domain/fulfillment/users-remove-blocks.js';
import type { Models } from '../../../models/models.js';
import type { ReadBlock } from './walk.js';

/** By what every block of a page is judged. Read once per page. */
export interface Ground {
  institutionId: string;
  moment: Moment;
  demerits: DemeritSettings;
}

export async function readGround(models: Models, { institutionId, asOf, timeZone }: { institutionId: string; asOf: string; timeZone: string }): Promise<Ground> {
  const settings = await models.FulfillmentSettings.findOne({ institutionId }, { demerits: 1 }).lean<{ demerits?: DemeritSettings }>();
  return { institutionId, moment: momentAt(zoneOf(timeZone), Date.parse(asOf)), demerits: settings?.demerits ?? ordinaryDemerits };
}

export interface JudgedBlock {
  block: ReadBlock;
  decision: BlockDecision;
  /** An earlier attempt of the page has carried it out. */
  done: boolean;
}

/** Decides every block of a page. Of those that an earlier attempt claimed, what it did is read off the block, so that a repeat counts the same. */
export async function judgeBlocks(models: Models, ground: Ground, blocks: readonly ReadBlock[], claimed: ReadonlySet<string>, ask: Ask = unheard): Promise<JudgedBlock[]> {
  const context = await surroundings(models, ground, blocks);
  return blocks.map((block) => {
    const { _id: blockId, startsAt, expiresAt } = block;
    const decision = decideBlock({ ...block, blockId, startsAt: startsAt.getTime(), expiresAt: expiresAt?.getTime() ?? null }, context, ask);
    const before = claimed.has(blockId) ? whatWasDone(block, decision, ground.moment) : null;
    return { block, decision: before ?? decision, done: before !== null };
  });
}

async function surroundings(models: Models, { institutionId, moment, demerits }: Ground, blocks: readonly ReadBlock[]): Promise<BlockContext> {
  const suspensions = blocks.filter(({ source }) => source === 'DEMERIT');
  const loanIds = blocks.filter(({ mode }) => mode === 'UNTIL_RETURNED').flatMap((block) => block.loanIds);
  const userId = { $in: [...new Set(suspensions.map((block) => block.userId))] };
  const [users, points, loans] = await Promise.all([
    suspensions.length === 0 ? [] : models.User.find({ institutionId, _id: userId }, { userGroup: 1 }).lean(),
    suspensions.length === 0
      ? []
      : models.Demerit.find(
          {
            institutionId,
            userId,
            consumedBy: { $in: [null, ...suspensions.map(({ _id }) => _id)] },
            assignedAt: { $gt: new Date(Math.min(...suspensions.map(({ startsAt }) => startsAt.getTime()))), $lte: new Date(moment.asOf) },
          },
          { userId: 1, points: 1, assignedAt: 1, consumedBy: 1 },
        ).lean(),
    loanIds.length === 0 ? [] : models.Loan.find({ institutionId, _id: { $in: [...new Set(loanIds)] } }, { status: 1, processStatus: 1, dueDate: 1 }).lean(),
  ]);
  const byUser = new Map<string, PointsOf[]>();
  for (const { _id: demeritId, userId: ofUser, points: worth, assignedAt, consumedBy } of points) {
    const point = { demeritId, points: worth, assignedAt: assignedAt.getTime(), consumedBy };
    const before = byUser.get(ofUser);
    if (before === undefined) byUser.set(ofUser, [point]);
    else before.push(point);
  }
  return {
    moment,
    demerits,
    users: new Map(users.map((user) => [user._id, user])),
    points: byUser,
    loans: new Map(loans.map(({ _id, status, processStatus, dueDate }) => [_id, { status, processStatus, dueDate: dueDate.getTime() }])),
  };
}

/** The decision as a claimed block tells it; null: nothing has been done to it. */
export function whatWasDone({ status, source, startsAt, expiresAt, removedAt, removedBy }: ReadBlock, decision: BlockDecision, { asOf }: Moment): BlockDecision | null {
  if (removedBy === 'JOB' && removedAt?.getTime() === asOf) {
    if (status === 'EXPIRED') return { action: 'EXPIRE' };
    return source === 'DEMERIT' ? { action: 'LIFT' } : { action: 'REMOVE' };
  }
  if (source === 'DEMERIT' && startsAt.getTime() === asOf && expiresAt !== null) return { action: 'EXTEND', expiresAt: expiresAt.getTime(), demeritIds: [] };
  // It was claimed because it had loans to drop; now it has none.
  if (decision.action === 'LEAVE' && decision.reason === 'LOANS_STILL_OVERDUE') return { action: 'DROP_LOANS', loanIds: [] };
  return null;
}
