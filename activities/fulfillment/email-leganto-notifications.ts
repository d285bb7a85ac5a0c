/**
 * Email Leganto Notifications to Users: how a page of news is read, judged and claimed, and how the mails are made of what is claimed.
 *
 * Specification: fulfillment-loans.md, email-leganto-notifications. The rules are in domain/fulfillment/.
 */
import { emailLegantoNotifications } from '../../catalogue/fulfillment/email-leganto-notifications.js';
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch } from '../runs/batches.js';
import { forAMinute } from '../runs/pages.js';
import { claimNews } from './reading-lists/claim.js';
import { groundOf, judgeNews, type Ground } from './reading-lists/judge.js';
import { readMailSettings, writeMails } from './reading-lists/mails.js';
import { proposeMails } from './reading-lists/propose-mails.js';
import { proposalsOf } from './reading-lists/propose.js';
import { tally } from './reading-lists/tally.js';
import { claimedNews, countNews, newsOfMails, newsOfScope, nextNews, sameNews, scopeOf, type ReadNews } from './reading-lists/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

export function createReadingListMailActivities({ models, now, wakeMail }: Dependencies) {
  const parametersOf = (run: Run) => emailLegantoNotifications.parameters.parse(run.parameters);

  /**
   * Claims the next users' news for a mail each, and settles what was their own doing; the mails are a later step's.
   *
   * Repeatable: the page is claimed before its writes take news out of the selection, and what is claimed stays so.
   */
  async function claimReadingListNews(run: Run): Promise<Page> {
    const ground = groundOf(run, parametersOf(run));
    const claim = await claimedBatch(models, run);
    const { news, next } = await newsOfPage(run, ground, claim);
    const judged = await judgeNews(models, run.institutionId, ground, news, new Set(claim?.leaving));
    const leaving = judged.flatMap(({ news: { _id }, decision }) => (decision.action === 'LEAVE' ? [] : [_id]));

    const { outcome, proposals } = await carryOut<Set<string>>(models, run, {
      write: async () => {
        if (claim === null && leaving.length > 0) await claimBatch(models, run, claim, { toKey: next, leaving }, now());
        return claimNews(models, run, judged, now());
      },
      propose: () => proposalsOf(judged),
      undisturbed: () => Promise.resolve(new Set()),
    });
    const letters = judged.flatMap(({ decision }) => (decision.action === 'MAIL' ? [{ letterKey: decision.letterKey, notificationFee: 0 }] : []));
    return recordBatch(models, run, next, { ...tally(judged, outcome), ...(run.preview && { proposals, letters }) }, now(), holdOf(claim, leaving));
  }

  async function newsOfPage(run: Run, ground: Ground, claim: { toKey: string | null; leaving: string[] } | null): Promise<{ news: ReadNews[]; next: string | null }> {
    if (run.scoped) return newsOfScope(models, run);
    return claim === null ? nextNews(models, run, ground) : { news: await sameNews(models, run, ground, claim), next: claim.toKey };
  }

  /**
   * Writes the next mails of what is claimed; those that an earlier run left go first, under their own keys.
   *
   * Repeatable: the keys of a page are claimed first, a mail has its key, and one that is written stays as it is.
   */
  async function mailReadingListNews(run: Run): Promise<Page> {
    const { institutionId } = run;
    const context = { models, institutionId, now };
    const settings = await readMailSettings(models, institutionId, parametersOf(run).detail);
    if (run.preview) return proposeMails(context, run, settings);
    const claim = await claimedBatch(models, run);
    const { news, next } = claim === null ? await claimedNews(models, run) : { news: await newsOfMails(models, institutionId, claim.leaving), next: claim.toKey };
    if (claim === null && news.length > 0) {
      await claimBatch(models, run, claim, { toKey: next, leaving: [...new Set(news.map(({ letterKey }) => letterKey))] }, now());
    }
    const result = await writeMails(context, run, settings, news);
    if (news.length > 0) await wakeMail(institutionId);
    return recordBatch(models, run, next, result, now(), holdOf(claim, news));
  }

  return {
    /**
     * How many news the Selection holds; of a retry, the records of its scope. Without an address of the reading lists no mail could be
     * right: the run fails before its first effect.
     */
    async countReadingListNews(run: Run): Promise<number> {
      const { detail } = parametersOf(run);
      await readMailSettings(models, run.institutionId, detail);
      return run.scoped ? (await scopeOf(models, run)).length : countNews(models, run.institutionId, groundOf(run, parametersOf(run)));
    },
    claimReadingListNews: forAMinute(claimReadingListNews),
    mailReadingListNews: forAMinute(mailReadingListNews),
  };
}
export type ReadingListMailActivities = ReturnType<typeof createReadingListMailActivities>;
