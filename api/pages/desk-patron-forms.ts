/** What staff do to a patron at the desk that takes more than a click: block, charge. Each is a form of its own, refused beside its fields (data-model.md 4). */
import { Router, type Request, type Response } from 'express';
import { checkBlock, definitionsToPlace, placeBy, type NewBlock } from '../block-deeds.js';
import type { ChargedFee } from '../../desk/charge-fee.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { charge, checkFee } from '../fee-deeds.js';
import { feeNames } from '../fee-names.js';
import type { Checked } from '../job-settings.js';
import type { Clerk } from '../loan-deeds.js';
import { Refusal } from '../refusal.js';
import { demand, viewerOf, type Viewer } from '../viewer.js';
import { answer, answerOnce, risingValue, type Answer } from './desk-answers.js';
import { deskFrame, nameOf, patronPath } from './desk-frame.js';
import { money, stoppedBy, untilWords } from './desk-words.js';
import { besideField, fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { formOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { libraryWords } from './profile-words.js';

interface PatronForm<Asked> {
  /** Below the patron's page. */
  path: string;
  title: string;
  /** Of its button. */
  deed: string;
  note: string;
  rows(context: ApiContext, viewer: Viewer): Promise<Field[][]>;
  check(context: ApiContext, viewer: Viewer, userId: string, input: Record<string, unknown>): Promise<Checked<Asked>>;
  /** `id`: of what is made; the same form makes it once. */
  done(context: ApiContext, clerk: Clerk, id: string, userId: string, asked: Asked): Promise<Answer>;
}

const blocking: PatronForm<NewBlock> = {
  path: 'block', title: 'Block', deed: 'Block', note: 'The patron is told what the block is called; the note is for staff.',
  rows: async (context, viewer) => {
    const definitions = await definitionsToPlace(context, viewer);
    const words = Object.fromEntries(definitions.map((definition) => [definition.code, `${definition.description || definition.code} (${stoppedBy(definition)})`]));
    return [
      [{ id: 'definition', label: 'Kind of block', kind: 'choice', words, hint: definitions.length === 0 ? 'There is no active block definition.' : 'By the block definitions of the institution.' }],
      [{ id: 'lastDay', label: 'Last day (empty: until it is lifted)', kind: 'day', orNone: true }],
      [{ id: 'note', label: 'Note for staff (optional)', kind: 'lines', orNone: true }],
    ];
  },
  check: (context, viewer, _userId, input) => checkBlock(context, viewer, input),
  done: async (context, clerk, id, userId, asked) => {
    const block = await placeBy(context, clerk, id, userId, asked);
    return answer('good', [`Blocked: ${block.description || block.code}. It ${stoppedBy(block)} ${untilWords(clerk.viewer, block)}.`]);
  },
};

const charging: PatronForm<ChargedFee> = {
  path: 'charge', title: 'Charge', deed: 'Charge', note: 'The comment stands in letters about what is owed. What was charged by mistake is waived.',
  rows: async (context, viewer) => {
    const [{ own }, libraries] = await Promise.all([feeNames(context, viewer), libraryWords(context, viewer)]);
    return [
      [{ id: 'type', label: 'Fee', kind: 'choice', words: { OTHER: 'Other', ...Object.fromEntries(own) } }, { id: 'amount', label: 'Amount', kind: 'amount' }],
      [{ id: 'comment', label: 'Comment (optional)', kind: 'text', orNone: true }],
      [
        { id: 'barcode', label: 'About the item with the barcode (optional)', kind: 'text', orNone: true },
        { id: 'libraryCode', label: 'Owed to', kind: 'choice', orNone: true, words: { '': 'the item’s library', ...libraries }, hint: 'Without an item: the institution.' },
      ],
    ];
  },
  check: checkFee,
  done: async (context, clerk, id, userId, asked) => {
    const fee = await charge(context, clerk, id, userId, asked);
    const name = (await feeNames(context, clerk.viewer)).of(fee);
    return answer('good', [`Charged: ${name}, ${money(fee.originalAmount, fee.currency)}.`], { loanId: fee.loanId });
  },
};

export function deskPatronForms(context: ApiContext, { present }: Present): Router {
  const router = Router();
  pagesOf(blocking);
  pagesOf(charging);

  function pagesOf<Asked>(form: PatronForm<Asked>): void {
    const path = `/desk/patrons/:id/${form.path}` as const;

    router.get(path, async (request, response) => {
      const { currency } = viewerOf(request).institution;
      await show(request, response, request.params.id, form, typedFrom([], {}, currency), []);
    });

    router.post(path, async (request, response) => {
      const viewer = viewerOf(request);
      const sent = formOf(request);
      const userId = request.params.id;
      demand(viewer, 'CIRCULATION');
      const fields = (await form.rows(context, viewer)).flat();
      const { value, problems } = await form.check(context, viewer, userId, inputOf(fields, sent, viewer.institution.currency));
      if (value === null) return show(request, response, userId, form, sent, problems.map(besideField(fields, sent, viewer.institution.currency)));
      const clerk = { viewer, author: authorOf(viewer, request.id) };
      await answerOnce(context, request, response, sent, { page: patronPath(userId) }, () => form.done(context, clerk, sent.text('once'), userId, value));
    });
  }

  async function show(
    request: Request, response: Response, userId: string, form: Pick<PatronForm<unknown>, 'path' | 'title' | 'deed' | 'note' | 'rows'>, typed: Typed, problems: readonly FieldProblem[],
  ): Promise<void> {
    const viewer = viewerOf(request);
    const { code: institutionId, currency } = viewer.institution;
    demand(viewer, 'CIRCULATION');
    const user = await context.models.User.findOne({ institutionId, _id: userId }, { displayName: 1, primaryId: 1 }).lean();
    if (user === null) throw new Refusal('not-found', `There is no patron ${userId}.`);
    const { name } = nameOf(viewer, user);
    const { path, title, deed, note } = form;
    present(request, response, 'desk-patron-form', {
      ...deskFrame(viewer, null), title: `${title} ${name}`, deed, note, patron: { href: patronPath(userId), name }, action: `${patronPath(userId)}/${path}`, once: risingValue(),
      ...withProblems(problems),
      rows: fieldRows(await form.rows(context, viewer), typed, problems, { currency, isNew: true }),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}
