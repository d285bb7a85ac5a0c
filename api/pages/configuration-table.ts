/** The pages of a small table of configuration: its list, with an example where one helps, and the form of a record. */
import { Router, type Request, type Response } from 'express';
import { authorOf, type Author, type Configuration } from '../changes.js';
import { changeRecord, createRecord, labelOf, listRecords, recordOf, removeRecord, type ConfigurationTable } from '../configuration-table.js';
import type { ApiContext } from '../context.js';
import { briefly } from '../format.js';
import { onceAsTyped } from '../idempotency.js';
import { demandIn, mayConfigureFulfillment, viewerOf, type Viewer } from '../viewer.js';
import type { Badge } from '../words.js';
import { besideField, fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, oneTimeValue, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { Query } from './query.js';

/** What stands in a list beside the key. */
export type Cell = string | Badge | { lines: readonly string[]; badge: Badge | null };

/** What the pages say of a table. Sentences are for librarians. */
export interface TablePages<Stored extends Configuration> {
  table: ConfigurationTable<Stored>;
  path: string;
  /** Of the list, and of the form of a record that is not there yet. */
  title: string;
  newTitle: string;
  about: string;
  /** What it means that there is no record. */
  empty: string;
  /** As people call it: `user group`. */
  keyName: string;
  /** The order of the list; without it, by key. */
  order?: (one: Stored, other: Stored) => number;
  /** After the key, which leads to the form. */
  columns: readonly { head: string; of: (stored: Stored, viewer: Viewer, all: readonly Stored[]) => Cell }[];
  /** Of the form, row by row. */
  rows: (context: ApiContext, viewer: Viewer) => Promise<readonly (readonly Field[])[]>;
  /** What a new form begins with. */
  fresh: object;
  /** The body that a form comes to, put right where a field does not count because of another. */
  settled?: (input: Record<string, unknown>) => Record<string, unknown>;
  /** What saving, and deleting, leaves as it is. */
  saving: string;
  deleting: string;
  example?: TableExample;
  /** Pages that belong to this one. */
  links?: readonly { href: string; text: string }[];
  /** Of an ordered table: puts a record before another, null: after all. */
  move?: (context: ApiContext, viewer: Viewer, stored: Stored, beforeId: string | null, author: Author) => Promise<unknown>;
}

/** What would become of somebody or something by the records as they are stored. */
export interface TableExample {
  heading: string;
  rows: TablePages<Configuration>['rows'];
  /** What is asked first. */
  fresh: object;
  /** Refusal: validation-failed with a pointer per field. */
  answer: (context: ApiContext, viewer: Viewer, input: Record<string, unknown>) => Promise<{ badge: Badge; text: string }[]>;
}

export const stateBadge = (active: boolean): Badge =>
  active ? { text: 'Active', tone: 'good', icon: 'check' } : { text: 'Inactive', tone: 'quiet', icon: 'skip' };

export const tablePages = <Stored extends Configuration>(pages: TablePages<Stored>) => (context: ApiContext, { present }: Present): Router => {
  const { table, path, columns, settled = (input) => input } = pages;
  const router = Router();

  router.get(path, async (request, response) => {
    const viewer = viewerOf(request);
    const { zone } = viewer;
    const records = await listRecords(context, viewer, table);
    const asked = pages.example === undefined ? null : await exampleAsked(pages.example, request, viewer);
    const { title, about, empty, newTitle, links = [], order, move } = pages;
    const shown = order === undefined ? records : records.toSorted(order);
    const mayMove = move !== undefined && mayConfigureFulfillment(viewer);
    present(request, response, 'configuration-table', {
      title, section: 'configuration', about, empty, newTitle, links, mayMove, newPath: `${path}/new`, path, mayChange: mayConfigureFulfillment(viewer),
      key: capitalized(pages.keyName),
      heads: columns.map(({ head }) => head),
      rows: shown.map((stored, at) => ({
        href: `${path}/${stored._id}`, label: labelOf(table, stored), changed: briefly(zone, stored.updatedAt, context.now()),
        place: move === undefined ? null : at + 1,
        cells: columns.map(({ head, of }) => cellOf(head, of(stored, viewer, shown))),
        moves: mayMove ? {
          version: String(stored.version), action: `${path}/${stored._id}/place`, idle: shown.length === 1,
          up: at > 0 ? { before: shown[at - 1]?._id ?? '' } : null,
          down: at + 1 < shown.length ? { before: shown[at + 2]?._id ?? '' } : null,
        } : null,
      })),
      example: asked,
    }, asked === null || asked.problems.length === 0 ? 200 : 422);
  });

  router.get(`${path}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', table.many);
    const rows = await pages.rows(context, viewer);
    await show(request, response, rows, null, typedFrom(rows.flat(), pages.fresh, viewer.institution.currency), []);
  });

  router.get(`${path}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const [stored, rows] = await Promise.all([recordOf(context, viewer, table, request.params.id), pages.rows(context, viewer)]);
    await show(request, response, rows, stored, typedFrom(rows.flat(), stored, viewer.institution.currency), []);
  });

  router.post(`${path}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    // Records without a name of their own would be made twice by two clicks.
    const asked = { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: `POST ${request.path}`, key: formOf(request).text('once') };
    await saved(request, response, null, (input) =>
      onceAsTyped(context, { ...asked, body: input }, async () => (await createRecord(context, viewer, table, input, authorOf(viewer, request.id)))._id));
  });

  router.post(`${path}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const before = await asInForm(request, request.params.id);
    await saved(request, response, before, (input) => changeRecord(context, viewer, table, before, input, authorOf(viewer, request.id)));
  });

  const { move } = pages;
  if (move !== undefined) {
    router.post(`${path}/:id/place`, async (request, response) => {
      const before = await asInForm(request, request.params.id);
      const place = formOf(request).text('before');
      await move(context, viewerOf(request), before, place === '' ? null : place, authorOf(viewerOf(request), request.id));
      response.redirect(303, `${path}?done=record-moved`);
    });
  }

  router.post(`${path}/:id/delete`, async (request, response) => {
    const viewer = viewerOf(request);
    const before = await asInForm(request, request.params.id);
    const problems = await problemsOf(() => removeRecord(context, viewer, table, before, authorOf(viewer, request.id)));
    if (problems.length === 0) return response.redirect(303, `${path}?done=record-removed`);
    const rows = await pages.rows(context, viewer);
    await show(request, response, rows, before, typedFrom(rows.flat(), before, viewer.institution.currency), problems.map(({ message }) => ({ field: 'delete', message })));
  });

  /** The record that the form was made from, if nobody has changed it since. */
  async function asInForm(request: Request, id: string): Promise<Stored> {
    const form = formOf(request);
    const before = await recordOf(context, viewerOf(request), table, id);
    demandFormOf({ name: labelOf(table, before), version: before.version }, form);
    return before;
  }

  /** Saves and goes back to the list; what is wrong is shown beside its field, with everything that was typed. */
  async function saved(request: Request, response: Response, before: Stored | null, save: (input: unknown) => Promise<unknown>): Promise<void> {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const rows = await pages.rows(context, viewer);
    const fields = rows.flat();
    const problems = await problemsOf(() => save(settled(inputOf(fields, form, viewer.institution.currency))), besideField(fields, form, viewer.institution.currency));
    if (problems.length > 0) return show(request, response, rows, before, form, problems);
    response.redirect(303, `${path}?done=record`);
  }

  async function show(
    request: Request, response: Response, rows: readonly (readonly Field[])[], stored: Stored | null, typed: Typed, problems: readonly FieldProblem[],
  ): Promise<void> {
    const viewer = viewerOf(request);
    present(request, response, 'configuration-form', {
      title: stored === null ? pages.newTitle : `${capitalized(table.one)}: ${labelOf(table, stored)}`,
      section: 'configuration',
      list: { href: path, text: pages.title },
      action: stored === null ? `${path}/new` : `${path}/${stored._id}`,
      remove: stored === null ? null : `${path}/${stored._id}/delete`,
      version: stored === null ? '' : String(stored.version),
      once: stored === null ? oneTimeValue() : null,
      mayChange: mayConfigureFulfillment(viewer), saving: pages.saving, deleting: pages.deleting,
      ...withProblems(problems),
      rows: fieldRows(rows, typed, problems, { currency: viewer.institution.currency, isNew: stored === null }),
    }, problems.length === 0 ? 200 : 422);
  }

  /** By the query string, so that an example can be kept as a bookmark. */
  async function exampleAsked(example: TableExample, request: Request, viewer: Viewer) {
    const { heading, fresh, answer } = example;
    const rows = await example.rows(context, viewer);
    const { currency } = viewer.institution;
    const query = Query.of(request);
    const isAsked = query.text('example') !== '';
    const typed = isAsked ? query : typedFrom(rows.flat(), fresh, currency);
    let answers: Awaited<ReturnType<TableExample['answer']>> = [];
    const problems = isAsked ? await problemsOf(async () => { answers = await answer(context, viewer, inputOf(rows.flat(), typed, currency)); }, besideField(rows.flat(), typed, currency)) : [];
    return { heading, answers, ...withProblems(problems), rows: fieldRows(rows, typed, problems, { currency, isNew: true }) };
  }
  return router;
};

const capitalized = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
function cellOf(head: string, cell: Cell) {
  if (typeof cell === 'string') return { head, lines: [cell], badge: null };
  return 'lines' in cell ? { head, ...cell } : { head, lines: [], badge: cell };
}
