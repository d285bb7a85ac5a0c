/** Demerit settings: when points suspend a patron, for all and for single user groups. */
import { Router, type Request, type Response } from 'express';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeDemeritSettings, demeritSettings } from '../demerit-settings.js';
import { mayConfigureFulfillment, viewerOf } from '../viewer.js';
import { fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, problemsOf, type Beside, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';

const PATH = '/demerit-settings';
const limitFields: Field[] = [
  { id: 'threshold', label: 'Points, at most', kind: 'number' },
  { id: 'historyDays', label: 'Counted for, days', kind: 'number' },
  { id: 'suspensionDays', label: 'Suspended for, days', kind: 'number' },
];
const groupFields: Field[] = [{ id: 'userGroup', label: 'User group', kind: 'text' }, ...limitFields];
/** Rows that a form offers for groups that have none of their own yet. */
const SPARE = 1;

/** The fields of a group's row: `byUserGroup/0/threshold`. */
const rowOf = (at: number): Field[] => groupFields.map((field) => ({ ...field, id: `byUserGroup/${at}/${field.id}` }));

export function demeritSettingsPages(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const { demerits, version } = await demeritSettings(context, viewer);
    const texts = new Map(demerits.byUserGroup.flatMap((group, at) => {
      const typed = typedFrom(groupFields, group, viewer.institution.currency);
      return groupFields.map(({ id }): [string, readonly string[]] => [`byUserGroup/${at}/${id}`, typed.list(id)]);
    }));
    const general = typedFrom(limitFields, demerits, viewer.institution.currency);
    show(request, response, { version, groups: demerits.byUserGroup.length, typed: { list: (name) => [...(texts.get(name) ?? general.list(name))] }, problems: [] });
  });

  router.post(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await demeritSettings(context, viewer);
    demandFormOf({ name: 'The demerit settings', version: before.version }, form);
    const { currency } = viewer.institution;
    // A row whose group was emptied goes; the others keep their place in the form, whatever place they have in the body.
    const rows: number[] = [];
    let groups = 0;
    for (; form.list(`byUserGroup/${groups}/userGroup`).length > 0; groups += 1) if (form.text(`byUserGroup/${groups}/userGroup`) !== '') rows.push(groups);
    const ofRow = (at: number) => inputOf(groupFields, { list: (name) => form.list(`byUserGroup/${at}/${name}`) }, currency);
    const input = { ...inputOf(limitFields, form, currency), byUserGroup: rows.map(ofRow) };
    const beside: Beside = ({ pointer = '', message }) =>
      ({ field: pointer.slice(1).replace(/^byUserGroup\/(\d+)/, (_whole, at: string) => `byUserGroup/${rows[Number(at)]}`), message });
    const problems = await problemsOf(() => changeDemeritSettings(context, viewer, before, input, authorOf(viewer, request.id)), beside);
    if (problems.length > 0) return show(request, response, { version: before.version, groups: groups - SPARE, typed: form, problems });
    response.redirect(303, '/demerit-rules?done=record');
  });

  function show(request: Request, response: Response, { version, groups, typed, problems }: { version: number; groups: number; typed: Typed; problems: FieldProblem[] }): void {
    const viewer = viewerOf(request);
    const around = { currency: viewer.institution.currency, isNew: false };
    const mayChange = mayConfigureFulfillment(viewer);
    present(request, response, 'demerit-settings', {
      title: 'When points suspend', section: 'configuration', action: PATH, version: String(version), mayChange, ...withProblems(problems),
      general: fieldRows([limitFields], typed, problems, around).flat(),
      groups: fieldRows(Array.from({ length: groups + (mayChange ? SPARE : 0) }, (_each, at) => rowOf(at)), typed, problems, around)
        .map((fields, at) => ({ fields, heading: fields[0]?.value || (at < groups ? 'No group' : 'Another group') })),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}
