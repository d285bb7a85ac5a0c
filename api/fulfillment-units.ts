/**
 * Fulfillment units as staff keep them, and which locations belong to each (data-model.md 4; fulfillment-requests.md, 8). Whoever sees fulfillment
 * jobs reads them, whoever configures these changes them.
 *
 * That a location belongs to a unit stands at the location, so it can belong to one alone, and each that comes or goes is a change of its own.
 */
import { z } from 'zod';
import { locationKey } from '../domain/fulfillment/loan-terms.js';
import type { StoredFulfillmentUnit } from '../models/fulfillment-unit.js';
import { newId } from '../models/document.js';
import type { Location } from '../models/library.js';
import { createByCode, deletion, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { unknown } from './input-problems.js';
import { checked, valid } from './job-settings.js';
import { code, lastingCode } from './profiles.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export const fulfillmentUnitFields = z.strictObject({
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean().default(true).describe('From the locations of a disabled unit nothing is lent.'),
  networkUnitCode: code.nullable().default(null).describe('The unit of the network whose rules are tried first.'),
});
export const newFulfillmentUnitFields = z.strictObject({
  code: lastingCode.describe('Unique in the institution; locations and rules name it. It stays.'),
  ...fulfillmentUnitFields.shape,
});

export interface ReadUnit {
  unit: StoredFulfillmentUnit;
  /** By library and code. */
  locations: Location[];
}

/** By code; an institution has some dozens. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listFulfillmentUnits({ models }: ApiContext, viewer: Viewer): Promise<ReadUnit[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'fulfillment units');
  const institutionId = viewer.institution.code;
  const units = await models.FulfillmentUnit.find({ institutionId, deletedAt: null }).sort({ code: 1 }).lean();
  const locations = await models.Location.find({ institutionId, fulfillmentUnitCode: { $in: units.map((unit) => unit.code) } }).sort({ libraryCode: 1, code: 1 }).lean();
  return units.map((unit) => ({ unit, locations: locations.filter(({ fulfillmentUnitCode }) => fulfillmentUnitCode === unit.code) }));
}

export async function fulfillmentUnitOf({ models }: ApiContext, viewer: Viewer, unitCode: string): Promise<ReadUnit> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `fulfillment unit ${unitCode}`);
  const institutionId = viewer.institution.code;
  const [unit, locations] = await Promise.all([
    models.FulfillmentUnit.findOne({ institutionId, code: unitCode, deletedAt: null }).lean(),
    models.Location.find({ institutionId, fulfillmentUnitCode: unitCode }).sort({ libraryCode: 1, code: 1 }).lean(),
  ]);
  if (unit === null) throw new Refusal('not-found', `There is no fulfillment unit ${unitCode}.`);
  return { unit, locations };
}

/** Without locations and rules at first. `input` is a body or a form as it came. Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createFulfillmentUnit(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<ReadUnit> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
  const unit = valid('fulfillment unit', checked(newFulfillmentUnitFields, input));
  await demandNetworkUnit(context, viewer, unit.networkUnitCode);
  const content = { ...unit, owner: 'LOCAL', originKey: `#${newId()}` } as const;
  await createByCode(context, context.models.FulfillmentUnit, viewer.institution.code, content, { existing: 'There is a fulfillment unit', label: unit.name, author });
  return fulfillmentUnitOf(context, viewer, unit.code);
}

/**
 * Replaces the fields of `before`, the unit as it was read; what is lent from now on goes by it. Refusals as of creating, not-possible for a unit of
 * the network, and precondition-failed when somebody else changed it since.
 */
export async function changeFulfillmentUnit(context: ApiContext, viewer: Viewer, { unit: before }: ReadUnit, input: unknown, author: Author): Promise<ReadUnit> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
  demandOwn(before);
  const unit = valid('fulfillment unit', checked(fulfillmentUnitFields, input));
  await demandNetworkUnit(context, viewer, unit.networkUnitCode);
  await saveChange(context, context.models.FulfillmentUnit, before, unit, { action: 'CHANGE', label: unit.name, author });
  return fulfillmentUnitOf(context, viewer, before.code);
}

/** With its rules, which go first: a removal that breaks off is done again. Refusal not-possible while locations belong to it, or for a unit of the network. */
export async function removeFulfillmentUnit(context: ApiContext, viewer: Viewer, { unit, locations }: ReadUnit, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
  demandOwn(unit);
  if (locations.length > 0) {
    const named = locations.map((location) => locationKey(location.libraryCode, location.code)).join(', ');
    throw new Refusal('not-possible', `${unit.name} cannot be deleted: these locations belong to it, and nothing there could be lent: ${named}.`);
  }
  const { models, now } = context;
  const rules = await models.FulfillmentUnitRule.find({ institutionId: unit.institutionId, unitCode: unit.code, deletedAt: null }).lean();
  for (const rule of rules) await saveChange(context, models.FulfillmentUnitRule, rule, deletion(now()), { action: 'DELETE', label: `${unit.name}: ${rule.name}`, author });
  await saveChange(context, models.FulfillmentUnit, unit, deletion(now()), { action: 'DELETE', label: unit.name, author });
}

export async function locationOf({ models }: ApiContext, viewer: Viewer, libraryCode: string, locationCode: string): Promise<Location> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `location ${locationKey(libraryCode, locationCode)}`);
  const location = await models.Location.findOne({ institutionId: viewer.institution.code, libraryCode, code: locationCode }).lean();
  if (location === null) throw new Refusal('not-found', `There is no location ${locationKey(libraryCode, locationCode)}.`);
  return location;
}

/** Answers the location's version from then on. Refusals: forbidden, not-possible where it belongs to another unit, precondition-failed. */
export async function addLocation(context: ApiContext, viewer: Viewer, { unit }: ReadUnit, location: Location, author: Author): Promise<number> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
  const { fulfillmentUnitCode } = location;
  if (fulfillmentUnitCode !== null && fulfillmentUnitCode !== unit.code && (await isThere(context, viewer, fulfillmentUnitCode))) {
    throw new Refusal('not-possible', `${nameOf(location)} belongs to the fulfillment unit ${fulfillmentUnitCode}, and can belong to one alone. Take it out there first.`);
  }
  return saveChange(context, context.models.Location, location, { fulfillmentUnitCode: unit.code }, { action: 'CHANGE', label: nameOf(location), author });
}

/** From then on nothing there is lent. Refusals: forbidden, not-found where it does not belong to the unit, precondition-failed. */
export async function takeOutLocation(context: ApiContext, viewer: Viewer, { unit }: ReadUnit, location: Location, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
  if (location.fulfillmentUnitCode !== unit.code) throw new Refusal('not-found', `${nameOf(location)} does not belong to ${unit.name}.`);
  await saveChange(context, context.models.Location, location, { fulfillmentUnitCode: null }, { action: 'CHANGE', label: nameOf(location), author });
}

const nameOf = (location: Location): string => `${location.name} (${locationKey(location.libraryCode, location.code)})`;

async function isThere({ models }: ApiContext, viewer: Viewer, unitCode: string): Promise<boolean> {
  return (await models.FulfillmentUnit.findOne({ institutionId: viewer.institution.code, code: unitCode, deletedAt: null }, { _id: 1 }).lean()) !== null;
}

/** What the network keeps is read-only (fulfillment-requests.md, 8). */
export function demandOwn({ name, owner }: { name: string; owner: 'LOCAL' | 'NETWORK' }): void {
  if (owner === 'NETWORK') throw new Refusal('not-possible', `${name} comes from the network, which keeps it.`);
}

async function demandNetworkUnit({ models }: ApiContext, viewer: Viewer, unitCode: string | null): Promise<void> {
  if (unitCode === null) return;
  const found = await models.FulfillmentUnit.findOne({ institutionId: viewer.institution.code, code: unitCode, owner: 'NETWORK', deletedAt: null }, { _id: 1 }).lean();
  const problems = found === null ? [unknown('/networkUnitCode', unitCode, 'the code of a fulfillment unit of the network')] : [];
  if (problems.length > 0) valid('fulfillment unit', { value: null, problems });
}
