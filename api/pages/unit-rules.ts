/** A rule of a fulfillment unit: its form, and the buttons of its row (fulfillment-loans.md, S9). */
import { Router, type Request, type Response } from 'express';
import { locationKey, unitRuleFields } from '../../domain/fulfillment/loan-terms.js';
import { unitRuleTypes, type FulfillmentUnitRule, type UnitRuleType } from '../../models/fulfillment-unit.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { fulfillmentUnitOf, type ReadUnit } from '../fulfillment-units.js';
import { onceAsTyped } from '../idempotency.js';
import { changeUnitRule, createUnitRule, isDefault, placeUnitRule, removeUnitRule, unitRuleOf } from '../unit-rules.js';
import { userGroupsOf } from '../rule-values.js';
import { demandIn, mayConfigureFulfillment, viewerOf } from '../viewer.js';
import { demandFormOf, formOf, messageFor, oneTimeValue, problemsOf, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { options, Query } from './query.js';
import { parametersIn, rowAt, rowsFrom, rowsIn, shownInput, type InputRow } from './rule-inputs.js';
import { fieldWords, typeWords, unitPath, UNITS_PATH } from './unit-rule-tables.js';

const RULE_PATH = `${UNITS_PATH}/:code/rules/:id`;

interface TypedRule {
  name: string;
  enabled: boolean;
  touCode: string;
  rows: InputRow[];
}

export function unitRulePages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models } = context;

  router.get(`${UNITS_PATH}/:code/rules/new`, async (request, response) => {
    const viewer = viewerOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'rules of fulfillment units');
    const read = await fulfillmentUnitOf(context, viewer, request.params.code);
    const type = Query.of(request).one('type', unitRuleTypes) ?? 'LOAN';
    await show(request, response, { read, rule: null, type }, { name: '', enabled: true, touCode: '', rows: rowsFrom(unitRuleFields, []) }, []);
  });

  router.get(RULE_PATH, async (request, response) => {
    const { read, rule } = await ruleOf(request, request.params);
    await show(request, response, { read, rule, type: rule.ruleType }, { ...rule, rows: rowsFrom(unitRuleFields, rule.parameters) }, []);
  });

  router.post(`${UNITS_PATH}/:code/rules/new`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const read = await fulfillmentUnitOf(context, viewer, request.params.code);
    const type = unitRuleTypes.find((each) => each === form.text('ruleType')) ?? 'LOAN';
    const asked = { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: `POST ${request.path}`, key: form.text('once') };
    await saved(request, response, { read, rule: null, type }, form, (body) =>
      onceAsTyped(context, { ...asked, body }, async () => (await createUnitRule(context, viewer, read, { ruleType: type, ...body }, authorOf(viewer, request.id)))._id));
  });

  router.post(RULE_PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const { read, rule } = await ruleOf(request, request.params);
    demandFormOf(rule, form);
    await saved(request, response, { read, rule, type: rule.ruleType }, form, (body) => changeUnitRule(context, viewer, read, rule, body, authorOf(viewer, request.id)));
  });

  router.post(`${RULE_PATH}/move`, async (request, response) => {
    const { read, rule, form, viewer } = await pressed(request, request.params);
    const before = form.text('before');
    await placeUnitRule(context, viewer, read, rule, before === '' ? null : before, authorOf(viewer, request.id));
    response.redirect(303, `${unitPath(read.unit.code)}?done=rule-moved#${rule.ruleType.toLowerCase()}`);
  });

  router.post(`${RULE_PATH}/enabled`, async (request, response) => {
    const { read, rule, form, viewer } = await pressed(request, request.params);
    const { name, parameters, touCode } = rule;
    await changeUnitRule(context, viewer, read, rule, { name, enabled: form.text('enabled') === 'yes', parameters, touCode }, authorOf(viewer, request.id));
    response.redirect(303, `${unitPath(read.unit.code)}?done=rule#${rule.ruleType.toLowerCase()}`);
  });

  router.post(`${RULE_PATH}/delete`, async (request, response) => {
    const { read, rule, viewer } = await pressed(request, request.params);
    await removeUnitRule(context, viewer, read, rule, authorOf(viewer, request.id));
    response.redirect(303, `${unitPath(read.unit.code)}?done=rule-removed#${rule.ruleType.toLowerCase()}`);
  });

  async function ruleOf(request: Request, { code, id }: { code: string; id: string }): Promise<{ read: ReadUnit; rule: FulfillmentUnitRule }> {
    const read = await fulfillmentUnitOf(context, viewerOf(request), code);
    return { read, rule: await unitRuleOf(context, viewerOf(request), read, id) };
  }

  /** A button of the rule's row. */
  async function pressed(request: Request, path: { code: string; id: string }) {
    const form = formOf(request);
    const found = await ruleOf(request, path);
    demandFormOf(found.rule, form);
    return { ...found, form, viewer: viewerOf(request) };
  }

  /** Saves and goes back to the unit; what is wrong is shown beside its field, with everything that was typed. */
  async function saved(request: Request, response: Response, about: About, form: Form, save: (body: object) => Promise<unknown>): Promise<void> {
    const rows = rowsIn(unitRuleFields, form);
    const typed = { name: form.text('name'), enabled: form.ticked('enabled'), touCode: form.text('touCode'), rows };
    const { parameters, asked } = parametersIn(rows);
    const body = { name: typed.name, enabled: typed.enabled, parameters, touCode: typed.touCode };
    const problems = await problemsOf(() => save(body), ({ pointer = '', message }) => ({ field: rowAt(pointer, asked) ?? fieldAt(pointer), message }));
    if (problems.length > 0) return show(request, response, about, typed, problems);
    response.redirect(303, `${unitPath(about.read.unit.code)}?done=rule#${about.type.toLowerCase()}`);
  }

  async function show(request: Request, response: Response, { read, rule, type }: About, typed: TypedRule, problems: readonly FieldProblem[]): Promise<void> {
    const viewer = viewerOf(request);
    const institutionId = viewer.institution.code;
    const { unit, locations } = read;
    const [terms, groups, others] = await Promise.all([
      models.TermsOfUse.find({ institutionId, type, deletedAt: null }).sort({ code: 1 }).lean(),
      userGroupsOf(context, institutionId),
      models.FulfillmentUnitRule.find({ institutionId, unitCode: unit.code, ruleType: type, deletedAt: null }, { parameters: 1 }).lean(),
    ]);
    const keepsAnswering = rule !== null && isDefault(rule) && others.length > 1 && others.filter(({ parameters }) => parameters.length === 0).length === 1;
    const named = terms.filter(({ active, code }) => active || code === typed.touCode);
    const offered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      userGroup: Object.fromEntries(groups.map((group) => [group, group])),
      location: Object.fromEntries(locations.map((location) => [locationKey(location.libraryCode, location.code), `${location.name} (${locationKey(location.libraryCode, location.code)})`])),
    };
    const path = `${unitPath(unit.code)}/rules/${rule?._id ?? 'new'}`;
    const rows = typed.rows.map((each) => shownRow(each, offered[each.field] ?? null, problems));
    present(request, response, 'unit-rule', {
      title: rule?.name ?? 'New rule',
      section: 'configuration',
      unit: { name: unit.name, href: unitPath(unit.code) },
      table: typeWords[type],
      type,
      action: path,
      remove: rule === null || keepsAnswering ? null : `${path}/delete`,
      version: String(rule?.version ?? ''),
      once: oneTimeValue(),
      mayChange: mayConfigureFulfillment(viewer) && unit.owner === 'LOCAL',
      ...withProblems(problems),
      name: { id: 'name', value: typed.name, error: messageFor(problems, 'name') },
      enabled: { id: 'enabled', ticked: typed.enabled, error: messageFor(problems, 'enabled') },
      touCode: { id: 'touCode', error: messageFor(problems, 'touCode') },
      terms: options(Object.fromEntries(named.map(({ code, name }) => [code, `${name} (${code})`])), [typed.touCode]),
      inputs: { id: 'inputs', error: messageFor(problems, 'inputs') },
      isDefault: keepsAnswering,
      rows: rows.filter(({ rare }) => !rare),
      rareRows: rows.filter(({ rare }) => rare),
      rareOpen: rows.some(({ rare, used }) => rare && used),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

interface About {
  read: ReadUnit;
  /** null: a new one. */
  rule: FulfillmentUnitRule | null;
  type: UnitRuleType;
}

const RARE: readonly string[] = ['processType', 'jobCategory'] satisfies (keyof typeof unitRuleFields)[];

/** `/parameters` belongs to all rows. */
const fieldAt = (pointer: string): string => (pointer.startsWith('/parameters') ? 'inputs' : (pointer.split('/')[1] ?? ''));

function shownRow(row: InputRow, offered: Readonly<Record<string, string>> | null, problems: readonly FieldProblem[]) {
  const { field, choice, values } = row;
  const label = Object.entries(fieldWords).find(([name]) => name === field)?.[1] ?? field;
  return { ...shownInput(row, label, offered, problems), rare: RARE.includes(field), used: choice !== 'IS' || values.length > 0 };
}
