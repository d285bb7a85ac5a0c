/** Blocks of the demonstration library: suspensions for late returns, one day served, blocks of staff, and one for a loan that is back. */
import type { Demerit, UserBlock, UserBlockDefinition } from '../../models/fulfillment.js';
import { startOfDay } from '../../domain/days.js';
import type { DemeritRule } from '../../models/rule-tables.js';
import { afternoon, isReturned, loanAt } from './loans.js';
import { idOf, stamps, type Plan } from './plan.js';

export const blockDefinitions: readonly (Pick<UserBlockDefinition, 'code' | 'description' | 'blockedActions'>)[] = [
  { code: 'OVERDUE', description: 'Long overdue items', blockedActions: ['LOAN', 'RENEW', 'HOLD'] },
  { code: 'SUSPENDED', description: 'Too many late returns', blockedActions: ['LOAN', 'HOLD'] },
  { code: 'ADDRESS', description: 'Proof of address is missing', blockedActions: ['LOAN'] },
];
const [OVERDUE, SUSPENDED, ADDRESS] = [0, 1, 2];

export const demeritRules: readonly Pick<DemeritRule, 'order' | 'name' | 'parameters' | 'output'>[] = [
  { order: 1, name: 'Recalled', parameters: [{ field: 'recalled', op: 'EQUALS', values: [true] }], output: { basis: 'PER_DAY', points: 20, maxPoints: null } },
  { order: 2, name: 'Late returns', parameters: [], output: { basis: 'PER_DAY', points: 10, maxPoints: 200 } },
];

/** Two readers in twenty-five were suspended: one until this morning, one for another week. */
export const isSuspended = (reader: number) => reader % 25 === 3 || reader % 25 === 8;
/** Every second of those whose suspension is over was late again during it. */
const isLateAgain = (reader: number) => reader % 50 === 28;
/** One in forty was to bring a proof of address by yesterday, one has no date. */
export const isWithoutAddress = (reader: number) => reader % 40 === 6 || reader % 40 === 16;
/** Of loans that have come back: their readers are blocked still. */
export const isBlocking = (loan: number) => isReturned(loan) && loan % 60 === 19;

export function suspensionOf(plan: Plan, reader: number): UserBlock {
  const daysAgo = reader % 25 === 3 ? 15 : 8;
  return {
    ...blockOf(plan, SUSPENDED, 'DEMERIT', idOf(plan, 'user', reader), 2 * reader),
    mode: 'DAYS',
    startsAt: afternoon(plan, -daysAgo),
    expiresAt: daysAgo === 15 ? plan.at : midnight(plan, 7),
  };
}

/** What suspended the reader, and what came during the suspension. */
export function demeritsOf(plan: Plan, reader: number): Demerit[] {
  const { _id, userId, startsAt } = suspensionOf(plan, reader);
  const demerit = (number: number, points: number, assignedAt: Date, consumedBy: string | null): Demerit => ({
    _id: idOf(plan, 'demerit', 2 * reader + number),
    institutionId: plan.institutionId,
    userId,
    loanId: `#${idOf(plan, 'demerit', 2 * reader + number)}`, // of a loan that is archived
    dueCycle: 1,
    ruleId: idOf(plan, 'demeritRule', 1),
    points,
    assignedAt,
    consumedBy,
    ...stamps(plan),
  });
  const first = demerit(0, 120, startsAt, _id);
  return isLateAgain(reader) ? [first, demerit(1, 110, afternoon(plan, -4), null)] : [first];
}

export function addressBlockOf(plan: Plan, reader: number): UserBlock {
  return {
    ...blockOf(plan, ADDRESS, 'STAFF', idOf(plan, 'user', reader), 2 * reader),
    mode: 'MANUAL',
    startsAt: afternoon(plan, -30),
    expiresAt: reader % 40 === 6 ? plan.at : null,
  };
}

export function overdueBlockOf(plan: Plan, number: number): UserBlock {
  const { _id, userId } = loanAt(plan, number);
  return {
    ...blockOf(plan, OVERDUE, 'OVERDUE', userId ?? '', 2 * number + 1),
    mode: 'UNTIL_RETURNED',
    startsAt: afternoon(plan, -3),
    expiresAt: null,
    loanIds: [_id],
  };
}

const midnight = ({ zone, today }: Plan, inDays: number) => new Date(startOfDay(zone, today + inDays));

function blockOf(plan: Plan, definition: number, source: UserBlock['source'], userId: string, number: number): Omit<UserBlock, 'mode' | 'startsAt' | 'expiresAt'> {
  const { code, description, blockedActions } = blockDefinitions[definition]!;
  const definitionId = idOf(plan, 'block', definition);
  return {
    _id: idOf(plan, 'userBlock', number),
    institutionId: plan.institutionId,
    userId,
    definitionId,
    code,
    description,
    blockedActions: [...blockedActions],
    source,
    status: 'ACTIVE',
    loanIds: [],
    extensions: 0,
    removedAt: null,
    removedBy: null,
    note: null,
    placedBy: null,
    activeKey: `${userId}:${definitionId}:${source}`,
    ...stamps(plan),
  };
}
