/** One page judged: its patrons and their earlier reports are read with one query each, then the rules are asked. */
import { unheard, type Ask } from '../../../domain/ask.js';
import {
  activityLetters, decideActivityReport, type Account, type ActivityDecision, type ActivityLetter, type ReportedLoan,
} from '../../../domain/fulfillment/notifications-activity-report.js';
import type { Models } from '../../../models/models.js';
import type { ReadAccount, ReadLoan } from './accounts.js';
import type { Ground } from './ground.js';

export interface JudgedAccount {
  account: ReadAccount;
  /** What staff know the patron by; null where there is none of this id. */
  primaryId: string | null;
  decision: ActivityDecision;
  /** Of the report, but for those that another run has written. */
  letters: ActivityLetter[];
}

/** Decides about every patron of a page. A report that this very run has written is no obstacle, so that a page done twice says the same. */
export async function judgeAccounts(models: Models, ground: Ground, accounts: readonly ReadAccount[], ask: Ask = unheard): Promise<JudgedAccount[]> {
  if (accounts.length === 0) return [];
  const { institutionId, context, letters: { separatePatronNotificationsByLibrary: separateByLibrary, maxLoansPerLetter }, period } = ground;
  const users = await models.User.find({ institutionId, _id: { $in: accounts.map(({ userId }) => userId) } }, { status: 1, userGroup: 1, primaryId: 1 }).lean();
  const usersById = new Map(users.map((user) => [user._id, user]));
  const lettersOf = (account: Account, decision: ActivityDecision): ActivityLetter[] =>
    decision.action === 'LEAVE' ? [] : activityLetters(account, decision.report, { period, separateByLibrary, maxLoansPerLetter });

  const first = accounts.map((account) => {
    const known: Account = {
      userId: account.userId, user: usersById.get(account.userId) ?? null, loans: account.loans.map(reportedLoan),
      fees: account.fees.map(({ _id, status, balance, libraryCode }) => ({ feeId: _id, status, balance, libraryCode })), reportedBefore: false,
    };
    return { account, known, letters: lettersOf(known, decideActivityReport(known, context)) };
  });
  const written = await writtenByOthers(models, ground, first.flatMap(({ letters }) => letters.map(({ letterKey }) => letterKey)));
  return first.map(({ account, known, letters }) => {
    const left = letters.filter(({ letterKey }) => !written.has(letterKey));
    const decision = decideActivityReport({ ...known, reportedBefore: letters.length > 0 && left.length === 0 }, context, ask);
    return { account, primaryId: usersById.get(account.userId)?.primaryId ?? null, decision, letters: decision.action === 'REPORT' ? left : [] };
  });
}

/** It goes by e-mail alone. */
export const storedKeyOf = (letterKey: string): string => `${letterKey}:EMAIL`;

async function writtenByOthers(models: Models, { institutionId, runId }: Ground, letterKeys: readonly string[]): Promise<Set<string>> {
  if (letterKeys.length === 0) return new Set();
  const stored = await models.Letter.find({ institutionId, dedupeKey: { $in: letterKeys.map(storedKeyOf) } }, { dedupeKey: 1, runId: 1 }).lean();
  return new Set(stored.filter((letter) => letter.runId !== runId).map(({ dedupeKey }) => dedupeKey.slice(0, dedupeKey.lastIndexOf(':'))));
}

function reportedLoan({ _id, status, processStatus, libraryCode, touId, dueDate, shortLoan, recall, claimedReturnAt, returnDate }: ReadLoan): ReportedLoan {
  return {
    loanId: _id, status, processStatus, libraryCode, touId, dueDate: dueDate.getTime(), shortLoan, recalled: recall?.active ?? false,
    claimedReturnAt: claimedReturnAt?.getTime() ?? null, returnDate: returnDate?.getTime() ?? null,
  };
}
