/** The page of a patron at the desk: who it is, what stands against them, loans and fees with the steps that are open to the viewer. */
import { dayNumber, localDay } from '../../domain/days.js';
import { may, mayIn } from '../../domain/permissions.js';
import type { Loan } from '../../models/loan.js';
import { mayLift } from '../block-deeds.js';
import { reasonText } from '../desk.js';
import { permissionFor } from '../fee-deeds.js';
import type { FeeNames } from '../fee-names.js';
import { briefly } from '../format.js';
import type { PatronAtDesk } from '../patrons.js';
import type { Viewer } from '../viewer.js';
import { mayOverride, nameOf } from './desk-frame.js';
import { feeBadge, loanBadges, money, sourceOf, stopHeadings, stoppedBy, untilWords } from './desk-words.js';
import { majorUnits } from './typed.js';

const userStates = { ACTIVE: null, INACTIVE: 'Inactive', DELETED: 'Deleted' } as const;

/** Everything about a patron that the page says. */
export function shownPatron({ user, blocks, placers, borrower, limit, stops, loans, fines, fees }: PatronAtDesk, names: FeeNames, viewer: Viewer, now: Date) {
  const { grants, zone, institution: { currency } } = viewer;
  const { name, primaryId } = nameOf(viewer, user);
  const today = localDay(zone, now.getTime());
  const seesJobs = mayIn(grants, 'FULFILLMENT', 'VIEW');
  const atMost = (most: number | null | undefined, said: (limit: number) => string = String) => (most === null || most === undefined ? 'no limit' : `of at most ${said(most)}`);
  const stopped = ([['LOAN', stops.LOAN], ['RENEW', stops.RENEW]] as const).flatMap(([action, stop]) =>
    (stop === null ? [] : [{ heading: stopHeadings[action], text: reasonText(stop.reason, stop.detail) }]));
  const payable = fees.filter(({ status, balance }) => status === 'ACTIVE' && balance > 0).reduce((sum, { balance }) => sum + balance, 0);
  const barcodes = new Map(loans.map(({ _id, barcode }) => [_id, barcode]));
  const same = stopped.length === 2 && stopped[0]!.text === stopped[1]!.text;
  return {
    title: name,
    primaryId,
    state: userStates[user.status],
    group: user.userGroup ?? 'none',
    expiry: user.expiryDate === null ? null : { day: user.expiryDate, past: dayNumber(user.expiryDate) < today },
    history: seesJobs ? `/records/user/${user._id}/jobs` : null,
    stops: same ? [{ heading: 'Cannot borrow or renew', text: stopped[0]!.text }] : stopped,
    blocks: blocks.map((block) => ({
      text: block.description || block.code, stopped: stoppedBy(block), source: sourceOf(block, placers, barcodes), until: untilWords(viewer, block),
      since: briefly(zone, block.startsAt, now), note: block.note, lift: mayLift(viewer, block) ? `/desk/blocks/${block._id}/lift` : null,
    })),
    limits: [
      {
        name: 'Owes', most: atMost(limit?.maxOwedAmount, (amount) => majorUnits(amount, currency)),
        has: borrower.owed < 0 ? `nothing; credit ${money(borrower.owed, currency)}` : money(borrower.owed, currency),
      },
      { name: 'Overdue loans', has: String(borrower.overdueLoans), most: atMost(limit?.maxOverdueLoans) },
      { name: 'Overdue recalls', has: String(borrower.overdueRecalls), most: atMost(limit?.maxOverdueRecalls) },
    ],
    mayOverride: mayOverride(viewer),
    owed: borrower.owed > 0 ? money(borrower.owed, currency) : null,
    toPay: payable > 0 ? majorUnits(payable, currency) : null,
    loans: loans.map((loan) => shownLoan(loan, viewer, now, fines.get(loan._id) ?? 0)),
    fees: fees.map((fee) => {
      const { _id, title, barcode, balance, originalAmount, version, status } = fee;
      const step = status !== 'ACTIVE' ? null : balance < 0 ? { name: 'refund', text: 'Pay out' } : { name: 'payment', text: 'Pay' };
      const permitted = step !== null && may(grants, permissionFor(step.name === 'refund' ? 'REFUND' : 'PAYMENT'));
      return {
        id: _id, href: `/desk/fees/${_id}`, name: names.of(fee), about: title ?? barcode ?? fee.comment, since: briefly(zone, fee.createdAt, now), badge: feeBadge(fee), version,
        balance: majorUnits(Math.abs(balance), currency), of: balance === originalAmount ? null : majorUnits(Math.abs(originalAmount), currency), step: permitted ? step : null,
      };
    }),
    currency,
  };
}

function shownLoan(loan: Loan, viewer: Viewer, now: Date, fine: number) {
  const { _id, title, barcode, dueCycle, processStatus, recall } = loan;
  return {
    href: `/desk/loans/${_id}`, title: title || barcode, barcode, dueCycle, due: briefly(viewer.zone, loan.dueDate, now), badges: loanBadges(viewer, loan, now),
    fine: fine === 0 ? null : majorUnits(fine, viewer.institution.currency),
    isLost: processStatus === 'LOST', isClaimed: processStatus === 'CLAIMED_RETURN', isRecalled: recall?.active ?? false,
    history: mayIn(viewer.grants, 'FULFILLMENT', 'VIEW') ? `/records/loan/${_id}/jobs` : null,
  };
}
