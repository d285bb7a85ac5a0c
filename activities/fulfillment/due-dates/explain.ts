/** Why loans-due-date-correction moves the due date of one loan, or leaves it. */
import { correctionSchema } from '../../../catalogue/fulfillment/loans-due-date-correction.js';
import { listening } from '../../../domain/ask.js';
import type { Asking, Explain, ExplainOne } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/loans-due-date-correction.js';
import type { Models } from '../../../models/models.js';
import { localText } from '../in-words.js';
import { findLoan } from '../loans/find-loan.js';
import { readGround } from './ground.js';
import { judgeLoans } from './judge.js';
import { loanFields, type ReadLoan } from './walk.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ACTIVE: 'The loan has ended.',
  LOST: 'The loan is lost.',
  CLAIMED_RETURN: 'The patron says that the item was returned.',
  NOT_CONCERNED: 'No change of the calendar that is still to be worked through concerns the day it is due.',
  LIBRARY_MISSING: 'The library of the loan is unknown.',
  TOU_MISSING: 'The terms of use of the loan are missing or cannot be read.',
  KEEP: 'Its terms of use keep due dates that fall on closed time.',
  MANUAL: 'Its due date was set by hand, and the job leaves such dates alone.',
  OPEN: 'It is not due on closed time.',
  NO_OPEN_DAY: 'It is due on closed time, and no open day was found within a year.',
};

export const createCorrectionExplainer = (models: Models): Explain => async (request) => (await explainCorrections(models, request))(request.record);

/** Of many loans: what they are judged by is read once. */
export async function explainCorrections(models: Models, request: Asking): Promise<ExplainOne> {
  const ground = await readGround(models, { ...request, runId: '-', scoped: false }, correctionSchema.parse(request.parameters));
  return async (record) => {
    const loan = await findLoan<ReadLoan>(models, request.institutionId, record, loanFields);
    if (loan === null) return null;
    const { ask, heard } = listening();
    const [judged] = await judgeLoans(models, request.institutionId, ground, [loan], ask);
    if (judged === undefined) return null;

    const { decision } = judged;
    const explanation = { recordType: 'loan', recordId: loan._id, label: loan.barcode, questions: heard, problems: [...decision.problems] };
    if (decision.action === 'LEAVE') return { ...explanation, decision: 'LEAVE', summary: leftBecause[decision.reason], actions: [] };
    const { zone } = ground.context.moment;
    const move = `The due date moves from ${localText(zone, loan.dueDate.getTime())} to ${localText(zone, decision.newDueDate)}.`;
    const letter = decision.letterKey === '' ? 'Nobody is told.' : 'The loan is listed in a letter to its borrower.';
    return { ...explanation, decision: 'ACT', summary: 'A run would move the due date: the library is closed then.', actions: [move, letter] };
  };
}
