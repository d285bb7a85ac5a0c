/**
 * How patrons with loans or debt are taken up: open loans and active fees are walked side by side in the order of users, and a page has all
 * of both of each of its patrons (fulfillment-loans.md, notifications-activity-report, Selection).
 */
import type { Run } from '../../../domain/run.js';
import type { Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { toldFeeFields, type ToldFee } from '../fees/told-fee.js';
import { byUser, usersOfScope, wholeUsers, type WhichUsers } from '../users/by-user.js';

const USERS_A_PAGE = 200;
/** Of each collection: more are read again with the next page. */
const ROWS_A_PAGE = 1_000;

const loanFields = {
  userId: 1, status: 1, processStatus: 1, dueDate: 1, loanDate: 1, shortLoan: 1, recall: 1, claimedReturnAt: 1, returnDate: 1, libraryCode: 1, touId: 1,
  title: 1, author: 1, description: 1, barcode: 1, callNumber: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | Exclude<keyof typeof loanFields, 'userId'>> & { userId: string };

export interface ReadAccount {
  userId: string;
  loans: readonly ReadLoan[];
  fees: readonly ToldFee[];
}
export interface AccountsOfPage {
  accounts: ReadAccount[];
  /** The last patron of this page, null when the walk is over. */
  next: string | null;
}

/** The next two hundred patrons after `run.cursor`. */
export async function nextAccounts(models: Models, run: Run): Promise<AccountsOfPage> {
  const after = run.cursor ?? '';
  const loans = await wholeUsers((userId, limit) => loansOf(models, run.institutionId, userId, limit), after, ROWS_A_PAGE);
  // Most have more loans than fees: those of patrons beyond would be read with each page until the loans come to them.
  const upTo = loans.upTo === null ? {} : { $lte: loans.upTo };
  const upToThere = (userId: WhichUsers) => (typeof userId === 'string' ? userId : { ...userId, ...upTo });
  const fees = await wholeUsers((userId, limit) => feesOf(models, run.institutionId, upToThere(userId), limit), after, ROWS_A_PAGE);
  const all = accountsFrom(loans.rows, fees.rows);
  // Beyond the nearer of the two ends some rows of a patron are not read.
  const end = [loans.upTo, fees.upTo].filter((upTo) => upTo !== null).sort()[0] ?? null;
  const whole = end === null ? all : all.filter(({ userId }) => userId <= end);
  const accounts = whole.slice(0, USERS_A_PAGE);
  return { accounts, next: end === null && whole.length <= USERS_A_PAGE ? null : accounts.at(-1)!.userId };
}

/** The patrons of a page that an earlier attempt began: up to where it ended, whatever was lent, returned and paid since. */
export async function sameAccounts(models: Models, run: Run, toUser: string | null): Promise<AccountsOfPage> {
  const users = { $gt: run.cursor ?? '', ...(toUser !== null && { $lte: toUser }) };
  const [loans, fees] = await Promise.all([loansOf(models, run.institutionId, users, 0), feesOf(models, run.institutionId, users, 0)]);
  return { accounts: accountsFrom(loans, fees), next: toUser };
}

/** The patrons of a retry: a slice of the run's scope, whatever is on their accounts today. */
export async function accountsOfScope(models: Models, run: Run): Promise<AccountsOfPage> {
  const from = Number(run.cursor ?? 0);
  const ids = await usersOfScope(models, run);
  const accounts = await accountsOf(models, run.institutionId, ids.slice(from, from + USERS_A_PAGE));
  return { accounts, next: from + USERS_A_PAGE < ids.length ? String(from + USERS_A_PAGE) : null };
}

/** Of these patrons, empty ones too. */
export async function accountsOf(models: Models, institutionId: string, userIds: readonly string[]): Promise<ReadAccount[]> {
  const users = { $in: [...userIds] };
  const [loans, fees] = await Promise.all([loansOf(models, institutionId, users, 0), feesOf(models, institutionId, users, 0)]);
  const known = new Map(accountsFrom(loans, fees).map((account) => [account.userId, account]));
  return userIds.map((userId) => known.get(userId) ?? { userId, loans: [], fees: [] });
}

/** How many patrons have open loans or active fees: the users of both in their order, side by side. */
export async function countAccounts(models: Models, institutionId: string): Promise<number> {
  const [ofLoans, ofFees] = [usersWith(models.Loan, institutionId), usersWith(models.Fee, institutionId)];
  let [loan, fee] = [await ofLoans.next(), await ofFees.next()];
  let count = 0;
  for (; loan !== null || fee !== null; count += 1) {
    const least = fee === null || (loan !== null && loan._id < fee._id) ? loan : fee;
    const isLeast = (head: typeof loan) => head !== null && head._id === least!._id;
    const [nextLoan, nextFee]: [typeof loan, typeof fee] = [isLeast(loan) ? await ofLoans.next() : loan, isLeast(fee) ? await ofFees.next() : fee];
    [loan, fee] = [nextLoan, nextFee];
  }
  return count;
}

const usersWith = ({ collection }: Pick<Models['Loan'] | Models['Fee'], 'collection'>, institutionId: string) =>
  collection.aggregate<{ _id: string }>(
    [{ $match: { institutionId, status: 'ACTIVE', userId: { $gt: '' } } }, { $group: { _id: '$userId' } }, { $sort: { _id: 1 } }],
    { allowDiskUse: true },
  );

type Which = WhichUsers | { $gt: string; $lte?: string } | { $in: string[] };
const loansOf = (models: Models, institutionId: string, userId: Which, limit: number): Promise<ReadLoan[]> =>
  models.Loan.find({ institutionId, status: 'ACTIVE', userId }, loanFields).sort({ userId: 1, dueDate: 1, _id: 1 }).limit(limit).lean<ReadLoan[]>().exec();
const feesOf = (models: Models, institutionId: string, userId: Which, limit: number): Promise<ToldFee[]> =>
  models.Fee.find({ institutionId, status: 'ACTIVE', userId }, toldFeeFields).sort({ userId: 1, createdAt: 1 }).limit(limit).lean<ToldFee[]>().exec();

function accountsFrom(loans: readonly ReadLoan[], fees: readonly ToldFee[]): ReadAccount[] {
  const [loansByUser, feesByUser] = [byUser(loans), byUser(fees)];
  return [...new Set([...loansByUser.keys(), ...feesByUser.keys()])].sort()
    .map((userId) => ({ userId, loans: loansByUser.get(userId) ?? [], fees: feesByUser.get(userId) ?? [] }));
}
