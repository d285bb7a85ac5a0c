/**
 * Overdue and lost profiles as staff keep them: one operation each to list, read, create, change and remove, for the API and the pages
 * (fulfillment-loans.md, loans-overdue-and-lost, Configuration). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 */
import { z } from 'zod';
import { profileTypes } from '../domain/fulfillment/overdue-lost-profiles.js';
import type { StoredOverdueLostProfile } from '../models/fulfillment.js';
import { createRecorded, removeRecorded, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { amount, code, codes, days, name, namedOnce, sendFormat, unknown, unknownLibraries } from './profiles.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export const overdueProfileFields = z.strictObject({
  name,
  description: z.string().trim().max(2000).default(''),
  active: z.boolean().default(true),
  type: z.enum(profileTypes),
  daysAfterDueDate: days.default(0),
  dayCount: z.enum(['CALENDAR', 'OPEN']).default('CALENDAR').describe('OPEN counts only the open days of the loan’s library.'),
  daysAfterStatusDate: days.nullable().default(null).describe('Days since the process status changed; both thresholds must be met.'),
  loanStatuses: z.array(z.enum(['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN'])).min(1).default(['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL']),
  userGroups: codes.default([]),
  libraries: codes.default([]).describe('Codes; empty means all, as in every list here.'),
  locations: z.array(z.strictObject({ libraryCode: code, code })).max(500).default([]),
  itemPolicies: codes.default([]).describe('"-" names loans without an item policy.'),
  materialTypes: codes.default([]).describe('"-" names loans without a material type.'),
  sendNotification: z.boolean().default(true),
  sendFormat,
  createFine: z.boolean().default(false).describe('Charge the notification fine of the terms of use for each loan.'),
  notificationFee: amount.min(0).default(0).describe('Minor units of the institution’s currency, once per letter.'),
  chargeReplacementFee: z.boolean().default(true),
  chargeProcessFee: z.boolean().default(true),
  blockUser: z.boolean().default(false),
  blockDefinitionId: z.string().nullable().default(null),
  blockMode: z.enum(['UNTIL_RETURNED', 'DAYS']).nullable().default(null),
  blockDays: z.int().min(1).max(365).nullable().default(null).describe('Of mode DAYS.'),
});
export type OverdueProfileFields = z.output<typeof overdueProfileFields>;

/** Whole profiles: a field that is left out gets its default, also when a profile is changed. */
export const overdueProfileSchema = overdueProfileFields.superRefine((profile, context) => {
  const refuse = (field: keyof OverdueProfileFields, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  const { type, sendNotification, createFine, notificationFee, blockUser, blockDefinitionId, blockMode, blockDays } = profile;
  if (type !== 'CHANGE_TO_LOST' && !sendNotification && !createFine && notificationFee === 0 && !blockUser) {
    refuse('sendNotification', 'false was given, and there is no fine, fee or block: expected at least one effect of a notification');
  }
  if (!blockUser) return;
  if (blockDefinitionId === null) refuse('blockDefinitionId', 'nothing was given; expected an active block, as blockUser is true');
  if (blockMode === null) refuse('blockMode', 'nothing was given; expected UNTIL_RETURNED or DAYS, as blockUser is true');
  if (blockMode === 'DAYS' && blockDays === null) refuse('blockDays', 'nothing was given; expected 1 to 365, as blockMode is DAYS');
});

/** By name; an institution has some dozens. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listOverdueProfiles({ models }: ApiContext, viewer: Viewer): Promise<StoredOverdueLostProfile[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'overdue profiles');
  return models.OverdueLostProfile.find({ institutionId: viewer.institution.code }).sort({ name: 1 }).lean();
}

export async function overdueProfileOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<StoredOverdueLostProfile> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `overdue profile ${id}`);
  const profile = await models.OverdueLostProfile.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (profile === null) throw new Refusal('not-found', `There is no overdue profile ${id}.`);
  return profile;
}

/** `input` is a body or a form as it came. Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createOverdueProfile(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<StoredOverdueLostProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'overdue profiles');
  const profile = await checkedProfile(context, viewer, input);
  const id = await namedOnce(profile, () =>
    createRecorded(context, context.models.OverdueLostProfile, viewer.institution.code, profile, { label: profile.name, author }),
  );
  return overdueProfileOf(context, viewer, id);
}

/**
 * Replaces `before`, the profile as it was read, by `input`, a whole profile. The next run goes by it; runs at work do not change.
 * Refusals as of creating, and precondition-failed when somebody else changed it since.
 */
export async function changeOverdueProfile(
  context: ApiContext, viewer: Viewer, before: StoredOverdueLostProfile, input: unknown, author: Author,
): Promise<StoredOverdueLostProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'overdue profiles');
  const profile = await checkedProfile(context, viewer, input);
  await namedOnce(profile, () =>
    saveChange(context, context.models.OverdueLostProfile, before, profile, { action: 'CHANGE', label: profile.name, author }),
  );
  return overdueProfileOf(context, viewer, before._id);
}

/** Notices that it sent stay on record. The entry of the audit holds what the profile was. */
export async function removeOverdueProfile(context: ApiContext, viewer: Viewer, before: StoredOverdueLostProfile, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'overdue profiles');
  const content = Object.fromEntries(Object.keys(overdueProfileFields.shape).map((field) => [field, Reflect.get(before, field)]));
  await removeRecorded(context, context.models.OverdueLostProfile, before, content, { label: before.name, author });
}

async function checkedProfile(context: ApiContext, viewer: Viewer, input: unknown): Promise<OverdueProfileFields> {
  const profile = valid('profile', checked(overdueProfileSchema, input));
  const institutionId = viewer.institution.code;
  const { models } = context;
  const [ofNoLibrary, locations, definition] = await Promise.all([
    unknownLibraries(context, viewer, profile.libraries),
    models.Location.find({ institutionId, libraryCode: { $in: profile.locations.map(({ libraryCode }) => libraryCode) } }, { libraryCode: 1, code: 1 }).lean(),
    profile.blockDefinitionId === null ? null : models.UserBlockDefinition.findOne({ institutionId, _id: profile.blockDefinitionId, active: true }).lean(),
  ]);
  const places = new Set(locations.map((location) => `${location.libraryCode}/${location.code}`));
  const problems = [
    ...ofNoLibrary,
    ...profile.locations.flatMap(({ libraryCode, code: place }, at) =>
      places.has(`${libraryCode}/${place}`) ? [] : [unknown(`/locations/${at}`, `${libraryCode}/${place}`, 'a location of a library')]),
    ...(profile.blockDefinitionId !== null && definition === null ? [unknown('/blockDefinitionId', profile.blockDefinitionId, 'an active block')] : []),
  ];
  return valid('profile', problems.length > 0 ? { value: null, problems } : { value: profile, problems: [] });
}
