/** Returns without a patron: barcode after barcode, each answered by what happened (fulfillment-loans.md, S6 and S11). */
import { Router } from 'express';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { loanOf } from '../desk.js';
import { when } from '../format.js';
import { giveBack } from '../loan-deeds.js';
import { Refusal } from '../refusal.js';
import { demand, viewerOf } from '../viewer.js';
import { shortened } from '../words.js';
import { answer, answerOnce, answersOn, risingValue } from './desk-answers.js';
import { deskFrame, mayOverride, nameOf, patronPath } from './desk-frame.js';
import { cameBack, returned } from './desk-steps.js';
import { formOf } from './form.js';
import { localInstant } from './local-time.js';
import type { Present } from './present.js';
import { Query } from './query.js';

const PATH = '/desk/returns';
/** As many as a clerk looks back for. */
const SHOWN = 20;

export function deskReturnsPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    demand(viewer, 'CIRCULATION');
    const query = Query.of(request);
    const at = query.text('at');
    const datedBack = localInstant(viewer.zone, at);
    const answers = await answersOn(context, viewer, PATH, { most: SHOWN });
    const userIds = answers.flatMap(({ about }) => about?.loan.userId ?? []);
    const users = await models.User.find({ institutionId: viewer.institution.code, _id: { $in: userIds } }, { displayName: 1, primaryId: 1 }).lean();
    const patrons = new Map(users.map((user) => [user._id, { href: patronPath(user._id), text: nameOf(viewer, user).name }]));
    present(request, response, 'desk-returns', {
      ...deskFrame(viewer, PATH),
      title: 'Returns',
      once: risingValue(),
      mayDateBack: mayOverride(viewer),
      drop: query.text('drop') !== '',
      at: datedBack instanceof Date ? at : '',
      datedBack: datedBack instanceof Date ? when(viewer.zone, datedBack) : null,
      zone: viewer.zone.timeZone,
      answers: answers.map((each) => ({ ...each, patron: patrons.get(each.about?.loan.userId ?? '') ?? null })),
    });
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    demand(viewer, 'CIRCULATION');
    const scanned = form.text('barcode');
    // For the next item of the same box; not a time that no return can be dated back to.
    const at = localInstant(viewer.zone, form.text('at'));
    const lasting = at === 'WRONG' || (at !== null && at > context.now()) ? ['drop'] : ['at', 'drop'];
    const settings = Object.fromEntries(lasting.flatMap((name) => (form.text(name) === '' ? [] : [[name, form.text(name)]])));
    await answerOnce(context, request, response, form, { page: PATH, settings }, async () => {
      const back = cameBack(viewer, form);
      const clerk = { viewer, author: authorOf(viewer, request.id) };
      try {
        if (scanned === '') throw new Refusal('validation-failed', 'Scan an item.');
        const loan = await loanOf(context, viewer, `barcode:${scanned}`);
        return await returned(context, clerk, await giveBack(context, clerk, loan._id, back));
      } catch (error) {
        if (!(error instanceof Refusal) || error.slug === 'forbidden') throw error;
        return answer('bad', [`Not returned${scanned === '' ? '' : `: ${shortened(scanned)}`}.`, error.message], { scanned });
      }
    });
  });
  return router;
}
