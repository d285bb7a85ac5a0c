/** One page judged: what surrounds its loans is read with one query each, then the rules are asked. */
import { unheard, type Ask } from '../../../domain/ask.js';
import {
  actOf,
  decideOverdue,
  matchOverdue,
  mayBeLost,
  mayFire,
  type DoneNotice,
  type OverdueDecision,
} from '../../../domain/fulfillment/loans-overdue-and-lost.js';
import { beforeLost } from '../../../domain/fulfillment/overdue-firing.js';
import type { OverdueContext, OverdueLoan } from '../../../domain/fulfillment/overdue-loan.js';
import type { OverdueLostProfile } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Item } from '../../../models/catalogue-records.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { User } from '../../../models/user.js';
import type { Ground } from './ground.js';
import { snapshotOf, type ReadLoan } from './walk.js';

export interface JudgedLoan {
  loan: ReadLoan;
  decision: OverdueDecision;
  /** Its item as read; null: gone, or of no concern as the loan cannot become lost. */
  item: ReadItem | null;
}
export type ReadItem = Pick<Item, '_id' | 'currentLoanId' | 'processType' | 'replacementCost'>;
type ReadNotice = Pick<LoanNotice, '_id' | 'loanId' | 'dueCycle' | 'kind' | 'profileId' | 'state' | 'runId'>;

/**
 * Decides every loan of a page. A loan that this very run has made lost is not decided again, also if it was found since: what was done is
 * read off its notices, so that a page done twice does and counts the same.
 */
export async function judgeLoans(
  models: Models,
  institutionId: string,
  ground: Ground,
  loans: readonly ReadLoan[],
  ask: Ask = unheard,
): Promise<JudgedLoan[]> {
  const bare: OverdueContext = { ...ground.context, users: new Map(), items: new Map() };
  const given = loans.map((loan) => ({ loan, matched: matchOverdue(snapshotOf(loan), ground.profiles, bare, ask) }));
  const ofThisRun = (loan: ReadLoan) => loan.lost?.runId === ground.context.runId;
  const concerned = given.filter(({ loan, matched }) => ofThisRun(loan) || mayFire(matched, bare));
  const loansOf = (some: typeof given) => some.map(({ loan }) => loan);
  const [notices, users] = await Promise.all([
    noticesOf(models, institutionId, loansOf(concerned)),
    usersOf(models, institutionId, loansOf(concerned)),
  ]);
  const wasLost = ({ _id }: ReadLoan) => notices.get(_id)?.some(({ kind }) => kind === 'CHANGE_TO_LOST') === true;
  const losing = concerned.filter(({ loan, matched }) => wasLost(loan) || mayBeLost(matched));
  const items = await itemsOf(models, institutionId, loansOf(losing));
  const context: OverdueContext = { ...bare, users, items };

  return given.map(({ loan, matched }) => {
    const done: DoneNotice[] = (notices.get(loan._id) ?? []).filter(({ dueCycle }) => dueCycle === loan.dueCycle);
    const decision = ofThisRun(loan)
      ? whatWasDone(beforeLost(matched.loan, loan.lost!.previousStatus), ground, done, context)
      : decideOverdue(matched, done, context, ask);
    return { loan, decision, item: items.get(loan.itemId) ?? null };
  });
}

/** The decision as the notices of this run tell it, with the problems that it told. */
function whatWasDone(loan: OverdueLoan, ground: Ground, done: readonly DoneNotice[], context: OverdueContext): OverdueDecision {
  const own = done.filter(({ runId }) => runId === context.runId);
  const stateOf = ({ type, profileId }: OverdueLostProfile) => own.find((notice) => notice.kind === type && notice.profileId === profileId)?.state;
  const profiles = ground.profiles.inOrder.map(({ profile }) => profile);
  const fired = profiles.filter((profile) => !['SUPERSEDED', undefined].includes(stateOf(profile)));
  const superseded = profiles.filter((profile) => stateOf(profile) === 'SUPERSEDED');
  return actOf(loan, fired, superseded, own, context, unheard);
}

/** By loan. */
async function noticesOf(models: Models, institutionId: string, loans: readonly ReadLoan[]): Promise<Map<string, ReadNotice[]>> {
  const byLoan = new Map<string, ReadNotice[]>();
  if (loans.length === 0) return byLoan;
  const notices = await models.LoanNotice.find(
    { institutionId, loanId: { $in: loans.map(({ _id }) => _id) } },
    { loanId: 1, dueCycle: 1, kind: 1, profileId: 1, state: 1, runId: 1 },
  ).lean<ReadNotice[]>();
  for (const notice of notices) {
    const before = byLoan.get(notice.loanId);
    if (before === undefined) byLoan.set(notice.loanId, [notice]);
    else before.push(notice);
  }
  return byLoan;
}

/** The borrowers of these loans, by id. */
export async function usersOf(models: Models, institutionId: string, loans: readonly ReadLoan[]): Promise<Map<string, Pick<User, '_id' | 'status'>>> {
  const userIds = [...new Set(loans.flatMap(({ userId }) => userId ?? []))];
  if (userIds.length === 0) return new Map();
  const users = await models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1 }).lean();
  return new Map(users.map((user) => [user._id, user]));
}

/** The items of these loans, by id; a deleted one is left out. */
export async function itemsOf(models: Models, institutionId: string, loans: readonly ReadLoan[]): Promise<Map<string, ReadItem>> {
  if (loans.length === 0) return new Map();
  const items = await models.Item.find(
    { institutionId, _id: { $in: loans.map(({ itemId }) => itemId) }, deletedAt: null },
    { currentLoanId: 1, processType: 1, replacementCost: 1 },
  ).lean<ReadItem[]>();
  return new Map(items.map((item) => [item._id, item]));
}
