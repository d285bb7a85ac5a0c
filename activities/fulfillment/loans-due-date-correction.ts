/**
 * Loans – Due Date Correction after Calendar Change: how a page of loans is read, judged and written, and how the changes are closed.
 *
 * Specification: fulfillment-loans.md, loans-due-date-correction. The rules are in domain/fulfillment/, the letters in notice-letters.ts.
 */
import { correctionSchema } from '../../catalogue/fulfillment/loans-due-date-correction.js';
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { updateEach } from '../../models/update-each.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { completeMoves, movesOf, writeMoves } from './due-dates/effects.js';
import { readGround, type Ground } from './due-dates/ground.js';
import { judgeLoans } from './due-dates/judge.js';
import { proposalOf } from './due-dates/propose.js';
import { libraryProblem, tally, tallyMade } from './due-dates/tally.js';
import { leftDecided, noticesById, sortLeft } from './due-dates/unfinished.js';
import { countLoansConcerned, loanFields, nextLoansConcerned, type ReadLoan } from './due-dates/walk.js';
import { LOANS_A_PAGE, loansById, loansOfScope, scopeOf, type LoansOfPage } from './loans/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}

export function createDueDateCorrectionActivities({ models, now }: Dependencies) {
  const groundOf = (run: Run) => readGround(models, run, correctionSchema.parse(run.parameters));

  /**
   * Completes or takes back the notices that a run which broke off left DECIDED.
   *
   * Repeatable: the notices of the page are claimed before anything is done about them.
   */
  async function finishLeftCorrections(run: Run): Promise<Page> {
    if (run.preview) return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
    const claim = await claimedBatch(models, run);
    const notices = claim === null ? await leftDecided(models, run) : await noticesById(models, run, claim.leaving);
    if ((claim?.leaving ?? notices).length === 0) return recordBatch(models, run, null, { counters: {}, problems: [] }, now(), holdOf(claim, notices));
    if (claim === null) await claimBatch(models, run, claim, { toKey: null, leaving: notices.map(({ _id }) => _id) }, now());
    const { made, takenBack } = await sortLeft(models, run, notices);
    if (takenBack.length > 0) await models.LoanNotice.deleteMany({ institutionId: run.institutionId, _id: { $in: takenBack }, state: 'DECIDED' });
    await completeMoves(models, run, made, now());
    return recordBatch(models, run, 'more', { counters: tallyMade(made), problems: [] }, now());
  }

  /**
   * Judges the next loans whose day was changed, and moves those that are due on closed time.
   *
   * Repeatable: a page that moves loans out of the selection claims all of its loans first, and a second attempt goes by the notices that
   * the first has written.
   */
  async function correctDueDates(run: Run, onward: Onward): Promise<Page> {
    const ground = await groundOf(run);
    const recorded = await claimedBatch(models, run);
    // A page that moved nothing has claimed nothing: all of it is still in the selection.
    const claim = recorded === null || recorded.leaving.length === 0 ? null : recorded;
    const { loans, next } = claim === null ? await loansOfPage(run, ground) : { loans: await loansById<ReadLoan>(models, run.institutionId, claim.leaving, loanFields), next: claim.toKey };
    // A preview counts what its earlier pages propose.
    if (next !== null && loans.length >= LOANS_A_PAGE && !run.preview) onward(next, loans.length);
    const all = await judgeLoans(models, run.institutionId, ground, loans);
    // An earlier page may have moved a loan on to a day that this one reads: it has been counted.
    const judged = claim === null ? all.filter(({ notice }) => notice === null) : all;
    const moves = movesOf(judged);

    const { outcome, proposals } = await carryOut<Set<string>>(models, run, {
      write: async () => {
        if (claim === null && moves.length > 0) await claimBatch(models, run, recorded, { toKey: next, leaving: judged.map(({ loan }) => loan._id) }, now());
        return writeMoves(models, run, moves, now());
      },
      propose: () => moves.map(proposalOf),
      undisturbed: () => Promise.resolve(new Set()),
    });
    const letters = moves.filter(({ letterKey }) => letterKey !== '').map(({ letterKey }) => ({ letterKey, notificationFee: 0 }));
    return recordBatch(models, run, next, { ...tally(judged, outcome), ...(run.preview && { proposals, letters }) }, now(), holdOf(recorded, moves));
  }

  const loansOfPage = (run: Run, { context, days }: Ground): Promise<LoansOfPage<ReadLoan>> =>
    run.scoped ? loansOfScope<ReadLoan>(models, run, loanFields) : nextLoansConcerned(models, run, context.moment.zone, days);

  /**
   * Closes the calendar changes that all loans have been looked at for (rule 7).
   *
   * Repeatable. A change that was still being applied when the loans were read stays open: they are the next run's.
   */
  async function closeCalendarChanges(run: Run): Promise<Page> {
    const { changes, days, missing } = await groundOf(run);
    if (!run.preview) {
      const closed = { processedAt: new Date(run.asOf), processedRunId: run.runId, updatedAt: now() };
      await updateEach(models.CalendarChange, changes.map(({ _id, version }) => (
        { filter: { institutionId: run.institutionId, _id, version, processedAt: null }, update: { $set: closed, $inc: { version: 1 } } }
      )));
    }
    const libraries = new Set(days.map(({ libraryCode }) => libraryCode)).size;
    const problems = missing.map((code) => libraryProblem(code, 'LIBRARY_MISSING'));
    return recordBatch(models, run, null, { counters: { changesProcessed: changes.length, libraries }, problems }, now());
  }

  return {
    /** How many loans the Selection holds; of a retry, the records of its scope. */
    async countLoansConcerned(run: Run): Promise<number> {
      if (run.scoped) return (await scopeOf(models, run)).length;
      const { context, days } = await groundOf(run);
      return countLoansConcerned(models, run.institutionId, context.moment.zone, days);
    },
    finishLeftCorrections: forAMinute(finishLeftCorrections),
    correctDueDates: forAMinute(correctDueDates),
    closeCalendarChanges: forAMinute(closeCalendarChanges),
  };
}
export type DueDateCorrectionActivities = ReturnType<typeof createDueDateCorrectionActivities>;
