/** Fulfillment units with their locations and rules, and by which rule a patron would be lent an item (fulfillment-loans.md, S9; data-model.md 4). */
import { z } from 'zod';
import { unitRuleTypes, type FulfillmentUnitRule } from '../../models/fulfillment-unit.js';
import {
  addLocation, changeFulfillmentUnit, createFulfillmentUnit, fulfillmentUnitFields, fulfillmentUnitOf, listFulfillmentUnits, locationOf, newFulfillmentUnitFields,
  removeFulfillmentUnit, takeOutLocation, type ReadUnit,
} from '../fulfillment-units.js';
import { loanTermsExample, loanTermsExampleSchema } from '../loan-terms-example.js';
import {
  changeUnitRule, createUnitRule, newUnitRuleBody, placeUnitRule, removeUnitRule, unitRuleBody, unitRuleOf, unitRulesOf,
} from '../unit-rules.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, none } from './values.js';

const tag = 'Fulfillment units';
const codePath = z.string().min(1).max(100);
const unitPath = z.strictObject({ unit: codePath });
const rulePath = z.strictObject({ unit: codePath, rule: id });
const locationPath = z.strictObject({ unit: codePath, library: codePath, location: codePath });
const owner = z.enum(['LOCAL', 'NETWORK']).describe('What the network keeps is read-only.');

const location = z.object({ libraryCode: z.string(), code: z.string(), name: z.string(), version: z.int().describe('The ETag of the location, for taking it out.') });
const stored = z.object({ ...newFulfillmentUnitFields.shape, code: z.string(), owner, locations: z.array(location), version: z.int() }).meta({ id: 'FulfillmentUnit' });

function shown({ unit: { code, name, enabled, networkUnitCode, owner: kept, version }, locations }: ReadUnit): z.output<typeof stored> {
  const shownLocations = locations.map((each) => ({ libraryCode: each.libraryCode, code: each.code, name: each.name, version: each.version }));
  return { code, name, enabled, networkUnitCode, owner: kept, locations: shownLocations, version };
}
const unitAt = (code: string): string => `/fulfillment-units/${encodeURIComponent(code)}`;
const reply = (read: ReadUnit): Reply<z.output<typeof stored>> => ({ body: shown(read), version: read.unit.version, location: unitAt(read.unit.code) });

const list = endpoint({
  method: 'get', at: '/fulfillment-units', tag, summary: 'The fulfillment units with their locations, by code',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(stored), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await listFulfillmentUnits(context, viewer)).map(shown), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/fulfillment-units/{unit}', tag, summary: 'One of them',
  path: unitPath, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: [],
  handle: async (context, { viewer, path }) => reply(await fulfillmentUnitOf(context, viewer, path.unit)),
});

const create = endpoint({
  method: 'post', at: '/fulfillment-units', tag, summary: 'Create a fulfillment unit, without locations and rules at first',
  path: none, query: none, body: newFulfillmentUnitFields,
  status: 201, answer: stored,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, body, author }) => reply(await createFulfillmentUnit(context, viewer, body, author())),
});

const replace = endpoint({
  method: 'put', at: '/fulfillment-units/{unit}', tag, summary: 'Replace its fields; a field that is left out gets its default',
  path: unitPath, query: none, body: fulfillmentUnitFields,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const before = await fulfillmentUnitOf(context, viewer, path.unit);
    demandVersion(before.unit, version, before.unit.name);
    return reply(await changeFulfillmentUnit(context, viewer, before, body, author()));
  },
});

const remove = endpoint({
  method: 'delete', at: '/fulfillment-units/{unit}', tag, summary: 'Delete a unit that no location belongs to, with its rules',
  path: unitPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, version, author }) => {
    const before = await fulfillmentUnitOf(context, viewer, path.unit);
    demandVersion(before.unit, version, before.unit.name);
    await removeFulfillmentUnit(context, viewer, before, author());
    return { body: undefined };
  },
});

const oneLocation = endpoint({
  method: 'get', at: '/fulfillment-units/{unit}/locations/{library}/{location}', tag, summary: 'A location, and to which unit it belongs; of any unit or none',
  path: locationPath, query: none, body: z.undefined(),
  status: 200, answer: location.extend({ fulfillmentUnitCode: z.string().nullable() }),
  refusals: [],
  handle: async (context, { viewer, path }) => {
    await fulfillmentUnitOf(context, viewer, path.unit);
    const { libraryCode, code, name, fulfillmentUnitCode, version } = await locationOf(context, viewer, path.library, path.location);
    return { body: { libraryCode, code, name, fulfillmentUnitCode, version }, version };
  },
});

const add = endpoint({
  method: 'put', at: '/fulfillment-units/{unit}/locations/{library}/{location}', tag, summary: 'Let a location belong to the unit; If-Match is the ETag of the location',
  path: locationPath, query: none, body: none,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, version, author }) => {
    const unit = await fulfillmentUnitOf(context, viewer, path.unit);
    const before = await locationOf(context, viewer, path.library, path.location);
    demandVersion(before, version, before.name);
    const changed = await addLocation(context, viewer, unit, before, author());
    return { body: shown(await fulfillmentUnitOf(context, viewer, path.unit)), version: changed };
  },
});

const takeOut = endpoint({
  method: 'delete', at: '/fulfillment-units/{unit}/locations/{library}/{location}', tag, summary: 'Take a location out of the unit: nothing there is lent until it belongs to another',
  path: locationPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path, version, author }) => {
    const unit = await fulfillmentUnitOf(context, viewer, path.unit);
    const before = await locationOf(context, viewer, path.library, path.location);
    demandVersion(before, version, before.name);
    await takeOutLocation(context, viewer, unit, before, author());
    return { body: undefined };
  },
});

const rule = z.object({ id, ...newUnitRuleBody.shape, owner, version: z.int() }).meta({ id: 'FulfillmentUnitRule' });
const listed = z.object({
  ...rule.shape,
  never: z.discriminatedUnion('reason', [
    z.object({ reason: z.literal('MATCHES_NOTHING'), field: z.string().describe('What its inputs ask of it is never so.') }),
    z.object({ reason: z.literal('COVERED'), by: id.describe('A rule above takes all that would come to it.') }),
  ]).nullable().describe('Why it can never decide; null: it may, or is disabled.'),
});

function shownRule({ _id, ruleType, name, enabled, parameters, touCode, owner: kept, version }: FulfillmentUnitRule): z.output<typeof rule> {
  return { id: _id, ruleType, name, enabled, parameters: parameters.map(({ field, op, values }) => ({ field, op, values: [...values] })), touCode, owner: kept, version };
}
const ruleReply = (of: FulfillmentUnitRule): Reply<z.output<typeof rule>> => ({ body: shownRule(of), version: of.version, location: `${unitAt(of.unitCode)}/rules/${of._id}` });

const rules = endpoint({
  method: 'get', at: '/fulfillment-units/{unit}/rules', tag, summary: 'Its rules by type, in the order in which they are tried',
  path: unitPath, query: z.strictObject({ type: z.enum(unitRuleTypes).optional() }), body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(listed), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer, path, query: { type } }) => {
    const all = await unitRulesOf(context, viewer, await fulfillmentUnitOf(context, viewer, path.unit));
    const items = all.filter((each) => type === undefined || each.rule.ruleType === type)
      .map((each) => ({ ...shownRule(each.rule), never: each.never?.reason === 'COVERED' ? { reason: each.never.reason, by: each.never.by._id } : each.never }));
    return { body: { items, next: null } };
  },
});

const oneRule = endpoint({
  method: 'get', at: '/fulfillment-units/{unit}/rules/{rule}', tag, summary: 'One of its rules',
  path: rulePath, query: none, body: z.undefined(),
  status: 200, answer: rule,
  refusals: [],
  handle: async (context, { viewer, path }) => ruleReply(await unitRuleOf(context, viewer, await fulfillmentUnitOf(context, viewer, path.unit), path.rule)),
});

const createRule = endpoint({
  method: 'post', at: '/fulfillment-units/{unit}/rules', tag, summary: 'Add a rule, the last of its type but for the default',
  path: unitPath, query: none, body: newUnitRuleBody,
  status: 201, answer: rule,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, path, body, author }) =>
    ruleReply(await createUnitRule(context, viewer, await fulfillmentUnitOf(context, viewer, path.unit), body, author())),
});

const replaceRule = endpoint({
  method: 'put', at: '/fulfillment-units/{unit}/rules/{rule}', tag, summary: 'Replace a rule; its type and its place stay',
  path: rulePath, query: none, body: unitRuleBody,
  status: 200, answer: rule, ifMatch: true,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const unit = await fulfillmentUnitOf(context, viewer, path.unit);
    const before = await unitRuleOf(context, viewer, unit, path.rule);
    demandVersion(before, version, before.name);
    return ruleReply(await changeUnitRule(context, viewer, unit, before, body, author()));
  },
});

const place = endpoint({
  method: 'put', at: '/fulfillment-units/{unit}/rules/{rule}/place', tag, summary: 'Move a rule: it is tried before another from now on, or after all',
  path: rulePath, query: none, body: z.strictObject({ before: id.nullable().describe('null: after all others of its type.') }),
  status: 200, answer: rule, ifMatch: true,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const unit = await fulfillmentUnitOf(context, viewer, path.unit);
    const before = await unitRuleOf(context, viewer, unit, path.rule);
    demandVersion(before, version, before.name);
    return ruleReply(await placeUnitRule(context, viewer, unit, before, body.before, author()));
  },
});

const removeRule = endpoint({
  method: 'delete', at: '/fulfillment-units/{unit}/rules/{rule}', tag, summary: 'Delete a rule; the default only as the last of its type',
  path: rulePath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, version, author }) => {
    const unit = await fulfillmentUnitOf(context, viewer, path.unit);
    const before = await unitRuleOf(context, viewer, unit, path.rule);
    demandVersion(before, version, before.name);
    await removeUnitRule(context, viewer, unit, before, author());
    return { body: undefined };
  },
});

const value = z.union([z.string(), z.number(), z.boolean()]);
const example = endpoint({
  method: 'post', at: '/fulfillment-rule-examples', tag, summary: 'By which unit, rule and terms of use a patron would be lent an item now; nothing is stored',
  path: none, query: none, body: loanTermsExampleSchema,
  status: 200,
  answer: z.object({
    libraryCode: z.string(), locationCode: z.string().describe('Where the item is now.'),
    unitCode: z.string().nullable(),
    tried: z.array(z.object({
      unitCode: z.string().describe('Of the unit or, before its own rules, of the network’s that it follows.'),
      rule: id, name: z.string(), matches: z.boolean(),
      inputs: z.array(z.object({
        field: z.string(), op: z.string(), values: z.array(value), value: value.nullable().describe('Of the patron or the item.'), holds: z.boolean(),
      })),
    })).describe('In order, up to the one that decided.'),
    touCode: z.string().nullable(),
    refused: z.enum(['NO_FULFILLMENT_UNIT', 'FULFILLMENT_UNIT_DISABLED', 'NO_RULE', 'TOU_MISSING']).nullable(),
  }),
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, { viewer, body }) => {
    const { location: { currentLibraryCode, currentLocationCode }, unitCode, tried, rule: decided, refused } = await loanTermsExample(context, viewer, body);
    return {
      body: {
        libraryCode: currentLibraryCode, locationCode: currentLocationCode, unitCode,
        tried: tried.map(({ rule: each, inputs }) => ({
          unitCode: each.unitCode, rule: each._id, name: each.name, matches: inputs.every(({ holds }) => holds),
          inputs: inputs.map((input) => ({ ...input, values: [...input.values] })),
        })),
        touCode: decided?.touCode ?? null,
        refused,
      },
    };
  },
});

export const fulfillmentUnitEndpoints = [list, one, create, replace, remove, oneLocation, add, takeOut, rules, oneRule, createRule, replaceRule, place, removeRule, example];
