/** How the desk says what it did, and how a loan, a fee or a block stands. */
import { localDay, type Instant } from '../../domain/days.js';
import type { DeskAction } from '../../domain/fulfillment/borrower.js';
import type { Fee } from '../../models/fee.js';
import type { UserBlock } from '../../models/fulfillment.js';
import type { Loan } from '../../models/loan.js';
import { duration, lastOf, when } from '../format.js';
import type { Viewer } from '../viewer.js';
import type { Badge } from '../words.js';
import { majorUnits } from './typed.js';

/** `12.50 USD`, of a credit what it comes to. */
export const money = (amount: number, currency: string): string => `${majorUnits(Math.abs(amount), currency)} ${currency}`;

export const dueText = ({ zone }: Viewer, { dueDate }: Pick<Loan, 'dueDate'>): string => when(zone, dueDate).text;

/** `3 days late`, of a loan for hours `1 h 05 min late`; null: it was not late at `at`. */
export function lateText({ zone }: Viewer, { dueDate, shortLoan }: Pick<Loan, 'dueDate' | 'shortLoan'>, at: Instant): string | null {
  const late = at - dueDate.getTime();
  if (late <= 0) return null;
  const days = localDay(zone, at) - localDay(zone, dueDate.getTime());
  if (shortLoan || days === 0) return `${duration(late)} late`;
  return `${days} ${days === 1 ? 'day' : 'days'} late`;
}

/** What is special about a loan beside its due date; none of one that is simply out. */
export function loanBadges(viewer: Viewer, loan: Loan, now: Date): Badge[] {
  const { processStatus, renewalCount, recall } = loan;
  const late = lateText(viewer, loan, (loan.claimedReturnAt !== null && processStatus === 'CLAIMED_RETURN' ? loan.claimedReturnAt : now).getTime());
  return [
    ...(processStatus === 'LOST' ? [{ text: 'Lost', tone: 'bad', icon: 'cross' } as const] : []),
    ...(processStatus === 'CLAIMED_RETURN' ? [{ text: 'Claimed returned', tone: 'warning', icon: 'hand' } as const] : []),
    ...(recall?.active ? [{ text: 'Recalled', tone: 'warning', icon: 'warning' } as const] : []),
    ...(late === null ? [] : [{ text: capital(late), tone: 'bad', icon: 'clock' } as const]),
    ...(renewalCount > 0 ? [{ text: `Renewed ${renewalCount}×`, tone: 'quiet', icon: 'history' } as const] : []),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const feeBadges: Readonly<Record<Fee['status'], Badge | null>> = {
  ACTIVE: null,
  IN_DISPUTE: { text: 'In dispute', tone: 'warning', icon: 'hand' },
  EXPORTED: { text: 'With the bursar', tone: 'quiet', icon: 'out' },
  CLOSED: { text: 'Closed', tone: 'good', icon: 'check' },
};
export const feeBadge = ({ status, balance }: Pick<Fee, 'status' | 'balance'>): Badge | null =>
  (status === 'ACTIVE' && balance < 0 ? { text: 'Credit', tone: 'good', icon: 'coins' } : feeBadges[status]);

const stopped: Readonly<Record<string, string>> = { LOAN: 'loans', RENEW: 'renewals', HOLD: 'requests', RESOURCE_SHARING: 'resource sharing' };
/** `stops loans and renewals` */
export function stoppedBy({ blockedActions }: Pick<UserBlock, 'blockedActions'>): string {
  const names = blockedActions.map((action) => stopped[action] ?? action);
  return names.length === 0 ? 'stops nothing' : `stops ${new Intl.ListFormat('en-GB').format(names)}`;
}

/** Why a patron has it: who placed it, or by which rule. `barcodes`: of loans, by id. */
export function sourceOf({ source, placedBy, loanIds }: UserBlock, placers: ReadonlyMap<string, string>, barcodes: ReadonlyMap<string, string>): string {
  switch (source) {
    case 'STAFF':
      return `placed by ${placers.get(placedBy ?? '') ?? 'the desk'}`;
    case 'OVERDUE': {
      const known = loanIds.flatMap((id) => barcodes.get(id) ?? []);
      return known.length === 0 ? 'for overdue loans' : `for overdue ${new Intl.ListFormat('en-GB').format(known)}`;
    }
    case 'DEMERIT':
      return 'for late returns';
    case 'EXTERNAL':
      return 'from another system';
  }
}

/** `until Tue 12 May 2026`, its last day; without an end, what ends it. */
export function untilWords({ zone }: Viewer, { expiresAt, mode }: UserBlock): string {
  if (expiresAt !== null) return `until ${lastOf(zone, expiresAt)}`;
  return mode === 'UNTIL_RETURNED' ? 'until they are returned' : 'until it is lifted';
}

export const stopHeadings: Readonly<Record<DeskAction, string>> = { LOAN: 'Cannot borrow', RENEW: 'Cannot renew' };
