/** Why users-remove-blocks ends a block, or leaves it. */
import { listening } from '../../../domain/ask.js';
import { dayText, localDay } from '../../../domain/days.js';
import type { Explain, ExplainRequest } from '../../../domain/explanation.js';
import type { BlockDecision, LeaveReason } from '../../../domain/fulfillment/users-remove-blocks.js';
import type { Models } from '../../../models/models.js';
import { judgeBlocks, readGround, type Ground } from './judge.js';
import { blockFields, type ReadBlock } from './walk.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ACTIVE: 'The block has ended.',
  WITHOUT_END: 'The block has no end: staff remove it.',
  NOT_OVER_YET: 'The end of the block has not come.',
  LOANS_STILL_OVERDUE: 'The block stays: all its loans are still overdue or lost.',
};

export function createBlockExplainer(models: Models): Explain {
  return async (request) => {
    const block = await findBlock(models, request);
    if (block === null) return null;
    const ground = await readGround(models, request);
    const { ask, heard } = listening();
    const [judged] = await judgeBlocks(models, ground, [block], new Set(), ask);
    if (judged === undefined) return null;
    const { decision } = judged;
    const explanation = { recordType: 'block', recordId: block._id, label: block.code, questions: heard, problems: [] };
    if (decision.action === 'LEAVE') return { ...explanation, decision: 'LEAVE', summary: leftBecause[decision.reason], actions: [] };
    const [summary, ...actions] = sentencesOf(decision, ground);
    return { ...explanation, decision: 'ACT', summary, actions };
  };
}

function sentencesOf(decision: Exclude<BlockDecision, { action: 'LEAVE' }>, { moment: { zone } }: Ground): [string, ...string[]] {
  switch (decision.action) {
    case 'LIFT':
      return ['A run would lift the suspension: it is served.', 'The patron may borrow again.'];
    case 'EXTEND':
      return [
        'A run would extend the suspension: new late returns during it came to more points than the threshold.',
        `The suspension goes on to the end of ${dayText(localDay(zone, decision.expiresAt - 1))}.`,
        `The points of ${decision.demeritIds.length} late ${decision.demeritIds.length === 1 ? 'return are' : 'returns are'} paid by it.`,
      ];
    case 'REMOVE':
      return ['A run would remove the block for overdue loans.', 'The patron may borrow again.'];
    case 'DROP_LOANS':
      return ['The block stays, for fewer loans.', `${decision.loanIds.length} of its loans ${decision.loanIds.length === 1 ? 'is' : 'are'} not overdue any more.`];
    case 'EXPIRE':
      return ['The block expires: its end has come.', 'The patron may borrow again.'];
  }
}

/** `block:<id>`, or by the primary id of its user: the one that is active (else the latest). null: there is none; another type of record is a RangeError. */
async function findBlock(models: Models, { institutionId, record }: ExplainRequest): Promise<ReadBlock | null> {
  const [type = '', ...rest] = record.split(':');
  const key = rest.join(':');
  if (type !== 'block' || key === '') throw new RangeError(`"${record}" is not a block: expected block:<id> or block:<primary id of its user>`);
  const byId = await models.UserBlock.findOne({ institutionId, _id: key }, blockFields).lean<ReadBlock>();
  if (byId !== null) return byId;
  const user = await models.User.findOne({ institutionId, primaryId: key }, { _id: 1 }).lean();
  if (user === null) return null;
  const blocks = await models.UserBlock.find({ institutionId, userId: user._id }, blockFields).sort({ startsAt: -1, _id: -1 }).lean<ReadBlock[]>();
  return blocks.find(({ status }) => status === 'ACTIVE') ?? blocks[0] ?? null;
}
