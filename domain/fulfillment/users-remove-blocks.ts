/**
 * Users – Remove Blocks: which blocks of patrons are over.
 *
 * Specification: fulfillment-loans.md, users-remove-blocks, Selection and rules 1-6. Run, preview and *explain a record* all call this
 * decision. An end is exclusive: a block whose end is exactly now is over.
 */
import { unheard, type Ask } from '../ask.js';
import type { Instant, Moment } from '../days.js';
import { countedFrom, limitsOf, suspends, suspensionEnd, type DemeritSettings } from './demerits.js';

export interface EndingBlock {
  blockId: string;
  userId: string;
  source: 'STAFF' | 'OVERDUE' | 'DEMERIT' | 'EXTERNAL';
  status: 'ACTIVE' | 'REMOVED' | 'EXPIRED';
  mode: 'UNTIL_RETURNED' | 'DAYS' | 'MANUAL';
  startsAt: Instant;
  /** null: no end is set. */
  expiresAt: Instant | null;
  /** Those it stands for, if it was placed for overdue loans. */
  loanIds: readonly string[];
}

/** Points of a patron. */
export interface PointsOf {
  demeritId: string;
  points: number;
  assignedAt: Instant;
  /** The block in which they were counted. */
  consumedBy: string | null;
}

/** A loan that a block stands for. */
export interface BlockingLoan {
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: string;
  dueDate: Instant;
}

/** The settings, and what surrounds the blocks of a page. */
export interface BlockContext {
  moment: Moment;
  demerits: DemeritSettings;
  /** By id. A missing user has no group. */
  users: ReadonlyMap<string, { userGroup: string | null }>;
  /** By user. */
  points: ReadonlyMap<string, readonly PointsOf[]>;
  /** By id. A loan that is missing is over. */
  loans: ReadonlyMap<string, BlockingLoan>;
}

export type LeaveReason = 'NOT_ACTIVE' | 'WITHOUT_END' | 'NOT_OVER_YET' | 'LOANS_STILL_OVERDUE';
export type BlockDecision =
  /** A suspension is served. */
  | { action: 'LIFT' }
  /** New offences during a suspension: it goes on. */
  | { action: 'EXTEND'; expiresAt: Instant; demeritIds: string[] }
  /** A block for overdue loans is over. */
  | { action: 'REMOVE' }
  /** It stays for its other loans. */
  | { action: 'DROP_LOANS'; loanIds: string[] }
  /** Staff, or the source of the user's record, had set an end. */
  | { action: 'EXPIRE' }
  | { action: 'LEAVE'; reason: LeaveReason };

/** What the job does about one block. */
export function decideBlock(block: EndingBlock, context: BlockContext, ask: Ask = unheard): BlockDecision {
  const { status, source, mode, expiresAt } = block;
  const { asOf } = context.moment;
  if (!ask('Selection: block is active', status === 'ACTIVE', () => ({ status }))) return leave('NOT_ACTIVE');
  if (ask('Selection C: until the loans are returned', source === 'OVERDUE' && mode === 'UNTIL_RETURNED', () => ({ source, mode }))) return ofLoans(block, context, ask);
  if (ask('Selection: without an end', expiresAt === null || (source === 'OVERDUE' && mode !== 'DAYS'), () => ({ source, mode, expiresAt: dateOf(expiresAt) })) || expiresAt === null)
    return leave('WITHOUT_END');
  if (!ask('Selection: its end has come', expiresAt <= asOf, () => ({ expiresAt: dateOf(expiresAt), asOf: dateOf(asOf) }))) return leave('NOT_OVER_YET');
  switch (source) {
    case 'DEMERIT':
      return ofPoints(block, context, ask);
    case 'OVERDUE':
      return { action: 'REMOVE' };
    case 'STAFF':
    case 'EXTERNAL':
      return { action: 'EXPIRE' };
  }
}

const leave = (reason: LeaveReason): BlockDecision => ({ action: 'LEAVE', reason });
const dateOf = (instant: Instant | null) => (instant === null ? null : new Date(instant));

/** Rule 1: points since the suspension began. Those after `asOf` belong to the next look. */
function ofPoints({ blockId, userId, startsAt }: EndingBlock, { moment, demerits, users, points }: BlockContext, ask: Ask): BlockDecision {
  const limits = limitsOf(demerits, users.get(userId)?.userGroup ?? null);
  const from = Math.max(startsAt + 1, countedFrom(limits, moment));
  const counted = (points.get(userId) ?? []).filter(
    // Points that this very block has consumed since it began are of a run that broke off before it extended the block.
    ({ assignedAt, consumedBy }) => assignedAt >= from && assignedAt <= moment.asOf && (consumedBy === null || consumedBy === blockId),
  );
  const sum = counted.reduce((total, one) => total + one.points, 0);
  const compared = () => ({ points: sum, threshold: limits.threshold, historyDays: limits.historyDays, suspendedSince: dateOf(startsAt) });
  if (!ask('1 new offences above the threshold', suspends(sum, limits), compared)) return { action: 'LIFT' };
  return { action: 'EXTEND', expiresAt: suspensionEnd(limits, moment), demeritIds: counted.map(({ demeritId }) => demeritId) };
}

/** Rule 3. */
function ofLoans({ loanIds }: EndingBlock, { moment: { asOf }, loans }: BlockContext, ask: Ask): BlockDecision {
  const dropped = loanIds.filter((id) => {
    const loan = loans.get(id);
    const compared = () => ({ loanId: id, status: loan?.status ?? null, processStatus: loan?.processStatus ?? null, dueDate: dateOf(loan?.dueDate ?? null) });
    if (ask('3 loan is over', loan?.status !== 'ACTIVE', compared) || loan === undefined) return true;
    if (ask('3 loan is lost', loan.processStatus === 'LOST', compared)) return false;
    return ask('3 loan is not overdue any more', loan.dueDate >= asOf, compared);
  });
  if (ask('3 no loan is left', dropped.length === loanIds.length, () => ({ loans: loanIds.length, dropped: dropped.length }))) return { action: 'REMOVE' };
  return dropped.length > 0 ? { action: 'DROP_LOANS', loanIds: dropped } : leave('LOANS_STILL_OVERDUE');
}
