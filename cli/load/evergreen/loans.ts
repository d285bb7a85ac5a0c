/** Circulations become loans. */
import type { Loan } from '../../../models/loan.js';
import type { Copy } from './copies.js';
import { datesOf, isOpen, standingOf, type Lending } from './lending.js';
import { withdrawing, type Load } from './load-context.js';
import type { Person } from './people.js';
import { LeftOut, type Row } from './row.js';
import type { Terms } from './terms.js';

/** What bills say of a loan. */
export interface LoanFacts {
  loanId: string;
  userId: string | null;
  userGroup: string;
  itemId: string;
  barcode: string;
  title: string;
  libraryCode: string;
  dueCycle: number;
  lostCount: number;
}

/** Answers the loans by Evergreen's circulation, those of a renewed one included. */
export async function loadLoans(
  load: Load,
  people: ReadonlyMap<string, Person>,
  copies: ReadonlyMap<string, Copy>,
  lending: Lending,
  terms: Terms,
): Promise<ReadonlyMap<string, LoanFacts>> {
  const loans = load.writerOf(load.models.Loan);
  const facts = new Map<string, LoanFacts>();
  await load.dump.each('action.circulation', async (row, report) => {
    const copy = copies.get(row.text('target_copy'));
    if (copy === undefined) throw new LeftOut('its copy was not loaded', `copy ${row.text('target_copy')}`);
    const borrower = row.maybeText('usr');
    const person = borrower === null ? null : people.get(borrower);
    if (person === undefined) throw new LeftOut('its user was not loaded', `user ${borrower}`);

    const { itemId, bibId, barcode, libraryCode, locationCode, itemPolicy, callNumber } = copy;
    const { title, author } = copy.title;
    const { userId, userGroup } = person ?? { userId: null, userGroup: '' };
    const course = courseOf(load, row, lending);
    const { _id, dueCycle, lostCount } = course;
    facts.set(row.text('id'), { loanId: _id, userId, userGroup, itemId, barcode, title, libraryCode, dueCycle, lostCount });
    if (lending.renewed.has(row.text('id'))) return 'MERGED';

    const parent = row.maybeText('parent_circ');
    if (parent !== null && !lending.renewed.has(parent)) report.remark('a renewal of a circulation that is not in the dump', row.label);
    const { touId, shortLoan } = terms.of(row, (text) => report.remark(text, row.label));
    if (course.status === 'ACTIVE' && lending.openLoans.get(row.text('target_copy'))?.loanId !== _id) report.remark('open, although a later one of the same copy is', row.label);
    const borrowed = { userId, userGroup, itemId, bibId, barcode, title, author, callNumber, libraryCode, locationCode, itemPolicy };
    await loans.add({ ...course, ...borrowed, touId, shortLoan }, withdrawing(report, row.label));
    return 'MAPPED';
  });
  await loans.flush();
  return facts;
}

/** From the day it was lent to the day it came back. */
function courseOf(load: Load, row: Row, lending: Lending) {
  const beginning = lending.beginningOf(row);
  const { start, dueDate } = datesOf(row);
  const wasRenewed = beginning.renewals > 0;
  const standing = standingOf(row);
  const open = isOpen(row);
  const returned = row.maybeInstant('checkin_time');
  const stillNormal = !open || standing.processStatus === 'NORMAL';
  return {
    _id: load.idOf('action.circulation', beginning.circulationId),
    institutionId: load.institutionId,
    proxyUserId: null,
    description: '',
    materialType: null,
    circDesk: null,
    jobCategory: null,
    statisticalCategories: [],
    loanDate: beginning.loanDate,
    dueDate,
    dueDateSource: wasRenewed ? 'RENEWAL' : 'POLICY',
    dueCycle: beginning.renewals + 1,
    originalDueDate: beginning.dueDate,
    status: open ? 'ACTIVE' : 'COMPLETE',
    processStatus: stillNormal ? (wasRenewed ? 'RENEW' : 'NORMAL') : standing.processStatus,
    processStatusDate: stillNormal ? start : standing.since,
    recall: null,
    renewalCount: beginning.renewals,
    lastRenewalAt: wasRenewed ? start : null,
    claimedReturnAt: open ? standing.claimedReturnAt : null,
    lost: open ? standing.lost : null,
    lostCount: standing.lost === null ? 0 : 1,
    returnDate: open ? null : (returned ?? row.instant('xact_finish')),
    closeReason: open ? null : returned === null && standing.lost !== null ? 'LOST_AND_PAID' : 'RETURNED',
    notes: [],
    lastRenewalFailure: null,
    anonymizedAt: null,
  } satisfies Partial<Loan>;
}
