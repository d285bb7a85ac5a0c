/** One loan at the desk, for the steps that need a day or a time, and its history (fulfillment-loans.md, S6; data-model.md, loanEvent). */
import { Router } from 'express';
import { mayIn } from '../../domain/permissions.js';
import type { ApiContext } from '../context.js';
import { loanOf } from '../desk.js';
import { briefly, when } from '../format.js';
import { viewerOf } from '../viewer.js';
import { spelledOut } from '../words.js';
import { risingValue } from './desk-answers.js';
import { deskFrame, mayOverride, nameOf, patronPath } from './desk-frame.js';
import { loanBadges } from './desk-words.js';
import type { Present } from './present.js';

const closeWords = { RETURNED: 'Returned', LOST_AND_PAID: 'Lost and paid' } as const;
const byWords: Readonly<Record<string, string>> = { STAFF: 'the desk', PATRON: 'the patron', '-': '' };

export function deskLoanPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/desk/loans/:id', async (request, response) => {
    const viewer = viewerOf(request);
    const loan = await loanOf(context, viewer, request.params.id);
    const { _id, institutionId, userId, title, barcode, version, dueCycle, status, processStatus, recall, closeReason } = loan;
    const [events, user] = await Promise.all([
      models.LoanEvent.find({ institutionId, loanId: _id }).sort({ at: 1, _id: 1 }).lean(),
      userId === null ? null : models.User.findOne({ institutionId, _id: userId }, { displayName: 1, primaryId: 1 }).lean(),
    ]);
    const inHand = status === 'ACTIVE' && processStatus !== 'LOST' && processStatus !== 'CLAIMED_RETURN';
    present(request, response, 'desk-loan', {
      ...deskFrame(viewer, null),
      title: `${title || 'Loan'} (${barcode})`,
      page: `/desk/loans/${_id}`,
      once: risingValue(),
      version,
      dueCycle,
      patron: user === null ? null : { href: patronPath(user._id), ...nameOf(viewer, user) },
      library: loan.libraryCode,
      lent: when(viewer.zone, loan.loanDate),
      due: when(viewer.zone, loan.dueDate),
      dueBefore: recall?.active && recall.dueDateChanged ? when(viewer.zone, recall.dueDateBefore) : null,
      ended: closeReason === null ? null : { how: closeWords[closeReason], at: when(viewer.zone, loan.returnDate) },
      badges: status === 'ACTIVE' ? loanBadges(viewer, loan, now()) : [],
      mayMove: inHand,
      mayRecall: inHand && !recall?.active,
      mayCancelRecall: inHand && (recall?.active ?? false),
      mayClaim: inHand,
      mayLose: status === 'ACTIVE' && processStatus !== 'LOST',
      mayFind: status === 'ACTIVE' && processStatus === 'LOST',
      mayReturn: closeReason !== 'RETURNED',
      mayDateBack: closeReason !== 'RETURNED' && mayOverride(viewer),
      zone: viewer.zone.timeZone,
      history: mayIn(viewer.grants, 'FULFILLMENT', 'VIEW') ? `/records/loan/${_id}/jobs` : null,
      events: events.map(({ at, type, by, oldDueDate, newDueDate }) => ({
        at: briefly(viewer.zone, at, now()), what: spelledOut(type), by: by.startsWith('JOB:') ? 'a job' : (byWords[by] ?? by),
        from: briefly(viewer.zone, oldDueDate, now()), to: briefly(viewer.zone, newDueDate, now()),
      })),
    });
  });
  return router;
}
