/** Many due dates at once: how many loans that is first, then the change (data-model.md, loan: BULK). */
import { Router, type Request, type Response } from 'express';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeDueDates, dueDateChangeSchema, loansOfChange } from '../due-date-changes.js';
import type { MovedDueDates } from '../../desk/move-due-dates.js';
import { count } from '../format.js';
import { checked } from '../job-settings.js';
import { demand, viewerOf } from '../viewer.js';
import { answer, answerOnce, answersOn, risingValue } from './desk-answers.js';
import { deskFrame } from './desk-frame.js';
import { Form, formOf, messageFor, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { options, Query } from './query.js';

const PATH = '/desk/due-dates';
const fields = ['libraryCode', 'from', 'to', 'day', 'reason'] as const;

export function deskDueDatesPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models } = context;

  router.get(PATH, async (request, response) => {
    demand(viewerOf(request), 'CIRCULATION_OVERRIDE');
    await show(request, response, new Form({}), [], null);
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    demand(viewer, 'CIRCULATION_OVERRIDE');
    const input = { libraryCode: form.text('libraryCode'), from: form.text('from'), to: form.text('to'), due: { day: form.text('day') }, reason: form.text('reason') };
    const { value, problems } = checked(dueDateChangeSchema, input);
    if (value === null) return show(request, response, form, problems.map(({ pointer = '', message }) => ({ field: pointer.startsWith('/due') ? 'day' : pointer.slice(1), message })), null);
    if (form.text('do') !== 'move') return show(request, response, form, [], await loansOfChange(context, viewer, value));
    await answerOnce(context, request, response, form, { page: PATH }, async () => {
      const { moved, left } = await changeDueDates(context, { viewer, author: authorOf(viewer, request.id) }, value);
      return answer(moved > 0 ? 'good' : 'warning', [
        `${moved === 1 ? '1 loan was' : `${count(moved)} loans were`} moved: ${value.libraryCode}, due ${value.from} to ${value.to}, now ${input.due.day}.`, ...leftLines(left),
      ]);
    });
  });

  async function show(request: Request, response: Response, form: Form, problems: readonly FieldProblem[], loans: number | null): Promise<void> {
    const viewer = viewerOf(request);
    const libraries = await models.Library.find({ institutionId: viewer.institution.code }, { code: 1, name: 1 }).sort({ code: 1 }).lean();
    const key = Query.of(request).text('told');
    const [told = null] = key === '' ? [] : await answersOn(context, viewer, PATH, { key, most: 1 });
    const field = (id: (typeof fields)[number]) => ({ id, value: form.text(id), error: messageFor(problems, id) });
    present(request, response, 'desk-due-dates', {
      ...deskFrame(viewer, PATH),
      title: 'Many due dates',
      ...withProblems(problems),
      once: risingValue(),
      told,
      libraries: options(Object.fromEntries(libraries.map(({ code, name }) => [code, name])), [form.text('libraryCode')]),
      libraryCode: field('libraryCode'), from: field('from'), to: field('to'), day: field('day'), reason: field('reason'),
      counted: loans === null ? null : { some: loans > 0, text: loans === 1 ? '1 loan is' : `${count(loans)} loans are` },
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

const leftWords: Readonly<Record<keyof MovedDueDates['left'], string>> = {
  LOAN_ENDED: 'has ended', LOAN_LOST: 'lost', LOAN_CLAIMED: 'claimed returned', LIBRARY_MISSING: 'of an unknown library', DUE_DATE_PAST: 'would be due in the past',
  SAME_DUE_DATE: 'due then already', CHANGED_MEANWHILE: 'changed by others meanwhile; moving once more takes them up',
};
const leftLines = (left: MovedDueDates['left']): string[] =>
  Object.entries(left).map(([reason, loans]) => `Left as it was: ${count(loans)} (${leftWords[reason as keyof MovedDueDates['left']]}).`);
