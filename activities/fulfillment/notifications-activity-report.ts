/**
 * Notifications – Send Periodic Fulfillment Activity Report: how a page of patrons is read, judged and written.
 *
 * Specification: fulfillment-loans.md, notifications-activity-report. The rules are in domain/fulfillment/.
 */
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, recordBatch } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { lettersShown } from '../sample-letters.js';
import { accountsOfScope, countAccounts, nextAccounts, sameAccounts } from './activity/accounts.js';
import { readGround } from './activity/ground.js';
import { judgeAccounts } from './activity/judge.js';
import { proposalsOf } from './activity/propose.js';
import { tally } from './activity/tally.js';
import { planOnly, writeReports, type Outcome } from './activity/write-letters.js';
import { usersOfScope } from './users/by-user.js';

interface Dependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

export function createActivityReportActivities({ models, now, wakeMail }: Dependencies) {
  /**
   * Queues the reports of one page of patrons.
   *
   * Repeatable: the page's end and the keys of its letters are claimed first, and letters have keys. What an attempt before has written
   * counts, though the account may have become another one since.
   */
  async function reportActivity(run: Run, onward: Onward): Promise<Page> {
    const context = { models, institutionId: run.institutionId, now };
    const ground = await readGround(models, run);
    const claim = run.preview ? null : await claimedBatch(models, run);
    const { accounts, next } = run.scoped ? await accountsOfScope(models, run) : claim === null ? await nextAccounts(models, run) : await sameAccounts(models, run, claim.toKey);
    // A preview counts what its earlier pages propose.
    if (next !== null && !run.preview) onward(next, accounts.length);
    const judged = await judgeAccounts(models, ground, accounts);
    const letterKeys = judged.flatMap(({ letters }) => letters.map(({ letterKey }) => letterKey));

    const shown = run.preview ? await lettersShown(models, run) : 0;
    const { outcome, proposals } = await carryOut<Outcome>(models, run, {
      write: async () => {
        if (claim === null) await claimBatch(models, run, claim, { toKey: next, leaving: letterKeys }, now());
        return writeReports(context, run, ground, judged, claim?.leaving ?? []);
      },
      propose: (planned) => proposalsOf(judged, planned, shown),
      undisturbed: () => planOnly(context, run, ground, judged),
    });
    if (!run.preview && (outcome.letters.length > 0 || next === null)) await wakeMail(run.institutionId);
    return recordBatch(models, run, next, { ...tally(judged, outcome), ...(run.preview && { proposals }) }, now());
  }

  return {
    /** How many patrons the Selection holds; of a retry, the records of its scope. */
    async countAccounts(run: Run): Promise<number> {
      return run.scoped ? (await usersOfScope(models, run)).length : countAccounts(models, run.institutionId);
    },
    reportActivity: forAMinute(reportActivity),
  };
}
export type ActivityReportActivities = ReturnType<typeof createActivityReportActivities>;
