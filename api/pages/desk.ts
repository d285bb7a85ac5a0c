/** The circulation desk: a patron is found by what was scanned, and everything about them is done on one page (fulfillment-loans.md, S3, S6, S7 and S11). */
import { Router, type Request, type Response } from 'express';
import { localDay, dayNumber } from '../../domain/days.js';
import { may, mayIn } from '../../domain/permissions.js';
import type { Loan } from '../../models/loan.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { feeOf, loanOf, reasonText } from '../desk.js';
import { permissionFor } from '../fee-deeds.js';
import { briefly } from '../format.js';
import { lend } from '../loan-deeds.js';
import { patronAtDesk, patronIdOf, type PatronAtDesk } from '../patrons.js';
import { Refusal } from '../refusal.js';
import { demand, viewerOf, type Viewer } from '../viewer.js';
import { answer, answerOnce, answersOn, risingValue, type Answer } from './desk-answers.js';
import { deskFrame, mayOverride, nameOf, patronPath } from './desk-frame.js';
import { bookStep, isFeeStep, loanRefused, loanSteps, payStep } from './desk-steps.js';
import { dueText, feeBadge, feeName, loanBadges, money, stopHeadings, stoppedBy } from './desk-words.js';
import { formOf } from './form.js';
import type { Present } from './present.js';
import { Query } from './query.js';
import { majorUnits } from './typed.js';

const PATH = '/desk';

/** What a manager may set aside, if the block says so. */
const OVERRIDABLE: readonly string[] = ['USER_BLOCKED', 'CASH_LIMIT', 'OVERDUE_LIMIT', 'OVERDUE_RECALL_LIMIT'];

export function deskPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, (request, response) => {
    demand(viewerOf(request), 'CIRCULATION');
    showSearch(request, response, null);
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const scanned = formOf(request).text('patron');
    const userId = scanned === '' ? null : await patronIdOf(context, viewer, scanned);
    if (userId === null) return showSearch(request, response, scanned === '' ? 'Scan a card, or type a primary id.' : `Nobody has the card or primary id “${scanned}”, nor an item with that barcode.`);
    response.redirect(303, patronPath(userId));
  });

  /** The field is empty and has the focus, also after something that nobody has: the next thing that happens is another scan. */
  function showSearch(request: Request, response: Response, error: string | null): void {
    present(request, response, 'desk', { title: 'Desk', ...deskFrame(viewerOf(request), PATH), error }, error === null ? 200 : 422);
  }

  router.get(`${PATH}/patrons/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const patron = await patronAtDesk(context, viewer, request.params.id);
    const key = Query.of(request).text('told');
    const [told = null] = key === '' ? [] : await answersOn(context, viewer, patronPath(patron.user._id), { key, most: 1 });
    present(request, response, 'desk-patron', {
      ...deskFrame(viewer, null),
      once: risingValue(),
      page: patronPath(patron.user._id),
      told,
      ...shownPatron(patron, viewer, now()),
    });
  });

  router.post(`${PATH}/patrons/:id/loans`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const userId = request.params.id;
    const [scanned, override] = [form.text('barcode'), form.ticked('override')];
    demand(viewer, 'CIRCULATION');
    if (scanned !== '' && (await models.Item.findOne({ institutionId: viewer.institution.code, barcodeKey: scanned, deletedAt: null }, { _id: 1 }).lean()) === null) {
      // The card of the next patron, who stands at the desk already.
      const next = await patronIdOf(context, viewer, scanned);
      if (next !== null) return response.redirect(303, patronPath(next));
    }
    await answerOnce(context, request, response, form, { page: patronPath(userId) }, async () => {
      if (scanned === '') throw new Refusal('validation-failed', 'Scan an item.');
      return lent(viewer, scanned, () => lend(context, { viewer, author: authorOf(viewer, request.id) }, { loanId: form.text('once'), barcode: scanned, userId, override }));
    });
  });

  async function lent(viewer: Viewer, scanned: string, lending: () => Promise<Loan>): Promise<Answer> {
    try {
      const loan = await lending();
      return answer('good', [`Lent until ${dueText(viewer, loan)}.`], { loanId: loan._id });
    } catch (error) {
      if (!(error instanceof Refusal) || error.slug !== 'not-possible') throw error;
      const overridable = error.problems.some(({ code }) => OVERRIDABLE.includes(code));
      return answer('bad', [`Not lent: ${scanned}.`, error.message], { scanned, overridable });
    }
  }

  router.post(`${PATH}/patrons/:id/payments`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    demand(viewer, 'CIRCULATION');
    await answerOnce(context, request, response, form, { page: patronPath(request.params.id) }, () => payStep(context, { viewer, author: authorOf(viewer, request.id) }, request.params.id, form));
  });

  router.post(`${PATH}/loans/:id/:step`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const loan = await loanOf(context, viewer, request.params.id);
    const step = loanSteps.get(request.params.step);
    if (step === undefined) throw new Refusal('not-found', `There is nothing at ${request.path}.`);
    await answerOnce(context, request, response, form, { page: pageOf(loan), refused: (reason) => loanRefused(loan, request.params.step, reason) }, () => step(context, { viewer, author: authorOf(viewer, request.id) }, loan, form));
  });

  router.post(`${PATH}/fees/:id/:step`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const fee = await feeOf(context, viewer, request.params.id);
    const { step } = request.params;
    if (!isFeeStep(step)) throw new Refusal('not-found', `There is nothing at ${request.path}.`);
    await answerOnce(context, request, response, form, { page: pageOf(fee) }, () => bookStep(context, { viewer, author: authorOf(viewer, request.id) }, fee, step, form));
  });
  return router;
}

/** Where a step on it leads back to: its patron, as long as it names one. */
const pageOf = ({ userId }: { userId: string | null }): string => (userId === null ? PATH : patronPath(userId));

const userStates = { ACTIVE: null, INACTIVE: 'Inactive', DELETED: 'Deleted' } as const;

function shownPatron({ user, blocks, borrower, limit, stops, loans, fines, fees }: PatronAtDesk, viewer: Viewer, now: Date) {
  const { grants, zone, institution: { currency } } = viewer;
  const { name, primaryId } = nameOf(viewer, user);
  const today = localDay(zone, now.getTime());
  const seesJobs = mayIn(grants, 'FULFILLMENT', 'VIEW');
  const atMost = (most: number | null | undefined, said: (limit: number) => string = String) => (most === null || most === undefined ? 'no limit' : `of at most ${said(most)}`);
  const stopped = ([['LOAN', stops.LOAN], ['RENEW', stops.RENEW]] as const).flatMap(([action, stop]) =>
    (stop === null ? [] : [{ heading: stopHeadings[action], text: reasonText(stop.reason, stop.detail) }]));
  const payable = fees.filter(({ status, balance }) => status === 'ACTIVE' && balance > 0).reduce((sum, { balance }) => sum + balance, 0);
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
      text: block.description || block.code, stopped: stoppedBy(block), until: briefly(zone, block.expiresAt, now), untilReturned: block.mode === 'UNTIL_RETURNED', since: briefly(zone, block.startsAt, now),
    })),
    limits: [
      { name: 'Owes', has: borrower.owed < 0 ? `nothing; credit ${money(borrower.owed, currency)}` : money(borrower.owed, currency), most: atMost(limit?.maxOwedAmount, (amount) => majorUnits(amount, currency)) },
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
        id: _id, href: `${PATH}/fees/${_id}`, name: feeName(fee), about: title ?? barcode, since: briefly(zone, fee.createdAt, now), badge: feeBadge(fee), version,
        balance: majorUnits(Math.abs(balance), currency), of: balance === originalAmount ? null : majorUnits(Math.abs(originalAmount), currency), step: permitted ? step : null,
      };
    }),
    currency,
  };
}

function shownLoan(loan: Loan, viewer: Viewer, now: Date, fine: number) {
  const { _id, title, barcode, dueCycle, processStatus, recall } = loan;
  return {
    href: `${PATH}/loans/${_id}`, title: title || barcode, barcode, dueCycle, due: briefly(viewer.zone, loan.dueDate, now), badges: loanBadges(viewer, loan, now),
    fine: fine === 0 ? null : majorUnits(fine, viewer.institution.currency),
    isLost: processStatus === 'LOST', isClaimed: processStatus === 'CLAIMED_RETURN', isRecalled: recall?.active ?? false,
    history: mayIn(viewer.grants, 'FULFILLMENT', 'VIEW') ? `/records/loan/${_id}/jobs` : null,
  };
}
