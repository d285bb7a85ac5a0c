/**
 * Notices that a run which broke off left DECIDED: those whose loan did change are completed, the others are taken back
 * and their loans decided anew (fulfillment-loans.md, S10).
 */
import { unheard } from '../../../domain/ask.js';
import { beforeLost, firingOf } from '../../../domain/fulfillment/overdue-firing.js';
import type { Run } from '../../../domain/run.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { Action } from './effects.js';
import type { Ground } from './ground.js';
import { judgeLoans, type JudgedLoan } from './judge.js';
import { loansById, type ReadLoan } from './walk.js';

const NOTICES_A_PAGE = 1_000;
type LeftNotice = Pick<LoanNotice, '_id' | 'loanId' | 'dueCycle' | 'kind' | 'profileId'>;
const noticeFields = { loanId: 1, dueCycle: 1, kind: 1, profileId: 1 } as const;

/** The next notices left DECIDED; a page finishes all it reads, so the next one begins at the beginning. */
export function leftDecided(models: Models, { institutionId }: Run, ground: Ground): Promise<LeftNotice[]> {
  const kinds = [...new Set(ground.profiles.inOrder.map(({ profile }) => profile.type))];
  return models.LoanNotice.find({ institutionId, kind: { $in: kinds }, state: 'DECIDED' }, noticeFields)
    .limit(NOTICES_A_PAGE)
    .lean<LeftNotice[]>()
    .exec();
}

/** The same notices again, for an attempt that repeats the page; those taken back are gone. */
export function noticesById(models: Models, { institutionId }: Run, ids: readonly string[]): Promise<LeftNotice[]> {
  return models.LoanNotice.find({ institutionId, _id: { $in: [...ids] } }, noticeFields).lean<LeftNotice[]>().exec();
}

/** What is to be completed, as judged loans whose decision is just that, and the ids of the notices to take back. */
export async function sortLeft(
  models: Models,
  run: Run,
  ground: Ground,
  notices: readonly LeftNotice[],
): Promise<{ completed: JudgedLoan[]; takenBack: string[] }> {
  const loans = await loansById(models, run.institutionId, [...new Set(notices.map(({ loanId }) => loanId))]);
  const byId = new Map(loans.map((loan) => [loan._id, loan]));
  const judged = await judgeLoans(models, run.institutionId, ground, loans, unheard);
  const near = new Map(judged.map((one) => [one.loan._id, one]));

  const completed: JudgedLoan[] = [];
  const takenBack: string[] = [];
  for (const notice of notices) {
    const loan = byId.get(notice.loanId);
    const profile = ground.profiles.inOrder.find(({ profile }) => profile.profileId === notice.profileId)?.profile;
    if (loan === undefined || profile === undefined || !isThere(notice, loan)) {
      takenBack.push(notice._id);
      continue;
    }
    const one = near.get(loan._id)!;
    const before = loan.processStatus === 'LOST' && loan.lost !== null ? beforeLost(one.snapshot, loan.lost.previousStatus) : one.snapshot;
    const { firing, problems } = firingOf(before, profile, true, { ...ground.context, ...one.near });
    completed.push({ ...one, decision: { action: 'ACT', firing: [firing], superseded: [], problems } });
  }
  return { completed, takenBack };
}

/** Whether the change that goes with the notice was made; a notification goes with none. */
function isThere({ kind, dueCycle, profileId }: LeftNotice, loan: ReadLoan): boolean {
  if (loan.dueCycle !== dueCycle) return false;
  return kind !== 'CHANGE_TO_LOST' || (loan.processStatus === 'LOST' && loan.lost?.profileId === profileId);
}

/** Only what is still open of a completed notice: its loan stays as it is. */
export const actionsOf = (completed: readonly JudgedLoan[]): Action[] =>
  completed.flatMap(({ loan, item, decision }) =>
    decision.action === 'ACT' ? [{ loan, item, firing: decision.firing, superseded: decision.superseded }] : [],
  );
