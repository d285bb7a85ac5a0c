/** One page judged: notices, borrowers, requests and bookings are read with one query each, then the rules are asked. */
import { z } from 'zod';
import { unheard, type Ask } from '../../../domain/ask.js';
import { decideCourtesy, mayRenew, notRenewedReasons, type CourtesyDecision, type FallingDueLoan } from '../../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { Loan, LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { readRenewalSurroundings } from '../../../models/renewal-surroundings.js';
import type { Ground } from './ground.js';

/** What the rules read, and what notices, events and problems need beside. */
export const loanFields = {
  userId: 1, itemId: 1, bibId: 1, description: 1, userGroup: 1, touId: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1,
  status: 1, processStatus: 1, dueCycle: 1, dueDateSource: 1, loanDate: 1, dueDate: 1, shortLoan: 1, recall: 1, lastRenewalAt: 1, lastRenewalFailure: 1, barcode: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

export interface JudgedLoan {
  loan: ReadLoan;
  decision: CourtesyDecision;
  /** Cycle and due date that it was judged in; a loan that this run has renewed tells others by now. */
  from: Pick<Loan, 'dueCycle' | 'dueDate'>;
}

/** What a courtesy notice keeps; `detail` is the description of a block. */
export const courtesyData = z.object({ reasonCode: z.enum(notRenewedReasons), detail: z.string().nullable() });
/** What a preview tells of a renewal; instants as ISO 8601, UTC. */
export const renewalDates = z.object({ oldDueDate: z.iso.datetime(), newDueDate: z.iso.datetime(), cappedBy: z.enum(['MAX', 'EXPIRY']).nullable() });
/** What its notice keeps beside: `asOf` of the run, by which the loan tells that it was this renewal. */
export const renewedData = renewalDates.extend({ renewedAt: z.iso.datetime() });

type ReadNotice = Pick<LoanNotice, '_id' | 'loanId' | 'dueCycle' | 'kind' | 'runId' | 'letterKey' | 'data'>;

/**
 * Decides every loan of a page. Of those that the page renewed in an earlier attempt, `renewedHere`, the decision is read off the notice, so
 * that a page done twice does and counts the same; one that another page of the run has renewed to a date still in the window is left out. The
 * run's own courtesy notices are no obstacle.
 */
export async function judgeLoans(
  models: Models, institutionId: string, ground: Ground, read: readonly ReadLoan[], renewedHere: readonly string[], ask: Ask = unheard,
): Promise<JudgedLoan[]> {
  if (read.length === 0) return [];
  const { runId, moment } = ground;
  const notices = await models.LoanNotice.find(
    { institutionId, loanId: { $in: read.map(({ _id }) => _id) }, kind: { $in: ['COURTESY', 'RENEWED'] } },
    { loanId: 1, dueCycle: 1, kind: 1, runId: 1, letterKey: 1, data: 1 },
  ).lean<ReadNotice[]>();
  const renewals = new Map(notices.filter((notice) => notice.kind === 'RENEWED' && notice.runId === runId).map((notice) => [notice.loanId, notice]));
  const noticed = new Set(notices.filter((notice) => notice.kind === 'COURTESY' && notice.runId !== runId).map(({ loanId, dueCycle }) => `${loanId}:${dueCycle}`));
  const here = new Set(renewedHere);
  const loans = read.filter(({ _id }) => here.has(_id) || !renewals.has(_id));

  const bare = { ...ground, borrowers: new Map() };
  const snapshots = loans.map((loan) => snapshotOf(loan, noticed.has(`${loan._id}:${loan.dueCycle}`)));
  const concerned = loans.filter((loan, index) => !renewals.has(loan._id) && mayRenew(snapshots[index]!, bare));
  const { borrowers, claims } = await readRenewalSurroundings(models, institutionId, new Date(moment.asOf), concerned);
  const context = { ...bare, borrowers };
  return loans.map((loan, index) => {
    const renewal = renewals.get(loan._id);
    if (renewal !== undefined) return { loan, ...whatWasDecided(renewal) };
    const { dueCycle, dueDate } = loan;
    return { loan, from: { dueCycle, dueDate }, decision: decideCourtesy({ ...snapshots[index]!, ...claims.get(loan._id) }, context, ask) };
  });
}

/** That no open day was found was told when it was decided: a problem is kept once a run. */
export function whatWasDecided({ data, letterKey, dueCycle }: Pick<LoanNotice, 'data' | 'letterKey' | 'dueCycle'>): Omit<JudgedLoan, 'loan'> {
  const { oldDueDate, newDueDate, cappedBy } = renewedData.parse(data);
  return {
    decision: { action: 'RENEW', newDueDate: Date.parse(newDueDate), cappedBy, noOpenDay: false, letterKey },
    from: { dueCycle: dueCycle - 1, dueDate: new Date(oldDueDate) },
  };
}

function snapshotOf(loan: ReadLoan, noticedBefore: boolean): FallingDueLoan {
  const { loanDate, dueDate, dueDateSource, recall, lastRenewalAt, lastRenewalFailure } = loan;
  return {
    ...loan,
    loanDate: loanDate.getTime(),
    dueDate: dueDate.getTime(),
    recalled: recall?.active ?? false,
    renewed: dueDateSource === 'RENEWAL',
    lastRenewalAt: lastRenewalAt?.getTime() ?? null,
    lastRenewalFailure: lastRenewalFailure === null ? null : { ...lastRenewalFailure, at: lastRenewalFailure.at.getTime() },
    noticedBefore,
    requested: null,
    bookedFrom: null,
  };
}
