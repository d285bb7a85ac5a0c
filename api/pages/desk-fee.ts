/** One fee at the desk: what has been booked on it, and what may be (fulfillment-loans.md, S7). */
import { Router } from 'express';
import { may } from '../../domain/permissions.js';
import type { ApiContext } from '../context.js';
import { feeOf } from '../desk.js';
import { permissionFor } from '../fee-deeds.js';
import { feeNames } from '../fee-names.js';
import { briefly, when } from '../format.js';
import { viewerOf } from '../viewer.js';
import { spelledOut } from '../words.js';
import { risingValue } from './desk-answers.js';
import { deskFrame, nameOf, patronPath } from './desk-frame.js';
import { feeBadge, money } from './desk-words.js';
import type { Present } from './present.js';
import { majorUnits } from './typed.js';

export function deskFeePage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/desk/fees/:id', async (request, response) => {
    const viewer = viewerOf(request);
    const fee = await feeOf(context, viewer, request.params.id);
    const { _id, institutionId, userId, title, barcode, loanId, status, balance, originalAmount, currency, version, transactions } = fee;
    const user = userId === null ? null : await models.User.findOne({ institutionId, _id: userId }, { displayName: 1, primaryId: 1 }).lean();
    const [owed, credit] = [status === 'ACTIVE' && balance > 0, status === 'ACTIVE' && balance < 0];
    const decides = may(viewer.grants, permissionFor('WAIVE'));
    present(request, response, 'desk-fee', {
      ...deskFrame(viewer, null),
      title: `${(await feeNames(context, viewer)).of(fee)}${title === null ? '' : `: ${title}`}`,
      page: `/desk/fees/${_id}`,
      once: risingValue(),
      version,
      patron: user === null ? null : { href: patronPath(user._id), ...nameOf(viewer, user) },
      loan: loanId === null ? null : { href: `/desk/loans/${loanId}`, text: barcode ?? loanId },
      comment: fee.comment,
      library: fee.libraryCode ?? 'the institution',
      since: when(viewer.zone, fee.createdAt),
      badge: feeBadge(fee),
      balance: `${money(balance, currency)}${balance < 0 ? ' owed to the patron' : ''}`,
      original: money(originalAmount, currency),
      amount: majorUnits(Math.abs(balance), currency),
      currency,
      forms: [
        ...(owed ? [{ step: 'payment', label: 'Pay', hasAmount: true, hasReason: false }] : []),
        ...(owed && decides ? [{ step: 'waiver', label: 'Waive', hasAmount: true, hasReason: true }] : []),
        ...(owed && decides ? [{ step: 'dispute', label: 'Dispute', hasAmount: false, hasReason: true }] : []),
        ...(status === 'IN_DISPUTE' && decides ? [{ step: 'restoration', label: 'Restore', hasAmount: false, hasReason: true }] : []),
        ...(credit && decides ? [{ step: 'refund', label: 'Pay out', hasAmount: true, hasReason: true }] : []),
      ],
      transactions: transactions.map(({ at, type, amount, reason, comment }) => ({
        at: briefly(viewer.zone, at, now()), what: spelledOut(type), amount: majorUnits(amount, currency), said: [reason, comment].filter((text) => text !== null).join('; '),
      })),
    });
  });
  return router;
}
