/**
 * How long a patron blocked for overdue loans stays blocked.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost, rule 7c.
 */
import { startOfDay, type Instant, type Moment } from '../days.js';
import type { BlockMode } from './overdue-lost-profiles.js';

export interface OverdueBlock {
  definitionId: string;
  mode: BlockMode;
  /** Only for mode DAYS. */
  days: number | null;
}

/** `activeKey` of the one block a patron has under a definition for overdue loans. */
export function overdueBlockKey(userId: string, definitionId: string): string {
  return `${userId}:${definitionId}:OVERDUE`;
}

/**
 * When the block ends (exclusive), null for one that lasts until the loans are returned.
 *
 * `present` is the block there already, or null. The longer of the two holds, and UNTIL_RETURNED is longer than any number of days.
 */
export function blockExpiry(
  { mode, days }: Pick<OverdueBlock, 'mode' | 'days'>,
  present: { expiresAt: Instant | null } | null,
  { zone, today }: Moment,
): Instant | null {
  if (mode === 'UNTIL_RETURNED' || days === null || present?.expiresAt === null) return null;
  return Math.max(present?.expiresAt ?? -Infinity, startOfDay(zone, today + days + 1));
}
