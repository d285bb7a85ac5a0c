/** The letters of loans-overdue-and-lost, and the fees for them (fulfillment-loans.md, loans-overdue-and-lost, Effects). */
import { letterFeeOf } from '../../../domain/fulfillment/loan-letters.js';
import { profileTypes } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { StoredLetter } from '../../../models/letter.js';
import { insertLetters, planLetters } from '../../letters.js';
import { countLetters } from '../notices/count-letters.js';
import { readLetterSettings } from '../notices/letter-settings.js';
import { proposeLetters, type AskedLetter } from '../notices/propose-letters.js';
import type { WritesLetters } from '../notices/writes-letters.js';
import { begunLetters, noneBegun } from './begun-letters.js';
import { countersOf, draftsOf, settleFees } from './draft-letters.js';
import { addFee, letterCounter } from './tally.js';

export const overdueLetters: WritesLetters = {
  kinds: profileTypes,

  async write(context, run, notices, mayBeBegun) {
    const { models, institutionId, now } = context;
    const settings = await readLetterSettings(models, institutionId);
    const begun = await begunLetters(models, institutionId, mayBeBegun);
    const { drafts, leftOut, users } = await draftsOf(models, run, settings, notices, begun);
    const plan = await planLetters(context, drafts.map(({ request }) => request), users);
    const fees = settleFees(run, drafts, plan.planned, begun, now());
    await insertOnce(models.Fee, fees);
    const queued = await insertLetters(models, plan.planned);
    const own = plan.planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);
    return { leftOut, counters: countersOf(run, drafts, own, fees), problems: plan.problems };
  },

  async propose(context, run) {
    const settings = await readLetterSettings(context.models, context.institutionId);
    return proposeLetters(context, run, {
      kinds: profileTypes,
      maxLoansPerLetter: settings.maxLoansPerLetter,
      async drafts(notices) {
        const { drafts, users } = await draftsOf(context.models, run, settings, notices, noneBegun);
        return { requests: drafts.map(({ request }) => request), users };
      },
      count(counters, planned, asked) {
        countLetters(counters, planned, asked, letterCounter);
        for (const fee of feesOf(planned, asked)) addFee(counters, 'notificationFees', fee, run.currency);
      },
    });
  },
};

/** The fee of a letter: the largest of its profiles, with the first part; charged only if a letter goes out (S8.9). */
function feesOf(planned: readonly StoredLetter[], asked: readonly AskedLetter[]): number[] {
  const goingOut = new Set(planned.filter(({ state }) => state === 'QUEUED').map(({ dedupeKey }) => dedupeKey.slice(0, dedupeKey.lastIndexOf(':'))));
  return asked
    .filter(({ request }) => request.part === 1 && goingOut.has(request.dedupeKey))
    .map(({ noticed }) => letterFeeOf(noticed.map(({ notificationFee }) => notificationFee)))
    .filter((fee) => fee > 0);
}
