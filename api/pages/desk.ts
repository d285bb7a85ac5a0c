/** The circulation desk: a patron is found by what was scanned, and everything about them is done on one page (fulfillment-loans.md, S3, S6, S7 and S11). */
import { Router, type Request, type Response } from 'express';
import type { Loan } from '../../models/loan.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { blockOf, lift } from '../block-deeds.js';
import { feeOf, loanOf } from '../desk.js';
import { feeNames } from '../fee-names.js';
import { lend, type Clerk } from '../loan-deeds.js';
import { patronAtDesk, patronIdOf } from '../patrons.js';
import { Refusal } from '../refusal.js';
import { demand, viewerOf, type Viewer } from '../viewer.js';
import { shortened } from '../words.js';
import { answer, answerOnce, answersOn, risingValue, type Answer } from './desk-answers.js';
import { deskFrame, patronPath } from './desk-frame.js';
import { shownPatron } from './desk-patron.js';
import { bookStep, isFeeStep, loanRefused, loanSteps, payStep } from './desk-steps.js';
import { dueText } from './desk-words.js';
import { formOf } from './form.js';
import type { Present } from './present.js';
import { Query } from './query.js';

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
    demand(viewer, 'CIRCULATION');
    const userId = scanned === '' ? null : await patronIdOf(context, viewer, scanned);
    if (userId === null) {
      const nobody = `Nobody has the card or primary id “${shortened(scanned)}”, nor an item with that barcode.`;
      return showSearch(request, response, scanned === '' ? 'Scan a card, or type a primary id.' : nobody);
    }
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
      ...shownPatron(patron, await feeNames(context, viewer), viewer, now()),
    });
  });

  router.post(`${PATH}/patrons/:id/loans`, async (request, response) => {
    const clerk = clerkOf(request);
    const { viewer } = clerk;
    const form = formOf(request);
    const userId = request.params.id;
    const [scanned, override] = [form.text('barcode'), form.ticked('override')];
    demand(viewer, 'CIRCULATION');
    const item = await models.Item.findOne({ institutionId: viewer.institution.code, barcodeKey: scanned, deletedAt: null }, { _id: 1 }).lean();
    if (scanned !== '' && item === null) {
      // The card of the next patron, who stands at the desk already.
      const next = await patronIdOf(context, viewer, scanned);
      if (next !== null) return response.redirect(303, patronPath(next));
    }
    await answerOnce(context, request, response, form, { page: patronPath(userId) }, async () => {
      if (scanned === '') throw new Refusal('validation-failed', 'Scan an item.');
      return lent(viewer, scanned, () => lend(context, clerk, { loanId: form.text('once'), barcode: scanned, userId, override }));
    });
  });

  async function lent(viewer: Viewer, scanned: string, lending: () => Promise<Loan>): Promise<Answer> {
    try {
      const loan = await lending();
      return answer('good', [`Lent until ${dueText(viewer, loan)}.`], { loanId: loan._id });
    } catch (error) {
      if (!(error instanceof Refusal) || error.slug !== 'not-possible') throw error;
      const overridable = error.problems.some(({ code }) => OVERRIDABLE.includes(code));
      return answer('bad', [`Not lent: ${shortened(scanned)}.`, error.message], { scanned, overridable });
    }
  }

  router.post(`${PATH}/patrons/:id/payments`, async (request, response) => {
    const clerk = clerkOf(request);
    const form = formOf(request);
    const userId = request.params.id;
    demand(clerk.viewer, 'CIRCULATION');
    await answerOnce(context, request, response, form, { page: patronPath(userId) }, () => payStep(context, clerk, userId, form));
  });

  router.post(`${PATH}/blocks/:id/lift`, async (request, response) => {
    const clerk = clerkOf(request);
    const form = formOf(request);
    const block = await blockOf(context, clerk.viewer, request.params.id);
    await answerOnce(context, request, response, form, { page: pageOf(block) }, async () => {
      const { description, code } = await lift(context, clerk, block, form.text('reason').slice(0, 500) || null);
      return answer('good', [`Lifted: ${description || code}.`]);
    });
  });

  router.post(`${PATH}/loans/:id/:step`, async (request, response) => {
    const clerk = clerkOf(request);
    const form = formOf(request);
    const loan = await loanOf(context, clerk.viewer, request.params.id);
    const step = loanSteps.get(request.params.step);
    if (step === undefined) throw new Refusal('not-found', `There is nothing at ${request.path}.`);
    const refused = (reason: string) => loanRefused(loan, request.params.step, reason);
    await answerOnce(context, request, response, form, { page: pageOf(loan), refused }, () => step(context, clerk, loan, form));
  });

  router.post(`${PATH}/fees/:id/:step`, async (request, response) => {
    const clerk = clerkOf(request);
    const form = formOf(request);
    const fee = await feeOf(context, clerk.viewer, request.params.id);
    const { step } = request.params;
    if (!isFeeStep(step)) throw new Refusal('not-found', `There is nothing at ${request.path}.`);
    await answerOnce(context, request, response, form, { page: pageOf(fee) }, () => bookStep(context, clerk, fee, step, form));
  });
  return router;
}

const clerkOf = (request: Request): Clerk => ({ viewer: viewerOf(request), author: authorOf(viewerOf(request), request.id) });

/** Where a step on it leads back to: its patron; of one that names nobody any more, where answers are listed. */
const pageOf = ({ userId }: { userId: string | null }): string => (userId === null ? `${PATH}/returns` : patronPath(userId));
