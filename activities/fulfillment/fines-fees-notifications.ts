/**
 * Fines/Fees Notifications: how a page of patrons is read, judged and written.
 *
 * Specification: fulfillment-loans.md, fines-fees-notifications. The rules are in domain/fulfillment/.
 */
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, recordBatch } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { lettersShown } from '../sample-letters.js';
import { countDebtors, debtorsOfScope, nextDebtors, sameDebtors } from './fines/debtors.js';
import { readGround } from './fines/ground.js';
import { judgeDebtors, lettersOf } from './fines/judge.js';
import { proposalsOf } from './fines/propose.js';
import { tally } from './fines/tally.js';
import { planOnly, writeLetters, type Outcome } from './fines/write-letters.js';
import { usersOfScope } from './users/by-user.js';

interface Dependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

export function createFinesFeesActivities({ models, now, wakeMail }: Dependencies) {
  /**
   * Charges for and queues the letters of one page of patrons.
   *
   * Repeatable: the page's end and the keys of its letters are claimed first, for what it charges are fees of the same walk; letters and
   * fees have keys. What an attempt before has written is finished as it was, though the patron may have paid since.
   */
  async function notifyOfDebts(run: Run, onward: Onward): Promise<Page> {
    const context = { models, institutionId: run.institutionId, now };
    const ground = await readGround(models, run);
    const claim = run.preview ? null : await claimedBatch(models, run);
    const page = run.scoped ? await debtorsOfScope(models, run) : claim === null ? await nextDebtors(models, run) : await sameDebtors(models, run, claim.toKey);
    const { fees, next } = page;
    // A preview counts what its earlier pages propose.
    if (next !== null && !run.preview) onward(next, fees.size);
    const judged = await judgeDebtors(models, ground, fees);
    const letterKeys = judged.flatMap(({ decision }) => lettersOf(decision).map(({ letterKey }) => letterKey));

    const shown = run.preview ? await lettersShown(models, run) : 0;
    const { outcome, proposals } = await carryOut<Outcome>(models, run, {
      write: async () => {
        if (claim === null) await claimBatch(models, run, claim, { toKey: next, leaving: letterKeys }, now());
        return writeLetters(context, run, ground, judged, claim?.leaving ?? []);
      },
      propose: (planned) => proposalsOf(judged, planned, shown),
      undisturbed: () => planOnly(context, run, ground, judged),
    });
    if (!run.preview && (outcome.letters.length > 0 || next === null)) await wakeMail(run.institutionId);
    return recordBatch(models, run, next, { ...tally(judged, outcome, run.currency), ...(run.preview && { proposals }) }, now());
  }

  return {
    /** How many patrons the Selection holds; of a retry, the records of its scope. */
    async countDebtors(run: Run): Promise<number> {
      return run.scoped ? (await usersOfScope(models, run)).length : countDebtors(models, run.institutionId);
    },
    notifyOfDebts: forAMinute(notifyOfDebts),
  };
}
export type FinesFeesActivities = ReturnType<typeof createFinesFeesActivities>;
