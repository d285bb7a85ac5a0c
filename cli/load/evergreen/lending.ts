/**
 * A first look at circulations and holds, before the copies are loaded: which copies are out, and how renewals hang together.
 *
 * A renewal is a new circulation in Evergreen, whose `parent_circ` is the one before; here it is the same loan, due later. A loan is
 * known by its first circulation, so that a later dump with one more renewal means the same loan.
 */
import type { Lost, ProcessStatus } from '../../../models/loan.js';
import type { Load } from './load-context.js';
import type { Person } from './people.js';
import { LeftOut, type Row } from './row.js';
import { lentBy } from './terms.js';

export interface OpenLoan {
  loanId: string;
  processType: 'LOAN' | 'LOST_LOAN' | 'CLAIM_RETURNED_LOAN';
  since: Date;
}

/** How a loan began, for one that was renewed. */
export interface Beginning {
  circulationId: string;
  loanDate: Date;
  dueDate: Date;
  renewals: number;
}

export interface Lending {
  /** Copies that a circulation or a hold names. */
  copies: ReadonlySet<string>;
  /** By copy. */
  openLoans: ReadonlyMap<string, OpenLoan>;
  /** Circulations that ended because the next one began. */
  renewed: ReadonlySet<string>;
  /** Of the last circulation of a chain; for one that is no renewal its own dates. Throws `LeftOut` where a chain has no beginning. */
  beginningOf(row: Row): Beginning;
}

interface Ended {
  parentId: string | null;
  loanDate: Date;
  dueDate: Date;
}

export async function lookAtLending(load: Load, people: ReadonlyMap<string, Person>): Promise<Lending> {
  const ended = new Map<string, Ended>();
  const renewed = new Set<string>();
  const copies = new Set<string>();
  const openLoans = new Map<string, OpenLoan>();
  const beginningOf = (row: Row): Beginning => {
    const seen = new Set([row.text('id')]);
    let first = { circulationId: row.text('id'), loanDate: row.instant('xact_start'), dueDate: row.instant('due_date'), renewals: 0 };
    for (let parentId = row.maybeText('parent_circ'); parentId !== null; ) {
      const parent = ended.get(parentId);
      if (parent === undefined) break;
      if (seen.has(parentId)) throw new LeftOut('its renewals lead back to itself', `parent ${parentId}`);
      seen.add(parentId);
      first = { circulationId: parentId, loanDate: parent.loanDate, dueDate: parent.dueDate, renewals: first.renewals + 1 };
      parentId = parent.parentId;
    }
    return first;
  };

  await load.dump.look('action.hold_request', (row) => {
    if (isOfCopy(row.text('hold_type'))) copies.add(row.text('target'));
    const assigned = row.maybeText('current_copy');
    if (assigned !== null) copies.add(assigned);
  });
  await load.dump.look('action.circulation', (row) => {
    copies.add(row.text('target_copy'));
    const parentId = row.maybeText('parent_circ');
    if (parentId !== null) renewed.add(parentId);
    if (row.maybeText('stop_fines') === 'RENEW') {
      ended.set(row.text('id'), { parentId, loanDate: row.instant('xact_start'), dueDate: row.instant('due_date') });
    }
  });
  for (const id of renewed) if (!ended.has(id)) renewed.delete(id);
  await load.dump.look('action.circulation', (row) => {
    if (!isOpen(row) || renewed.has(row.text('id'))) return;
    const borrower = row.maybeText('usr');
    if (borrower !== null && !people.has(borrower)) return;
    // What cannot be read ends the look at this row here, and leaves its loan out later: its copy is not out with a loan that nobody has.
    datesOf(row);
    lentBy(row, load.currency, () => undefined);
    const { processStatus, since } = standingOf(row);
    const processType = ({ LOST: 'LOST_LOAN', CLAIMED_RETURN: 'CLAIM_RETURNED_LOAN', NORMAL: 'LOAN' } as const)[processStatus];
    const loanId = load.idOf('action.circulation', beginningOf(row).circulationId);
    openLoans.set(row.text('target_copy'), { loanId, processType, since });
  });
  return { copies, openLoans, renewed, beginningOf };
}

/** Copy holds, and the two kinds that staff force on a copy. */
export const isOfCopy = (holdType: string): boolean => holdType === 'C' || holdType === 'F' || holdType === 'R';

/** When it was lent and is due; due before that is left out. */
export function datesOf(row: Row): { start: Date; dueDate: Date } {
  const [start, dueDate] = [row.instant('xact_start'), row.instant('due_date')];
  if (dueDate < start) throw new LeftOut('due before it was lent', `${row.text('xact_start')} – ${row.text('due_date')}`);
  return { start, dueDate };
}

/** Lost and claimed items are still out; paid ones are finished without having come back. */
export const isOpen = (row: Row): boolean => row.maybeText('checkin_time') === null && row.maybeText('xact_finish') === null;

export interface Standing {
  processStatus: Extract<ProcessStatus, 'NORMAL' | 'LOST' | 'CLAIMED_RETURN'>;
  since: Date;
  lost: Lost | null;
  claimedReturnAt: Date | null;
}

/** What stopped the fines says what became of the loan; MAXFINES and the like say nothing of it. */
export function standingOf(row: Row): Standing {
  const start = row.instant('xact_start');
  const since = row.maybeInstant('stop_fines_time') ?? start;
  switch (row.maybeText('stop_fines')) {
    case 'LOST':
    case 'LONGOVERDUE': {
      const lost: Lost = { at: since, by: 'STAFF', profileId: null, runId: null, previousStatus: 'NORMAL' };
      return { processStatus: 'LOST', since, lost, claimedReturnAt: null };
    }
    case 'CLAIMSRETURNED':
    case 'CLAIMSNEVERCHECKEDOUT':
      return { processStatus: 'CLAIMED_RETURN', since, lost: null, claimedReturnAt: since };
    default:
      return { processStatus: 'NORMAL', since: start, lost: null, claimedReturnAt: null };
  }
}
