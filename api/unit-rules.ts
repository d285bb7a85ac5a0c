/**
 * The rules of a fulfillment unit as staff keep them: for each type an ordered table whose last rule has no inputs, so that it always answers
 * (fulfillment-loans.md, S9 and Entities). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 *
 * Each change is one write to one rule. A moved rule gets a number between those of its new neighbours, so nobody ever meets a table half changed.
 */
import { z } from 'zod';
import { locationKey, unitRuleFields } from '../domain/fulfillment/loan-terms.js';
import { neverDecides, type KnownValues, type WhyNever } from '../domain/rule-coverage.js';
import { newId } from '../models/document.js';
import { unitRuleTypes, type FulfillmentUnitRule, type StoredFulfillmentUnit, type UnitRuleType } from '../models/fulfillment-unit.js';
import { createRecorded, deletion, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { demandOwn, type ReadUnit } from './fulfillment-units.js';
import { unknown } from './input-problems.js';
import { checked, valid } from './job-settings.js';
import { code } from './profiles.js';
import { moveRule, orderAt } from './rule-order.js';
import { ruleShape } from './rule-tables.js';
import { unknownRuleValues } from './rule-values.js';
import { Refusal, type InputProblem } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export const unitRuleBody = z.strictObject({
  ...ruleShape(unitRuleFields, 'the default of its table, which stands last'),
  touCode: code.describe('The terms of use that apply; of the type of the rule.'),
});
export const newUnitRuleBody = z.strictObject({ ruleType: z.enum(unitRuleTypes).default('LOAN'), ...unitRuleBody.shape });

/** `never` null: some loan or request may come to it. */
export interface ReadRule {
  rule: FulfillmentUnitRule;
  never: WhyNever<FulfillmentUnitRule> | null;
}

/** By type, in the order in which they are tried; some dozens. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function unitRulesOf(context: ApiContext, viewer: Viewer, { unit, locations }: ReadUnit): Promise<ReadRule[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `fulfillment unit ${unit.code}`);
  const [rules, ofNetwork] = await Promise.all([tablesOf(context, unit.institutionId, unit.code), networkRulesOf(context, unit)]);
  // Without locations the unit is being set up, and it is not yet known where its rules will hold.
  const known: KnownValues = locations.length === 0 ? {} : { location: locations.map((location) => locationKey(location.libraryCode, location.code)) };
  return rules.map((rule, at) => {
    const above = [...ofNetwork, ...rules.slice(0, at)].filter(({ ruleType }) => ruleType === rule.ruleType);
    return { rule, never: rule.enabled ? neverDecides(rule, above, unitRuleFields, known) : null };
  });
}

async function tablesOf({ models }: ApiContext, institutionId: string, unitCode: string): Promise<FulfillmentUnitRule[]> {
  const rules = await models.FulfillmentUnitRule.find({ institutionId, unitCode, deletedAt: null }).sort({ order: 1, _id: 1 }).lean();
  return unitRuleTypes.flatMap((type) => rules.filter(({ ruleType }) => ruleType === type));
}

/** Those that are tried before the unit's own. */
async function networkRulesOf(context: ApiContext, { institutionId, networkUnitCode }: StoredFulfillmentUnit): Promise<FulfillmentUnitRule[]> {
  if (networkUnitCode === null) return [];
  const network = await context.models.FulfillmentUnit.findOne({ institutionId, code: networkUnitCode, enabled: true, deletedAt: null }, { code: 1 }).lean();
  return network === null ? [] : tablesOf(context, institutionId, network.code);
}

const tableOf = async (context: ApiContext, { institutionId, code: unitCode }: StoredFulfillmentUnit, type: UnitRuleType): Promise<FulfillmentUnitRule[]> =>
  (await tablesOf(context, institutionId, unitCode)).filter(({ ruleType }) => ruleType === type);

export const isDefault = ({ parameters }: FulfillmentUnitRule): boolean => parameters.length === 0;

export async function unitRuleOf({ models }: ApiContext, viewer: Viewer, { unit }: Pick<ReadUnit, 'unit'>, id: string): Promise<FulfillmentUnitRule> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `rule ${id}`);
  const { institutionId, code: unitCode } = unit;
  const rule = await models.FulfillmentUnitRule.findOne({ institutionId, _id: id, unitCode, deletedAt: null }).lean();
  if (rule === null) throw new Refusal('not-found', `${unit.name} has no rule ${id}.`);
  return rule;
}

/**
 * The last of its table but for the default. `input` is a body or a form as it came. Refusals: forbidden, not-possible for a unit of the network,
 * validation-failed with a pointer per field.
 */
export async function createUnitRule(context: ApiContext, viewer: Viewer, { unit }: ReadUnit, input: unknown, author: Author): Promise<FulfillmentUnitRule> {
  demandChangeable(viewer, unit);
  const rule = valid('rule', checked(newUnitRuleBody, input));
  const table = await tableOf(context, unit, rule.ruleType);
  await demandSensible(context, rule, { table, type: rule.ruleType, before: null, institutionId: unit.institutionId });
  const last = table.findLastIndex((other) => !isDefault(other));
  const order = await orderAt(context.models.FulfillmentUnitRule, table, rule.parameters.length === 0 ? table.length : last + 1);
  const content = { unitCode: unit.code, order, ...rule, owner: 'LOCAL', originKey: `#${newId()}` };
  const id = await createRecorded(context, context.models.FulfillmentUnitRule, unit.institutionId, content, { label: labelOf(unit, rule), author });
  return unitRuleOf(context, viewer, { unit }, id);
}

/**
 * Replaces the fields of `before`, the rule as it was read; its type and its place stay, but a rule that becomes the default goes to the end. What is
 * lent from now on goes by it. Refusals as of creating, and precondition-failed when somebody else changed it since.
 */
export async function changeUnitRule(
  context: ApiContext, viewer: Viewer, { unit }: ReadUnit, before: FulfillmentUnitRule, input: unknown, author: Author,
): Promise<FulfillmentUnitRule> {
  demandChangeable(viewer, unit);
  const rule = valid('rule', checked(unitRuleBody, input));
  const table = await tableOf(context, unit, before.ruleType);
  await demandSensible(context, rule, { table, type: before.ruleType, before, institutionId: unit.institutionId });
  const becomesDefault = rule.parameters.length === 0 && table.at(-1)?._id !== before._id;
  const set = becomesDefault ? { ...rule, order: await orderAt(context.models.FulfillmentUnitRule, table, table.length) } : rule;
  await saveChange(context, context.models.FulfillmentUnitRule, before, set, { action: 'CHANGE', label: labelOf(unit, rule), author });
  return unitRuleOf(context, viewer, { unit }, before._id);
}

/**
 * Tried before the rule `beforeId` from then on, null: after all others. Refusals: forbidden, validation-failed where the default would not stand last,
 * precondition-failed.
 */
export async function placeUnitRule(
  context: ApiContext, viewer: Viewer, { unit }: ReadUnit, rule: FulfillmentUnitRule, beforeId: string | null, author: Author,
): Promise<FulfillmentUnitRule> {
  demandChangeable(viewer, unit);
  const { FulfillmentUnitRule: model } = context.models;
  await moveRule(model, {
    table: await tableOf(context, unit, rule.ruleType), rule, beforeId,
    expected: (others, place) => {
      const previous = others[place - 1];
      if (isDefault(rule)) return place < others.length ? 'null, as a rule without inputs stands last' : null;
      return previous !== undefined && isDefault(previous) ? 'another rule, as the default stands last' : null;
    },
    save: (order) => saveChange(context, model, rule, { order }, { action: 'CHANGE', label: labelOf(unit, rule), author }),
  });
  return unitRuleOf(context, viewer, { unit }, rule._id);
}

/** Refusals: forbidden, not-possible for the default as long as there are other rules, precondition-failed. */
export async function removeUnitRule(context: ApiContext, viewer: Viewer, { unit }: ReadUnit, rule: FulfillmentUnitRule, author: Author): Promise<void> {
  demandChangeable(viewer, unit);
  const table = await tableOf(context, unit, rule.ruleType);
  const others = table.filter(({ _id }) => _id !== rule._id);
  if (isDefault(rule) && others.length > 0 && !others.some(isDefault)) {
    throw new Refusal('not-possible', `${rule.name} is the default: it answers where no other rule does. Delete the others first, or give it other terms of use.`);
  }
  const { models, now } = context;
  await saveChange(context, models.FulfillmentUnitRule, rule, deletion(now()), { action: 'DELETE', label: labelOf(unit, rule), author });
}

const labelOf = ({ name }: StoredFulfillmentUnit, rule: { name: string }): string => `${name}: ${rule.name}`;

function demandChangeable(viewer: Viewer, unit: StoredFulfillmentUnit): void {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'rules of fulfillment units');
  demandOwn(unit);
}

interface Around {
  /** The rules of the same unit and type. */
  table: readonly FulfillmentUnitRule[];
  type: UnitRuleType;
  /** null: a new rule. */
  before: FulfillmentUnitRule | null;
  institutionId: string;
}

/** What a rule names has to be there, or it would never match or lend by nothing; and a table has one default, which stays. */
async function demandSensible(context: ApiContext, rule: z.output<typeof unitRuleBody>, { table, type, before, institutionId }: Around): Promise<void> {
  const others = table.filter(({ _id }) => _id !== before?._id);
  const other = others.find(isDefault);
  const problems: InputProblem[] = [];
  const refuse = (pointer: string, message: string) => problems.push({ pointer, code: 'invalid', message });
  if (rule.parameters.length === 0) {
    if (other !== undefined) refuse('/parameters', `none were given; expected at least one, as "${other.name}" is the default already`);
    if (!rule.enabled) refuse('/enabled', 'false was given; expected true, as the default answers where no other rule does');
  } else if (before !== null && isDefault(before) && others.length > 0 && other === undefined) {
    refuse('/parameters', 'inputs were given; expected none, as it is the default. Make another rule for them');
  }
  problems.push(...(await unknownTerms(context, rule.touCode, { type, before, institutionId })));
  problems.push(...(await unknownRuleValues(context, institutionId, rule.parameters)));
  if (problems.length > 0) valid('rule', { value: null, problems });
}

/** Terms that are no longer active stay where a rule names them already (fulfillment-requests.md, 8). */
async function unknownTerms({ models }: ApiContext, touCode: string, { type, before, institutionId }: Omit<Around, 'table'>): Promise<InputProblem[]> {
  const terms = await models.TermsOfUse.findOne({ institutionId, code: touCode, type, deletedAt: null }, { active: 1 }).lean();
  if (terms === null) return [unknown('/touCode', touCode, `the code of terms of use of the type ${type}`)];
  return terms.active || before?.touCode === touCode ? [] : [unknown('/touCode', touCode, 'the code of active terms of use')];
}
