/** The institution: what staff say of it for letters, a form; and what is the operator's to set. */
import { Router, type Request, type Response } from 'express';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeInstitution, institutionFields } from '../institution.js';
import { viewerOf } from '../viewer.js';
import { besideField, fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';

const PATH = '/institution';
const rows: readonly (readonly Field[])[] = [
  [
    { id: 'name', label: 'Name', kind: 'text', hint: 'As letters call it.' },
    { id: 'defaultLanguage', label: 'Language of letters', kind: 'text', hint: 'As en, de, es or fr: for patrons who have none of their own.' },
  ],
  [{ id: 'publicAccountUrl', label: 'Where patrons see their account (optional)', kind: 'text', orNone: true, hint: 'A web address. Letters have a link to it.' }],
  [{ id: 'readingListsUrl', label: 'Where reading lists are (optional)', kind: 'text', orNone: true, hint: 'A web address. Email Leganto Notifications to Users needs it.' }],
];
const fields = rows.flat();

export function institutionPage(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, (request, response) => {
    const viewer = viewerOf(request);
    show(request, response, typedFrom(fields, institutionFields(viewer), viewer.institution.currency), []);
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    institutionFields(viewer); // forbidden before anything is said of versions
    demandFormOf(viewer.institution, form);
    const input = inputOf(fields, form, viewer.institution.currency);
    const problems = await problemsOf(() => changeInstitution(context, viewer, input, authorOf(viewer, request.id)), besideField(fields, form, viewer.institution.currency));
    if (problems.length > 0) return show(request, response, form, problems);
    response.redirect(303, `${PATH}?done=record`);
  });

  function show(request: Request, response: Response, typed: Typed, problems: readonly FieldProblem[]): void {
    const { institution: { version, currency, timeZone } } = viewerOf(request);
    present(request, response, 'settings-form', {
      title: 'Institution', section: 'configuration', action: PATH, version: String(version), mayChange: true,
      about: `${timeZone}, ${currency}: zone and currency are set by the operator of the platform.`, saving: 'Letters go by it that are made from now on.',
      ...withProblems(problems),
      parts: [{ heading: 'In letters', rows: fieldRows(rows, typed, problems, { currency, isNew: false }) }],
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}
