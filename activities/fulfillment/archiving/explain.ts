/** Why fulfillment-historical-archiving takes the person out of a record, or leaves it. */
import { fulfillmentHistoricalArchiving } from '../../../catalogue/fulfillment/fulfillment-historical-archiving.js';
import { listening } from '../../../domain/ask.js';
import type { Explain, ExplainRequest, Explanation } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/fulfillment-historical-archiving.js';
import type { Models } from '../../../models/models.js';
import { findLoan } from '../loans/find-loan.js';
import { feePass } from './fees.js';
import { judgeRecords, readGround } from './judge.js';
import { loanFields, loanPass, type ReadLoan } from './loans.js';
import type { Pass } from './pass.js';
import { borrowingRequestPass, requestPass } from './requests.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ENDED: 'The record has not ended.',
  ANONYMIZED_BEFORE: 'It names nobody any more: an earlier run has anonymised it.',
  SWITCHED_OFF: 'The job is set up to leave records of this type alone.',
  OPEN_DEBTS: 'Money is owed for it still, so it is kept whole.',
  RETAINED_BY_RULE: 'A rule keeps it.',
  NO_TEXT: 'There is no note or comment to remove.',
};

export function createArchivingExplainer(models: Models): Explain {
  return async (request) => {
    const { institutionId, record } = request;
    const [type = '', ...rest] = record.split(':');
    const key = rest.join(':');
    switch (key === '' ? '' : type) {
      case 'loan':
        return explained(models, request, loanPass(models), await findLoan<ReadLoan>(models, institutionId, record, loanFields));
      case 'fee':
        return byId(models, request, feePass(models), key);
      case 'request':
        return byId(models, request, requestPass(models), key);
      case 'borrowingRequest': {
        const known = await models.BorrowingRequest.findOne({ institutionId, externalId: key }, { _id: 1 }).lean();
        return byId(models, request, borrowingRequestPass(models), known?._id ?? key);
      }
      default:
        throw new RangeError(`"${record}" is no ended record: expected loan:<id or barcode>, fee:<id>, request:<id> or borrowingRequest:<id or external id>`);
    }
  };
}

type Named = { _id: string; anonymizedAt: Date | null };

async function byId<Read extends Named>(models: Models, request: ExplainRequest, pass: Pass<Read>, id: string): Promise<Explanation | null> {
  const [record = null] = await pass.walk.byId(request.institutionId, [id]);
  return explained(models, request, pass, record);
}

async function explained<Read extends Named>(models: Models, request: ExplainRequest, pass: Pass<Read>, record: Read | null): Promise<Explanation | null> {
  if (record === null) return null;
  const ground = await readGround(models, request, pass, fulfillmentHistoricalArchiving.parameters.parse(request.parameters));
  const { ask, heard } = listening();
  const [judged] = await judgeRecords(models, ground, pass, [record], new Map(), ask);
  if (judged === undefined) return null;
  const { decision } = judged;
  const explanation = { recordType: pass.recordType, recordId: record._id, label: pass.labelOf(record), questions: heard, problems: [] };
  if (decision.action === 'LEAVE') return { ...explanation, decision: 'LEAVE', summary: leftBecause[decision.reason], actions: [] };
  const text = 'Its notes or comments are removed.';
  if (decision.action === 'REMOVE_TEXT') return { ...explanation, decision: 'ACT', summary: 'A run would remove the text that people wrote about it.', actions: [text] };
  const actions = ['What links it to the person is removed, for good.', ...(decision.removesText ? [text] : [])];
  return { ...explanation, decision: 'ACT', summary: 'A run would anonymise it.', actions };
}
