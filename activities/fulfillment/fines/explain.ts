/** Why fines-fees-notifications writes to one patron, or does not. */
import { listening } from '../../../domain/ask.js';
import type { Explain } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/fines-fees-notifications.js';
import type { Models } from '../../../models/models.js';
import { amountText, numberOf, wayWords } from '../in-words.js';
import { findUser } from '../users/find-user.js';
import { everyFeeOf } from './debtors.js';
import { readGround } from './ground.js';
import { judgeDebtors } from './judge.js';

const leftBecause: Record<LeaveReason, string> = {
  NOTHING_OWED: 'The patron owes nothing that counts: what is paid, disputed or exported does not.',
  NO_PROFILE_ACTIVE: 'No fines and fees notification profile is active.',
  NO_PROFILE_MATCHES: 'No active profile matches what the patron owes today.',
  NOTIFIED_BEFORE: 'The patron has had the letter of every profile that matches today.',
  USER_MISSING: 'The patron is not there any more, so nobody can be told.',
};

export function createFinesFeesExplainer(models: Models): Explain {
  return async (request) => {
    const { institutionId, currency } = request;
    const user = await findUser(models, institutionId, request.record);
    if (user === null) return null;
    const ground = await readGround(models, { ...request, runId: '-' });
    const { ask, heard } = listening();
    const fees = new Map([[user._id, await everyFeeOf(models, institutionId, user._id)]]);
    const [judged] = await judgeDebtors(models, ground, fees, ask);
    if (judged === undefined) return null;

    const { decision } = judged;
    const explanation = { recordType: 'user', recordId: user._id, label: user.primaryId, questions: heard };
    if (decision.action === 'LEAVE') {
      const { reason } = decision;
      return { ...explanation, decision: 'LEAVE', summary: leftBecause[reason], actions: [], problems: reason === 'USER_MISSING' ? [reason] : [] };
    }
    const actions = decision.letters.map(({ profile, feeIds, total }) => {
      const cost = profile.notificationFee > 0 ? `, and costs ${amountText(profile.notificationFee, currency)} where there is an address for it` : '';
      return `«${profile.name}» fires: a letter by ${wayWords[profile.sendFormat]} lists ${numberOf(feeIds.length, 'fee')}, ${amountText(total, currency)} in all${cost}.`;
    });
    return { ...explanation, decision: 'ACT', summary: `A run would write ${actions.length === 1 ? 'one letter' : `${actions.length} letters`} to the patron.`, actions, problems: [] };
  };
}
