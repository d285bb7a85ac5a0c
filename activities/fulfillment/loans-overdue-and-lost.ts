/**
 * Loans – Overdue and Lost Item: how a page of loans is read, judged and written.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost. The rules are in domain/fulfillment/, the letters in
 * notice-letters.ts.
 */
import { loansOverdueAndLost } from '../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { momentAt, zoneOf } from '../../domain/days.js';
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import type { NoticedLetter } from '../../models/run.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch, type BatchClaim } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { countLoans, LOANS_A_PAGE, loansOfScope, nextLoans, sameLoans, scopeOf, type LoansOfPage } from './loans/walk.js';
import { actionsOf, isLosing, type Action } from './overdue/action.js';
import { writeActions, type Outcome } from './overdue/effects.js';
import { readGround, readProfiles, type Ground } from './overdue/ground.js';
import { judgeLoans } from './overdue/judge.js';
import { usersToBlock } from './overdue/place-blocks.js';
import { proposalsOf } from './overdue/propose.js';
import { tally } from './overdue/tally.js';
import { leftDecided, noticesById, sortLeft } from './overdue/unfinished.js';
import { loanFields, selectionOf, type ReadLoan } from './overdue/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}

export function createOverdueAndLostActivities({ models, now }: Dependencies) {
  const groundOf = (run: Run) => readGround(models, run, loansOverdueAndLost.parameters.parse(run.parameters));

  /**
   * Completes or takes back the notices that a run which broke off left DECIDED.
   *
   * Repeatable: the notices of the page are claimed before anything is done about them.
   */
  async function finishLeftNotices(run: Run): Promise<Page> {
    if (run.preview) return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
    const claim = await claimedBatch(models, run);
    const notices = claim === null ? await leftDecided(models, run) : await noticesById(models, run, claim.leaving);
    if ((claim?.leaving ?? notices).length === 0) return recordBatch(models, run, null, { counters: {}, problems: [] }, now(), holdOf(claim, notices));
    if (claim === null) await claimBatch(models, run, claim, { toKey: null, leaving: notices.map(({ _id }) => _id) }, now());

    const ground = await groundOf(run);
    const { completed, takenBack, cancelled } = await sortLeft(models, run, ground, notices);
    const ofThem = (ids: string[]) => ({ institutionId: run.institutionId, _id: { $in: ids }, state: 'DECIDED' }) as const;
    await models.LoanNotice.deleteMany(ofThem(takenBack));
    if (cancelled.length > 0) await models.LoanNotice.updateMany(ofThem(cancelled), { $set: { state: 'CANCELLED' }, $inc: { version: 1 } });
    const outcome = await writeActions(models, run, ground, actionsOf(completed), now());
    return recordBatch(models, run, 'more', tally(completed, outcome), now());
  }

  /**
   * Judges the next loans of the selection and carries out what the rules say.
   *
   * Repeatable: every effect has its key, and a page that takes loans out of the selection claims them first, so that a
   * second attempt works on the same loans and counts the same.
   */
  async function ageOverdueLoans(run: Run, onward: Onward): Promise<Page> {
    const ground = await groundOf(run);
    const claim = await claimedBatch(models, run);
    const { loans, next } = await loansOfPage(run, ground, claim);
    // A preview counts what its earlier pages propose.
    if (next !== null && loans.length >= LOANS_A_PAGE && !run.preview) onward(next, loans.length);
    const judged = await judgeLoans(models, run.institutionId, ground, loans);
    const actions = actionsOf(judged);
    const leaving = actions.filter(isLosing).map(({ loan }) => loan._id);

    const { outcome, proposals } = await carryOut<Outcome>(models, run, {
      write: async () => {
        if (leaving.length > 0) await claimBatch(models, run, claim, { toKey: next, leaving }, now());
        return writeActions(models, run, ground, actions, now());
      },
      propose: () => proposalsOf(actions),
      undisturbed: async () => {
        const [blocked, before] = await Promise.all([usersToBlock(models, run, actions), blockedBefore(run)]);
        return { changedDuringRun: new Set(), blocked: new Set(blocked.filter((userId) => !before.has(userId))) };
      },
    });
    const collected = run.preview ? { proposals, letters: lettersOf(actions), blockedUsers: [...outcome.blocked] } : {};
    return recordBatch(models, run, next, { ...tally(judged, outcome), ...collected }, now(), holdOf(claim, leaving));
  }

  async function loansOfPage(run: Run, ground: Ground, claim: BatchClaim | null): Promise<LoansOfPage<ReadLoan>> {
    if (run.scoped) return loansOfScope<ReadLoan>(models, run, loanFields);
    const selection = selectionOf(ground.profiles, ground.context.moment);
    if (selection === null) return { loans: [], next: null };
    return claim === null ? nextLoans<ReadLoan>(models, run, selection, loanFields) : sameLoans<ReadLoan>(models, run, selection, claim, loanFields);
  }

  /** Of a preview: whom its earlier pages would have blocked. */
  async function blockedBefore({ preview, institutionId, runId, batchNo }: Run): Promise<Set<string>> {
    if (!preview) return new Set();
    const batches = await models.RunBatch.find({ institutionId, runId, batchNo: { $lt: batchNo } }, { blockedUsers: 1 }).lean();
    return new Set(batches.flatMap(({ blockedUsers }) => blockedUsers));
  }

  return {
    /** How many loans the Selection holds; of a retry, the records of its scope. */
    async countOverdueLoans(run: Run): Promise<number> {
      if (run.scoped) return (await scopeOf(models, run)).length;
      const selection = selectionOf(await readProfiles(models, run.institutionId), momentAt(zoneOf(run.timeZone), Date.parse(run.asOf)));
      return selection === null ? 0 : countLoans(models, run.institutionId, selection);
    },
    finishLeftNotices: forAMinute(finishLeftNotices),
    ageOverdueLoans: forAMinute(ageOverdueLoans),
  };
}
export type OverdueAndLostActivities = ReturnType<typeof createOverdueAndLostActivities>;

/** The letters that the notices of a preview would make, once a notice; a run reads them off its notices. */
function lettersOf(actions: readonly Action[]): NoticedLetter[] {
  const noticed = actions.flatMap(({ firing }) => firing.map(({ letterKey, notificationFee }) => ({ letterKey, notificationFee })));
  return noticed.filter(({ letterKey }) => letterKey !== '');
}
