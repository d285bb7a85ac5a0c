/** Fulfillment settings: what the desk and the jobs of loans go by in the whole institution, a form. */
import { Router, type Request, type Response } from 'express';
import { languages } from '../../templates/labels.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeFulfillmentSettings, fulfillmentSettings, type ReadSettings } from '../fulfillment-settings.js';
import { mayConfigureFulfillment, viewerOf } from '../viewer.js';
import { feeTypeName } from '../words.js';
import { besideField, fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { codesIn } from './typed.js';

const PATH = '/fulfillment-settings';
const parts: readonly { heading: string; rows: readonly (readonly Field[])[] }[] = [
  {
    heading: 'Lost items',
    rows: [
      [{ id: 'overdueAtLostLoan', label: 'Charge the overdue fine when a loan becomes lost', kind: 'tick', hint: 'Otherwise it is charged when the item comes back.' }],
      [{
        id: 'overdueFineOnLostReturn', label: 'Fine of a lost item that comes back, if none was charged before', kind: 'choice',
        words: { NONE: 'none', TO_LOST_DATE: 'up to the day it became lost', TO_RETURN_DATE: 'up to the day it comes back' },
      }],
      [{ id: 'closePaidLostLoans', label: 'A lost loan ends when its fees are paid', kind: 'tick' }],
    ],
  },
  {
    heading: 'Letters',
    rows: [
      [{ id: 'separatePatronNotificationsByLibrary', label: 'A letter for each library', kind: 'tick', hint: 'Otherwise a patron gets one letter about the loans from all of them.' }],
      [{ id: 'maxLoansPerLetter', label: 'Loans in a letter, at most', kind: 'number', hint: 'The others come in further letters.' }],
    ],
  },
  {
    heading: 'Fees charged at the desk',
    rows: [[{ id: 'staffFeeTypes', label: 'Types of your own', kind: 'codes', hint: 'As COPY_CARD, LOCKER_KEY, with commas between them. OTHER can always be charged. Of a type that is saved the names are asked that letters and pages call it.' }]],
  },
];
const fields = parts.flatMap(({ rows }) => rows.flat());

const languageNames = new Intl.DisplayNames('en', { type: 'language' });
/** What a type of the institution's own is called. */
const namesOf = (type: string): Field[] => languages.map((language) =>
  ({ id: `staffFeeTypeNames.${type}.${language}`, label: `${feeTypeName(type)} in ${languageNames.of(language)}`, kind: 'text' }));

/** Those that were typed, of the types that stay. */
function typedNames(form: Form, types: readonly string[]): Record<string, Record<string, string>> {
  const names = types.map((type) => [type, languages.flatMap((language) => {
    const name = form.text(`staffFeeTypeNames.${type}.${language}`);
    return name === '' ? [] : [[language, name] as const];
  })] as const);
  return Object.fromEntries(names.filter(([, texts]) => texts.length > 0).map(([type, texts]) => [type, Object.fromEntries(texts)]));
}

export function fulfillmentSettingsPage(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    const read = await fulfillmentSettings(context, viewerOf(request));
    const all = [...fields, ...read.settings.staffFeeTypes.flatMap(namesOf)];
    show(request, response, read, typedFrom(all, read.settings, viewerOf(request).institution.currency), []);
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await fulfillmentSettings(context, viewer);
    demandFormOf({ name: 'The fulfillment settings', version: before.version }, form);
    const { currency } = viewer.institution;
    const { staffFeeTypes } = before.settings;
    const staying = staffFeeTypes.filter((type) => codesIn(form.list('staffFeeTypes')).includes(type));
    const input = { ...inputOf(fields, form, currency), staffFeeTypeNames: typedNames(form, staying) };
    const beside = besideField([...fields, ...staffFeeTypes.flatMap(namesOf)], form, currency);
    const problems = await problemsOf(() => changeFulfillmentSettings(context, viewer, before, input, authorOf(viewer, request.id)), beside);
    if (problems.length > 0) return show(request, response, before, form, problems);
    response.redirect(303, `${PATH}?done=record`);
  });

  function show(request: Request, response: Response, { settings: { staffFeeTypes }, version }: ReadSettings, typed: Typed, problems: readonly FieldProblem[]): void {
    const viewer = viewerOf(request);
    const around = { currency: viewer.institution.currency, isNew: false };
    present(request, response, 'settings-form', {
      title: 'Fulfillment settings', section: 'configuration', action: PATH, version: String(version), mayChange: mayConfigureFulfillment(viewer),
      about: 'What the desk and the jobs of loans go by, whatever the library.', saving: 'The desk goes by it at once, a job from its next run on.',
      ...withProblems(problems),
      parts: [...parts, ...staffFeeTypes.map((type) => ({ heading: `What letters and pages call ${type} (optional)`, rows: [namesOf(type)] }))]
        .map(({ heading, rows }) => ({ heading, rows: fieldRows(rows, typed, problems, around) })),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}
