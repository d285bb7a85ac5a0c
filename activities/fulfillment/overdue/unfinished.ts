/**
 * Notices that a run which broke off left DECIDED: those whose loan did change are completed, the others are taken back
 * and their loans decided anew (fulfillment-loans.md, S10).
 */
import { momentAt } from '../../../domain/days.js';
import { beforeLost, firingOf } from '../../../domain/fulfillment/overdue-firing.js';
import { profileTypes } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Run } from '../../../domain/run.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { loansById } from '../loans/walk.js';
import type { Ground } from './ground.js';
import { itemsOf, usersOf, type JudgedLoan } from './judge.js';
import { loanFields, snapshotOf, type ReadLoan } from './walk.js';

const NOTICES_A_PAGE = 1_000;
type LeftNotice = Pick<LoanNotice, '_id' | 'loanId' | 'dueCycle' | 'kind' | 'profileId' | 'runId'>;
const noticeFields = { loanId: 1, dueCycle: 1, kind: 1, profileId: 1, runId: 1 } as const;

/** The next notices left DECIDED; a page finishes all it reads, so the next one begins at the beginning. */
export function leftDecided(models: Models, { institutionId }: Run): Promise<LeftNotice[]> {
  return models.LoanNotice.find({ institutionId, kind: { $in: profileTypes }, state: 'DECIDED' }, noticeFields)
    .limit(NOTICES_A_PAGE)
    .lean<LeftNotice[]>()
    .exec();
}

/** The same notices again, for an attempt that repeats the page; those taken back are gone. */
export function noticesById(models: Models, { institutionId }: Run, ids: readonly string[]): Promise<LeftNotice[]> {
  return models.LoanNotice.find({ institutionId, _id: { $in: [...ids] } }, noticeFields).lean<LeftNotice[]>().exec();
}

/**
 * What is to be completed, as judged loans whose decision is just that, and the ids of the notices to take back, and of those whose
 * loan was lost and found since: these stay, cancelled, by which their profile does not fire again in this due cycle (S11).
 */
export async function sortLeft(
  models: Models,
  run: Run,
  ground: Ground,
  notices: readonly LeftNotice[],
): Promise<{ completed: JudgedLoan[]; takenBack: string[]; cancelled: string[] }> {
  const loans = await loansById<ReadLoan>(models, run.institutionId, [...new Set(notices.map(({ loanId }) => loanId))], loanFields);
  const byId = new Map(loans.map((loan) => [loan._id, loan]));
  const [users, items] = await Promise.all([usersOf(models, run.institutionId, loans), itemsOf(models, run.institutionId, loans)]);

  const completed: JudgedLoan[] = [];
  const takenBack: string[] = [];
  const cancelled: string[] = [];
  for (const notice of notices) {
    const loan = byId.get(notice.loanId);
    const profile = ground.profiles.inOrder.find(({ profile }) => profile.profileId === notice.profileId)?.profile;
    if (loan === undefined || profile === undefined || !isThere(notice, loan)) {
      (isFound(notice, loan) ? cancelled : takenBack).push(notice._id);
      continue;
    }
    const snapshot = snapshotOf(loan);
    const lost = loan.processStatus === 'LOST' ? loan.lost : null;
    const before = lost === null ? snapshot : beforeLost(snapshot, lost.previousStatus);
    // Its fine had stopped growing when it was lost.
    const moment = lost === null ? ground.context.moment : momentAt(ground.context.moment.zone, lost.at.getTime());
    const { firing, problems } = firingOf(before, profile, true, { ...ground.context, users, items, moment });
    const item = items.get(loan.itemId) ?? null;
    completed.push({ loan, item, decision: { action: 'ACT', firing: [firing], superseded: [], problems } });
  }
  return { completed, takenBack, cancelled };
}

/** Whether the change that goes with the notice was made; a notification goes with none. */
function isThere({ kind, dueCycle, profileId }: LeftNotice, loan: ReadLoan): boolean {
  if (loan.dueCycle !== dueCycle) return false;
  return kind !== 'CHANGE_TO_LOST' || (loan.status === 'ACTIVE' && loan.processStatus === 'LOST' && loan.lost?.profileId === profileId);
}

/** The change was made by the run that left the notice, and undone by staff. */
function isFound({ kind, dueCycle, profileId, runId }: LeftNotice, loan: ReadLoan | undefined): boolean {
  return kind === 'CHANGE_TO_LOST' && loan?.dueCycle === dueCycle && loan.lost?.profileId === profileId && loan.lost.runId === runId;
}
