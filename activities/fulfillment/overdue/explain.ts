/** Why loans-overdue-and-lost does what it does with one loan, or leaves it. */
import { loansOverdueAndLost } from '../../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { listening } from '../../../domain/ask.js';
import type { Asking, Explain, ExplainOne } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/loans-overdue-and-lost.js';
import type { Firing } from '../../../domain/fulfillment/overdue-firing.js';
import type { CompiledProfiles } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Models } from '../../../models/models.js';
import { amountText, wayWords } from '../in-words.js';
import { findLoan } from '../loans/find-loan.js';
import { readGround } from './ground.js';
import { judgeLoans } from './judge.js';
import { loanFields, type ReadLoan } from './walk.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ACTIVE: 'The loan has ended.',
  ALREADY_LOST: 'The loan is lost already: lost is the end of the cycle.',
  NOT_YET_DUE: 'The loan is not overdue.',
  NO_PROFILE_ACTIVE: 'No overdue and lost profile is active.',
  BELOW_EVERY_THRESHOLD: 'The loan is overdue for fewer days than any active profile asks for.',
  LIBRARY_MISSING: 'The library of the loan is unknown.',
  NO_PROFILE_MATCHES: 'No active profile matches the loan today.',
  TOO_LATE: 'Every matching notification is more days late than the job still makes up.',
  DONE_BEFORE: 'Everything that matches today was done by an earlier run.',
  USER_MISSING: 'The borrower is not there any more, so no notification can go out.',
};

export const createOverdueExplainer = (models: Models): Explain => async (request) => (await explainOverdueLoans(models, request))(request.record);

/** Of many loans: what they are judged by is read once. */
export async function explainOverdueLoans(models: Models, request: Asking): Promise<ExplainOne> {
  const parameters = loansOverdueAndLost.parameters.parse(request.parameters);
  const ground = await readGround(models, { ...request, runId: '-' }, parameters);
  return async (record) => {
    const loan = await findLoan<ReadLoan>(models, request.institutionId, record, loanFields);
    if (loan === null) return null;
    const { ask, heard } = listening();
    const [judged] = await judgeLoans(models, request.institutionId, ground, [loan], ask);
    if (judged === undefined) return null;

    const { decision } = judged;
    const explanation = {
      recordType: 'loan',
      recordId: loan._id,
      label: loan.barcode,
      questions: heard,
      problems: decision.problems.map(({ code }) => code),
    };
    if (decision.action === 'LEAVE') {
      return { ...explanation, decision: 'LEAVE', summary: leftBecause[decision.reason], actions: [] };
    }
    const fired = decision.firing.map((firing) => sentenceOf(firing, ground.profiles, request.currency));
    const superseded = decision.superseded.map(
      ({ profileId }) => `«${nameOf(ground.profiles, profileId)}» is superseded: a later stage has been reached.`,
    );
    const summary = fired.length > 0 ? `A run would act: ${fired.length} ${fired.length === 1 ? 'profile fires' : 'profiles fire'}.` : 'Nothing fires: what matches is superseded.';
    return { ...explanation, decision: 'ACT', summary, actions: [...fired, ...superseded] };
  };
}

const feeWords: Record<Firing['fees'][number]['type'], string> = {
  OVERDUE_NOTIFICATION_FINE: 'a fine for the notice', LOST_ITEM_REPLACEMENT_FEE: 'a replacement fee', LOST_ITEM_PROCESS_FEE: 'a processing fee',
  OVERDUE_FINE: 'the overdue fine', RECALLED_OVERDUE_FINE: 'the overdue fine after recall',
};

const nameOf = (profiles: CompiledProfiles, id: string): string =>
  profiles.inOrder.find(({ profile }) => profile.profileId === id)?.profile.name ?? id;

function sentenceOf(firing: Firing, profiles: CompiledProfiles, currency: string): string {
  const parts = [
    firing.kind === 'CHANGE_TO_LOST' ? 'the loan becomes lost' : 'a notice is written',
    ...firing.fees.map(({ type, amount }) => `${feeWords[type]} of ${amountText(amount, currency)} is charged`),
    ...(firing.block === null ? [] : ['the borrower is blocked']),
    firing.lastState === 'LETTER_PENDING' ? `a letter goes by ${wayWords[firing.sendFormat]}` : 'no letter goes out',
  ];
  return `«${nameOf(profiles, firing.profileId)}» fires: ${parts.join(', ')}.`;
}
