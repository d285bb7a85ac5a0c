/**
 * Notifications – Send Courtesy Notices and Handle Loan Renewals: how a page of loans is read, judged and written.
 *
 * Specification: fulfillment-loans.md, notifications-courtesy-and-renewals. The rules are in domain/fulfillment/, the letters in
 * notice-letters.ts.
 */
import { notificationsCourtesyAndRenewals } from '../../catalogue/fulfillment/notifications-courtesy-and-renewals.js';
import { dueInWindow, renewableStatuses } from '../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch, type BatchClaim } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { actionsOf } from './courtesy/action.js';
import { completeRenewals, writeActions } from './courtesy/effects.js';
import { readGround, type Ground } from './courtesy/ground.js';
import { judgeLoans, loanFields, type ReadLoan } from './courtesy/judge.js';
import { noticedLetters, proposalsOf } from './courtesy/propose.js';
import { tally } from './courtesy/tally.js';
import { leftDecided, noticesById, sortLeft } from './courtesy/unfinished.js';
import { countLoans, LOANS_A_PAGE, loansOfScope, nextLoans, sameLoans, scopeOf, type LoanSelection, type LoansOfPage } from './loans/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}

export function createCourtesyActivities({ models, now }: Dependencies) {
  const groundOf = (run: Run) => readGround(models, run, notificationsCourtesyAndRenewals.parameters.parse(run.parameters));

  /**
   * Completes or takes back the renewals that a run which broke off left DECIDED.
   *
   * Repeatable: the notices of the page are claimed before anything is done about them.
   */
  async function finishLeftRenewals(run: Run): Promise<Page> {
    if (run.preview) return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
    const claim = await claimedBatch(models, run);
    const notices = claim === null ? await leftDecided(models, run) : await noticesById(models, run, claim.leaving);
    if ((claim?.leaving ?? notices).length === 0) return recordBatch(models, run, null, { counters: {}, problems: [] }, now(), holdOf(claim, notices));
    if (claim === null) await claimBatch(models, run, claim, { toKey: null, leaving: notices.map(({ _id }) => _id) }, now());

    const { completed, takenBack } = await sortLeft(models, run, notices);
    await models.LoanNotice.deleteMany({ institutionId: run.institutionId, _id: { $in: takenBack }, state: 'DECIDED' });
    await completeRenewals(models, run, completed.map(({ renewing }) => renewing), now());
    return recordBatch(models, run, 'more', tally(completed.map(({ judged }) => judged), await groundOf(run), new Set()), now());
  }

  /**
   * Renews the next loans of the selection, or says why not.
   *
   * Repeatable: every effect has its key, and a page that takes loans out of the selection claims them first, so that a second attempt works
   * on the same loans and counts the same.
   */
  async function renewLoansFallingDue(run: Run, onward: Onward): Promise<Page> {
    const ground = await groundOf(run);
    const claim = await claimedBatch(models, run);
    const { loans, next } = await loansOfPage(run, ground, claim);
    // A preview counts what its earlier pages propose.
    if (next !== null && loans.length >= LOANS_A_PAGE && !run.preview) onward(next, loans.length);
    const judged = await judgeLoans(models, run.institutionId, ground, loans, claim?.leaving ?? []);
    const actions = actionsOf(judged, run);
    const leaving = actions.renewing.map(({ loan }) => loan._id);

    const { outcome, proposals } = await carryOut<Set<string>>(models, run, {
      write: async () => {
        if (leaving.length > 0) await claimBatch(models, run, claim, { toKey: next, leaving }, now());
        return writeActions(models, run, ground, actions, now());
      },
      propose: () => proposalsOf(actions, ground),
      undisturbed: () => Promise.resolve(new Set()),
    });
    const collected = run.preview ? { proposals, letters: noticedLetters(actions) } : {};
    return recordBatch(models, run, next, { ...tally(judged, ground, outcome), ...collected }, now(), holdOf(claim, leaving));
  }

  async function loansOfPage(run: Run, ground: Ground, claim: BatchClaim | null): Promise<LoansOfPage<ReadLoan>> {
    if (run.scoped) return loansOfScope<ReadLoan>(models, run, loanFields);
    const selection = selectionOf(ground);
    return claim === null ? nextLoans<ReadLoan>(models, run, selection, loanFields) : sameLoans<ReadLoan>(models, run, selection, claim, loanFields);
  }

  return {
    /** How many loans the Selection holds; of a retry, the records of its scope. */
    async countLoansFallingDue(run: Run): Promise<number> {
      if (run.scoped) return (await scopeOf(models, run)).length;
      return countLoans(models, run.institutionId, selectionOf(await groundOf(run)));
    },
    finishLeftRenewals: forAMinute(finishLeftRenewals),
    renewLoansFallingDue: forAMinute(renewLoansFallingDue),
  };
}
export type CourtesyActivities = ReturnType<typeof createCourtesyActivities>;

const selectionOf = (ground: Ground): LoanSelection => ({ statuses: renewableStatuses, ...dueInWindow(ground) });
