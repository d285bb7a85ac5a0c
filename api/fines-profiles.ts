/**
 * Fines and fees notification profiles as staff keep them: one operation each to list, read, create, change and remove, for the API and the
 * pages (fulfillment-loans.md, fines-fees-notifications, Configuration). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 */
import { z } from 'zod';
import type { StoredFinesFeesProfile } from '../models/fines-fees-notification-profile.js';
import { createRecorded, removeRecorded, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { amount, codes, days, name, namedOnce, sendFormat, unknownLibraries } from './profiles.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export const finesProfileFields = z.strictObject({
  name,
  active: z.boolean().default(true),
  notificationType: z.int().min(1).max(5).describe('Chooses the wording, from a friendly reminder to the final notice.'),
  userGroups: codes.default([]),
  libraries: codes.default([]).describe('Codes of the libraries that are owed; empty means all, as in every list here.'),
  feeTypes: codes.default([]).describe('FINE_FEE_NOTIFICATION_FEE, the fee for a letter, counts only where it is named.'),
  minimumBalance: amount.min(1).default(1).describe('Minor units of the institution’s currency that the patron owes at least, credits taken off.'),
  daysAfterCreation: days.default(0).describe('Age of the oldest fee that counts.'),
  repeatEveryDays: days.min(1).nullable().default(null).describe('null: once.'),
  maxRepeats: z.int().min(0).max(1_000).default(0).describe('Letters after the first.'),
  notificationFee: amount.min(0).default(0).describe('Minor units of the institution’s currency, once per letter.'),
  sendFormat,
});
export type FinesProfileFields = z.output<typeof finesProfileFields>;

/** Whole profiles: a field that is left out gets its default, also when a profile is changed. */
export const finesProfileSchema = finesProfileFields.superRefine(({ feeTypes, repeatEveryDays, maxRepeats }, context) => {
  const refuse = (path: (keyof FinesProfileFields | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const credit = feeTypes.indexOf('CREDIT');
  if (credit >= 0) refuse(['feeTypes', credit], '"CREDIT" was given; expected a type that patrons owe: credits are taken off the sum in every profile');
  if (repeatEveryDays === null && maxRepeats > 0) refuse(['maxRepeats'], `${maxRepeats} was given; expected 0, as repeatEveryDays says once`);
  if (repeatEveryDays !== null && maxRepeats === 0) refuse(['maxRepeats'], `0 was given; expected 1 or more, as repeatEveryDays is ${repeatEveryDays}`);
});

/** By name; an institution has a handful. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listFinesProfiles({ models }: ApiContext, viewer: Viewer): Promise<StoredFinesFeesProfile[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'fines and fees profiles');
  return models.FinesFeesNotificationProfile.find({ institutionId: viewer.institution.code }).sort({ name: 1 }).lean();
}

/** Refusal: not-found. */
export async function finesProfileOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `fines and fees profile ${id}`);
  const profile = await models.FinesFeesNotificationProfile.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (profile === null) throw new Refusal('not-found', `There is no fines and fees profile ${id}.`);
  return profile;
}

/** `input` is a body or a form as it came. Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createFinesProfile(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines and fees profiles');
  const profile = await checkedProfile(context, viewer, input);
  const id = await namedOnce(profile, () =>
    createRecorded(context, context.models.FinesFeesNotificationProfile, viewer.institution.code, profile, { label: profile.name, author }),
  );
  return finesProfileOf(context, viewer, id);
}

/**
 * Replaces `before`, the profile as it was read, by `input`, a whole profile. The next run goes by it; runs at work do not change.
 * Refusals as of creating, and precondition-failed when somebody else changed it since.
 */
export async function changeFinesProfile(
  context: ApiContext, viewer: Viewer, before: StoredFinesFeesProfile, input: unknown, author: Author,
): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines and fees profiles');
  const profile = await checkedProfile(context, viewer, input);
  await namedOnce(profile, () =>
    saveChange(context, context.models.FinesFeesNotificationProfile, before, profile, { action: 'CHANGE', label: profile.name, author }),
  );
  return finesProfileOf(context, viewer, before._id);
}

/** Letters that it sent and fees that it charged stay on record. The entry of the audit holds what the profile was. */
export async function removeFinesProfile(context: ApiContext, viewer: Viewer, before: StoredFinesFeesProfile, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines and fees profiles');
  const content = Object.fromEntries(Object.keys(finesProfileFields.shape).map((field) => [field, Reflect.get(before, field)]));
  await removeRecorded(context, context.models.FinesFeesNotificationProfile, before, content, { label: before.name, author });
}

async function checkedProfile(context: ApiContext, viewer: Viewer, input: unknown): Promise<FinesProfileFields> {
  const profile = valid('profile', checked(finesProfileSchema, input));
  const problems = await unknownLibraries(context, viewer, profile.libraries);
  return valid('profile', problems.length > 0 ? { value: null, problems } : { value: profile, problems: [] });
}
