/**
 * How patrons with debt are taken up: their active fees are walked by user on {status, userId, createdAt}, each patron's together; of a
 * retry, by the patrons that failed (fulfillment-loans.md, fines-fees-notifications, Selection).
 */
import type { QueryFilter } from 'mongoose';
import type { Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import type { Models } from '../../../models/models.js';
import { toldFeeFields, type ToldFee } from '../fees/told-fee.js';
import { byUser, usersOfScope, wholeUsers } from '../users/by-user.js';

const FEES_A_PAGE = 1_000;
const USERS_OF_SCOPE_A_PAGE = 500;

/** What the rules read of a fee, and what letters say of it. */
const feeFields = { ...toldFeeFields, dedupeKey: 1 } as const;
export type ReadFee = ToldFee & Pick<Fee, 'dedupeKey'>;

export interface DebtorsOfPage {
  /** By user. A patron without an entry owes nothing any more. */
  fees: Map<string, ReadFee[]>;
  /** The last patron of this page, null when the walk is over. */
  next: string | null;
}

/** How many patrons have debt or credit. Fees of nobody, which only an anonymised past has, are no patron's; what is paid is closed. */
export async function countDebtors(models: Models, institutionId: string): Promise<number> {
  const [counted] = await models.Fee.aggregate<{ users: number }>([
    { $match: { institutionId, status: 'ACTIVE', userId: { $gt: '' } } },
    { $group: { _id: '$userId' } },
    { $group: { _id: null, users: { $sum: 1 } } },
  ]).allowDiskUse(true);
  return counted?.users ?? 0;
}

/** The next page after `run.cursor`: about a thousand fees, more where a single patron has more. */
export async function nextDebtors(models: Models, run: Run): Promise<DebtorsOfPage> {
  const { rows, upTo } = await wholeUsers((userId, limit) => feesWhere(models, run.institutionId, { userId }, limit), run.cursor ?? '', FEES_A_PAGE);
  return { fees: byUser(rows), next: upTo };
}

/** The patrons of a page that an earlier attempt began: up to where it ended, whatever was charged and paid since. */
export async function sameDebtors(models: Models, run: Run, toUser: string | null): Promise<DebtorsOfPage> {
  const upTo = toUser === null ? {} : { $lte: toUser };
  return { fees: byUser(await feesWhere(models, run.institutionId, { userId: { $gt: run.cursor ?? '', ...upTo } })), next: toUser };
}

/** The patrons of a retry: a slice of the run's scope, whatever they owe today. */
export async function debtorsOfScope(models: Models, run: Run): Promise<DebtorsOfPage> {
  const from = Number(run.cursor ?? 0);
  const ids = await usersOfScope(models, run);
  const fees = await feesOfUsers(models, run.institutionId, ids.slice(from, from + USERS_OF_SCOPE_A_PAGE));
  return { fees, next: from + USERS_OF_SCOPE_A_PAGE < ids.length ? String(from + USERS_OF_SCOPE_A_PAGE) : null };
}

/** As they stand now; of a patron who owes nothing there is an empty list. */
export async function feesOfUsers(models: Models, institutionId: string, userIds: readonly string[]): Promise<Map<string, ReadFee[]>> {
  if (userIds.length === 0) return new Map();
  const fees = byUser(await feesWhere(models, institutionId, { userId: { $in: [...userIds] } }));
  return new Map(userIds.map((userId) => [userId, fees.get(userId) ?? []]));
}

/** Of one patron, whatever its status. */
export function everyFeeOf(models: Models, institutionId: string, userId: string): Promise<ReadFee[]> {
  const status = { $in: ['ACTIVE', 'IN_DISPUTE', 'EXPORTED', 'CLOSED'] } as const;
  return models.Fee.find({ institutionId, status, userId }, feeFields).lean<ReadFee[]>().exec();
}

function feesWhere(models: Models, institutionId: string, which: QueryFilter<Fee>, limit = 0): Promise<ReadFee[]> {
  return models.Fee.find({ institutionId, status: 'ACTIVE', ...which }, feeFields).sort({ userId: 1, createdAt: 1 }).limit(limit).lean<ReadFee[]>().exec();
}
