/**
 * What stands in the way of renewals, read for many loans with a query each: the borrowers with what they owe and keep, the requests and
 * bookings of others (fulfillment-loans.md, notifications-courtesy-and-renewals, rules 4-7 and 9).
 */
import { dayNumber } from '../domain/days.js';
import type { BlockPreference, Borrower, PatronLimit } from '../domain/fulfillment/borrower.js';
import { requestInTheWay, type ShelvedCopy } from '../domain/fulfillment/title-requests.js';
import type { Loan } from './loan.js';
import type { Models } from './models.js';
import type { StoredRequest } from './request.js';
import { patronRole, type User } from './user.js';

export type SurroundedLoan = Pick<Loan, '_id' | 'userId' | 'itemId' | 'bibId' | 'description'>;

export interface RenewalSurroundings {
  /** By user id; who is not there is missing. */
  borrowers: ReadonlyMap<string, Borrower>;
  /** By loan id. */
  claims: ReadonlyMap<string, OthersClaim>;
}
interface OthersClaim {
  requested: 'ITEM' | 'TITLE' | null;
  /** When the first booking of the item by another begins; epoch milliseconds. */
  bookedFrom: number | null;
}

/** What the institution has set: limits by user group, preferences by code. */
export interface RenewalLimits {
  limits: ReadonlyMap<string, PatronLimit>;
  preferences: ReadonlyMap<string, BlockPreference>;
}

export async function readRenewalLimits(models: Models, institutionId: string): Promise<RenewalLimits> {
  const [limits, preferences] = await Promise.all([
    models.PatronLimit.find({ institutionId, enabled: true }, { userGroup: 1, maxOwedAmount: 1, maxOverdueLoans: 1, maxOverdueRecalls: 1 }).lean(),
    models.BlockPreference.find({ institutionId }, { code: 1, actions: 1, handling: 1 }).lean(),
  ]);
  return {
    limits: new Map(limits.map((limit) => [limit.userGroup, limit])),
    preferences: new Map(preferences.map((preference) => [preference.code, preference])),
  };
}

/** `asOf`: loans due before it are overdue. */
export async function readRenewalSurroundings(
  models: Models, institutionId: string, asOf: Date, loans: readonly SurroundedLoan[],
): Promise<RenewalSurroundings> {
  if (loans.length === 0) return { borrowers: new Map(), claims: new Map() };
  const userIds = [...new Set(loans.flatMap(({ userId }) => userId ?? []))];
  const [borrowers, claims] = await Promise.all([readBorrowers(models, institutionId, asOf, userIds), readClaims(models, institutionId, loans)]);
  return { borrowers, claims };
}

interface OverdueLoans {
  _id: { userId: string; processStatus: Loan['processStatus']; recalled?: boolean };
  loans: number;
}

/** By user id; who is not there is missing. `asOf`: loans due before it are overdue. */
export async function readBorrowers(models: Models, institutionId: string, asOf: Date, userIds: string[]): Promise<Map<string, Borrower>> {
  const ofThem = { institutionId, status: 'ACTIVE' as const, userId: { $in: userIds } };
  const [users, blocks, debts, overdue] = await Promise.all([
    models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1, userGroup: 1, expiryDate: 1, roles: 1 }).lean(),
    models.UserBlock.find(ofThem, { userId: 1, description: 1, blockedActions: 1, expiresAt: 1 }).lean(),
    models.Fee.aggregate<{ _id: string; owed: number }>([{ $match: ofThem }, { $group: { _id: '$userId', owed: { $sum: '$balance' } } }]),
    // By these users, of whom a student keeps dozens of loans and few are overdue, not by all that is overdue.
    models.Loan.aggregate<OverdueLoans>([
      { $match: { ...ofThem, dueDate: { $lt: asOf } } },
      { $group: { _id: { userId: '$userId', processStatus: '$processStatus', recalled: '$recall.active' }, loans: { $sum: 1 } } },
    ]).hint({ institutionId: 1, status: 1, userId: 1, dueDate: 1, _id: 1 }),
  ]);
  const owedBy = new Map(debts.map(({ _id, owed }) => [_id, owed]));
  const [blocksOf, overdueOf] = [grouped(blocks, ({ userId }) => userId), grouped(overdue, ({ _id }) => _id.userId)];
  return new Map(users.map((user) => [user._id, borrowerOf(user, blocksOf.get(user._id) ?? [], owedBy.get(user._id) ?? 0, overdueOf.get(user._id) ?? [])]));
}

function borrowerOf(
  { status, userGroup, expiryDate, roles }: Pick<User, 'status' | 'userGroup' | 'expiryDate' | 'roles'>,
  blocks: readonly { description: string; blockedActions: string[]; expiresAt: Date | null }[],
  owed: number,
  overdue: readonly OverdueLoans[],
): Borrower {
  const dayOrNull = (day: string | null) => (day === null ? null : dayNumber(day));
  const sum = (some: readonly OverdueLoans[]) => some.reduce((total, { loans }) => total + loans, 0);
  return {
    status,
    userGroup,
    expiryDay: dayOrNull(expiryDate),
    patronUntil: roles.filter((held) => held.role === patronRole.role && held.status === 'ACTIVE').map((held) => dayOrNull(held.expiryDate)),
    blocks: blocks.map(({ description, blockedActions, expiresAt }) => ({ description, blockedActions, expiresAt: expiresAt?.getTime() ?? null })),
    owed,
    overdueLoans: sum(overdue),
    overdueRecalls: sum(overdue.filter(({ _id }) => _id.processStatus === 'RECALL' || _id.recalled === true)),
  };
}

const requestFields = {
  requestType: 1, level: 1, bibId: 1, itemId: 1, description: 1, requesterUserId: 1, assignedItemId: 1, bookingStart: 1, priority: 1, createdAt: 1,
} as const;
type ReadRequest = Pick<StoredRequest, '_id' | keyof typeof requestFields>;

async function readClaims(models: Models, institutionId: string, loans: readonly SurroundedLoan[]): Promise<Map<string, OthersClaim>> {
  const bibIds = [...new Set(loans.map(({ bibId }) => bibId))];
  const requests = await models.Request.find({ institutionId, active: true, bibId: { $in: bibIds } }, requestFields).lean<ReadRequest[]>();
  const bibOf = ({ bibId }: { bibId: string }) => bibId;
  const queues = grouped(requests.filter(({ requestType }) => requestType !== 'BOOKING').sort(inQueue), bibOf);
  const bookings = grouped(requests.filter(({ requestType }) => requestType === 'BOOKING'), bibOf);
  const shelves = grouped(await readShelves(models, institutionId, [...queues.keys()], requests), bibOf);
  return new Map(loans.map((loan) => {
    const { _id, bibId, itemId, userId, description } = loan;
    const starts = (bookings.get(bibId) ?? [])
      .filter((booking) => booking.itemId === itemId && booking.requesterUserId !== userId)
      .flatMap(({ bookingStart }) => bookingStart?.getTime() ?? []);
    const requested = requestInTheWay({ itemId, userId, description: description || null }, queues.get(bibId) ?? [], (shelves.get(bibId) ?? []).filter((copy) => copy._id !== itemId));
    return [_id, { requested, bookedFrom: starts.length === 0 ? null : Math.min(...starts) }];
  }));
}

/** Copies that stand in their place, and that no request has. */
async function readShelves(
  models: Models, institutionId: string, bibIds: string[], requests: readonly ReadRequest[],
): Promise<(ShelvedCopy & { _id: string; bibId: string })[]> {
  if (bibIds.length === 0) return [];
  const held = new Set(requests.flatMap(({ assignedItemId }) => assignedItemId ?? []));
  const inPlace = { institutionId, bibId: { $in: bibIds }, deletedAt: null, baseStatus: 'IN_PLACE' as const, processType: null };
  const items = await models.Item.find(inPlace, { bibId: 1, description: 1 }).lean();
  return items.filter(({ _id }) => !held.has(_id));
}

/** fulfillment-requests.md, C5. */
const inQueue = (a: ReadRequest, b: ReadRequest): number => a.priority - b.priority || a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1);

function grouped<T>(records: readonly T[], keyOf: (record: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const group = groups.get(keyOf(record));
    if (group === undefined) groups.set(keyOf(record), [record]);
    else group.push(record);
  }
  return groups;
}
