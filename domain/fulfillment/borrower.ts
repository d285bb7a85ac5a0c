/**
 * What stands against a patron, or in the way of an item, when something is lent or renewed.
 *
 * Specification: fulfillment-loans.md, notifications-courtesy-and-renewals, rules 4-7, by whose numbers the questions go; data-model.md 4,
 * blockPreference and patronLimit. Lending asks the same with its own action: equal is allowed, a limit of 0 means one is too many.
 */
import type { Ask } from '../ask.js';
import { dayText, type DayNumber, type Instant, type Moment } from '../days.js';

export type DeskAction = 'LOAN' | 'RENEW';

/** Who borrowed it, with what stands against them. */
export interface Borrower {
  status: 'ACTIVE' | 'INACTIVE' | 'DELETED';
  userGroup: string | null;
  /** Last day of the card; null: it does not end. */
  expiryDay: DayNumber | null;
  /** Last days of their ACTIVE roles PATRON; null: without end. */
  patronUntil: readonly (DayNumber | null)[];
  /** ACTIVE blocks. */
  blocks: readonly { description: string; blockedActions: readonly string[]; expiresAt: Instant | null }[];
  /** Balances of their ACTIVE fees, minor units. */
  owed: number;
  /** ACTIVE loans with a due date before `asOf`, and those of them that are recalled. */
  overdueLoans: number;
  overdueRecalls: number;
}

/** Of a user group; null: no limit. */
export interface PatronLimit {
  maxOwedAmount: number | null;
  maxOverdueLoans: number | null;
  maxOverdueRecalls: number | null;
}

/** Conditions of which an institution says what they stop. */
export const blockConditions = ['CASH_LIMIT', 'OVERDUE_LIMIT', 'OVERDUE_RECALL_LIMIT', 'ITEM_REQUESTED'] as const;
type BlockCondition = (typeof blockConditions)[number];

/** Which condition stops what. */
export interface BlockPreference {
  actions: readonly DeskAction[];
  handling: 'BLOCK' | 'HANDLE_AUTOMATICALLY';
}
/** Where nothing else is set. */
export const everythingBlocks: BlockPreference = { actions: ['LOAN', 'RENEW'], handling: 'BLOCK' };

/** What the institution has set, and when. */
export interface BorrowerGround {
  moment: Moment;
  /** By user group. */
  limits: ReadonlyMap<string, PatronLimit>;
  /** By code; a code that is not there has actions LOAN and RENEW and handling BLOCK. */
  preferences: ReadonlyMap<string, BlockPreference>;
}

export type BorrowerRefusal = 'USER_INACTIVE' | 'NO_PATRON_ROLE' | 'USER_EXPIRED' | 'USER_BLOCKED' | 'CASH_LIMIT' | 'OVERDUE_LIMIT' | 'OVERDUE_RECALL_LIMIT';

const preferenceOf = (code: BlockCondition, { preferences }: BorrowerGround): BlockPreference => preferences.get(code) ?? everythingBlocks;

/** Rules 4-6; `detail`: the description of the block, of USER_BLOCKED. */
export function refusalOfBorrower(
  borrower: Borrower, action: DeskAction, ground: BorrowerGround, ask: Ask,
): { reason: BorrowerRefusal; detail: string | null } | null {
  const { status, userGroup, expiryDay, patronUntil, blocks, owed, overdueLoans, overdueRecalls } = borrower;
  const { asOf, today } = ground.moment;
  if (ask('4 user inactive', status === 'INACTIVE', () => ({ status }))) return refuse('USER_INACTIVE');
  if (!ask('4 is a patron', patronUntil.some((until) => until === null || until >= today))) return refuse('NO_PATRON_ROLE');
  if (ask('4 card has expired', expiryDay !== null && expiryDay < today, () => ({ expiryDate: dayOrNull(expiryDay), today: dayText(today) }))) return refuse('USER_EXPIRED');

  const block = blocks.find(({ blockedActions, expiresAt }) => blockedActions.includes(action) && (expiresAt === null || expiresAt > asOf));
  if (ask('5 blocked', block !== undefined, () => ({ blocks: blocks.length })) && block !== undefined) return refuse('USER_BLOCKED', block.description);

  const limit = ground.limits.get(userGroup ?? '');
  const exceeds = (code: 'CASH_LIMIT' | 'OVERDUE_LIMIT' | 'OVERDUE_RECALL_LIMIT', has: number, most: number | null) => {
    const { actions, handling } = preferenceOf(code, ground);
    const stops = actions.includes(action) && handling === 'BLOCK';
    return ask(`6 ${code}`, most !== null && has > most && stops, () => ({ has, most, actions, handling }));
  };
  if (limit === undefined) return null;
  if (exceeds('CASH_LIMIT', owed, limit.maxOwedAmount)) return refuse('CASH_LIMIT');
  if (exceeds('OVERDUE_LIMIT', overdueLoans, limit.maxOverdueLoans)) return refuse('OVERDUE_LIMIT');
  if (exceeds('OVERDUE_RECALL_LIMIT', overdueRecalls, limit.maxOverdueRecalls)) return refuse('OVERDUE_RECALL_LIMIT');
  return null;
}

const refuse = (reason: BorrowerRefusal, detail: string | null = null) => ({ reason, detail });
const dayOrNull = (day: DayNumber | null) => (day === null ? null : dayText(day));

/** Rule 7. `requested`: the request of another that stands in the way, if any. */
export function isWantedByAnother(requested: 'ITEM' | 'TITLE' | null, action: DeskAction, ground: BorrowerGround, ask: Ask): boolean {
  const { actions, handling } = preferenceOf('ITEM_REQUESTED', ground);
  const isWanted = actions.includes(action) && (requested === 'ITEM' || (requested === 'TITLE' && handling === 'BLOCK'));
  return ask('7 requested by another', isWanted, () => ({ requested, actions, handling }));
}
