/** Points for a late return, and the suspension of a patron who has too many (fulfillment-loans.md, users-remove-blocks: How points and suspensions arise). */
import { countedFrom, demeritPoints, limitsOf, type demeritFields, ordinaryDemerits, suspends, suspensionEnd, type DemeritLimits } from '../domain/fulfillment/demerits.js';
import { firstMatching, inOrder, type RuleFields } from '../domain/rule-tables.js';
import type { Moment } from '../domain/days.js';
import { newId } from '../models/document.js';
import type { UserBlock } from '../models/fulfillment.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';
import { finedLoan } from './fined-loan.js';
import type { LoanGround } from './loan-ground.js';

/**
 * Of a loan that has just ended; once per loan and due cycle. None for a loan that was lost, nor for one that the patron said was returned:
 * the library was to find it. Repeatable as of the moment of the return.
 */
export async function giveDemerits(deed: Deed, loan: Loan, { moment, policies, calendar, settings }: LoanGround): Promise<void> {
  const { models, institutionId, at } = deed;
  const { _id: loanId, userId, dueCycle, processStatus, userGroup, libraryCode, itemPolicy, materialType, recall } = loan;
  if (userId === null || at <= loan.dueDate || processStatus === 'LOST' || processStatus === 'CLAIMED_RETURN') return;
  const rules = await models.DemeritRule.find({ institutionId }).sort({ order: 1, _id: 1 }).lean();
  const fields: Record<keyof typeof demeritFields, RuleFields[string]> = { userGroup: userGroup || null, library: libraryCode, itemPolicy, materialType, recalled: recall?.active ?? false };
  const rule = firstMatching(inOrder(rules), fields);
  if (rule === null || policies === null || calendar === null) return;
  const points = demeritPoints(finedLoan(loan), policies, rule.output, calendar, moment.asOf);
  if (points === 0) return;

  const demerit = { _id: newId(), institutionId, userId, loanId, dueCycle, ruleId: rule._id, points, assignedAt: at, consumedBy: null, version: 1, createdAt: at, updatedAt: at };
  await insertOnce(models.Demerit, [demerit]);
  const user = await models.User.findOne({ institutionId, _id: userId }, { userGroup: 1 }).lean();
  await suspend(deed, userId, limitsOf(settings?.demerits ?? ordinaryDemerits, user?.userGroup ?? null), moment);
}

/** The points that suspend are paid by the suspension: they count once. Not during another, whose end looks at them. */
async function suspend(deed: Deed, userId: string, limits: DemeritLimits, moment: Moment): Promise<void> {
  const { models, institutionId, at } = deed;
  const counted = { institutionId, userId, consumedBy: null, assignedAt: { $gte: new Date(countedFrom(limits, moment)) } };
  const standing = await models.UserBlock.findOne({ institutionId, userId, status: 'ACTIVE', source: 'DEMERIT' }, { startsAt: 1 }).lean();
  if (standing !== null && standing.startsAt.getTime() !== at.getTime()) return;
  let blockId = standing?._id ?? null; // of this return, which broke off

  if (blockId === null) {
    const demerits = await models.Demerit.find(counted, { points: 1 }).lean();
    if (!suspends(demerits.reduce((sum, { points }) => sum + points, 0), limits)) return;
    const block = await suspension(deed, userId, new Date(suspensionEnd(limits, moment)));
    if ((await insertOnce(models.UserBlock, [block])).length > 0) return; // another desk was faster
    blockId = block._id;
  }
  await models.Demerit.updateMany({ ...counted, assignedAt: { ...counted.assignedAt, $lte: at } }, { $set: { consumedBy: blockId }, $inc: { version: 1 } });
}

/** As the institution has defined a block SUSPENDED; where it has not, it stops loans, renewals and holds. */
async function suspension({ models, institutionId, at }: Deed, userId: string, expiresAt: Date): Promise<UserBlock> {
  const definition = await models.UserBlockDefinition.findOne({ institutionId, code: 'SUSPENDED', active: true }).lean();
  const definitionId = definition?._id ?? 'SUSPENDED';
  return {
    _id: newId(),
    institutionId,
    userId,
    definitionId,
    code: 'SUSPENDED',
    description: definition?.description ?? 'Suspended for late returns',
    blockedActions: definition?.blockedActions ?? ['LOAN', 'RENEW', 'HOLD'],
    source: 'DEMERIT',
    status: 'ACTIVE',
    mode: 'DAYS',
    startsAt: at,
    expiresAt,
    loanIds: [],
    extensions: 0,
    removedAt: null,
    removedBy: null,
    note: null,
    placedBy: null,
    activeKey: `${userId}:${definitionId}:DEMERIT`,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}
