/**
 * Profiles of fines and fees notifications as staff keep them: one operation each to list, read, create, change and remove
 * (fulfillment-loans.md, fines-fees-notifications, Configuration). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 */
import { z } from 'zod';
import { sendFormats } from '../domain/letters.js';
import { newId } from '../models/document.js';
import type { StoredFinesFeesProfile } from '../models/fines-fees-notification-profile.js';
import { recordCreation, removeRecorded, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { namedOnce } from './named-once.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

const TYPE = 'FinesFeesNotificationProfile';

const codes = z.array(z.string().trim().min(1).max(100)).max(500).default([]);
const days = z.int().min(0).max(3650);
const amount = z.int().max(100_000_000);

/** Whole profiles: a field that is left out gets its default, also when a profile is changed. */
export const finesProfileSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('Unique in the institution.'),
  active: z.boolean().default(true),
  notificationType: z.int().min(1).max(5).describe('Chooses the wording of the letter.'),
  userGroups: codes.describe('Codes; empty means all, as in every list here.'),
  libraries: codes.describe('That the fees are owed to.'),
  feeTypes: codes.describe('Fees for letters of this job count only where they are named: FINE_FEE_NOTIFICATION_FEE.'),
  minimumBalance: amount.min(1).default(1).describe('Minor units of the institution’s currency, which the balances must reach together.'),
  daysAfterCreation: days.default(0).describe('Age of the oldest fee, in days.'),
  repeatEveryDays: days.min(1).nullable().default(null).describe('null: once.'),
  maxRepeats: z.int().min(0).max(1000).default(0).describe('So many times after the first.'),
  notificationFee: amount.min(0).default(0).describe('Minor units, charged for each letter that goes out.'),
  sendFormat: z.enum(sendFormats).default('EMAIL'),
});
type FinesProfileFields = z.output<typeof finesProfileSchema>;

/** By name. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listFinesProfiles({ models }: ApiContext, viewer: Viewer): Promise<StoredFinesFeesProfile[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'fines profiles');
  return models.FinesFeesNotificationProfile.find({ institutionId: viewer.institution.code }).sort({ name: 1 }).lean();
}

export async function finesProfileOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `fines profile ${id}`);
  const profile = await models.FinesFeesNotificationProfile.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (profile === null) throw new Refusal('not-found', `There is no fines profile ${id}.`);
  return profile;
}

/** Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createFinesProfile(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines profiles');
  const profile = await checkedProfile(context, viewer, input);
  const institutionId = viewer.institution.code;
  const id = newId();
  const changes = Object.entries(profile).map(([path, after]) => ({ path, before: null, after }));
  const lastChange = { version: 1, actor: author.actor, action: 'CREATE', changes, requestId: author.requestId };
  await namedOnce(profile, () => context.models.FinesFeesNotificationProfile.create({ ...profile, _id: id, institutionId, lastChange }));
  await recordCreation(context, institutionId, { type: TYPE, id, label: profile.name }, profile, { action: 'CREATE', author });
  return finesProfileOf(context, viewer, id);
}

/** Replaces `before` by a whole profile; the next run goes by it. Refusals as of creating, and precondition-failed when somebody else changed it since. */
export async function changeFinesProfile(
  context: ApiContext, viewer: Viewer, before: StoredFinesFeesProfile, input: unknown, author: Author,
): Promise<StoredFinesFeesProfile> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines profiles');
  const profile = await checkedProfile(context, viewer, input);
  await namedOnce(profile, () => saveChange(context, context.models.FinesFeesNotificationProfile, before, profile, { action: 'CHANGE', label: profile.name, author }));
  return finesProfileOf(context, viewer, before._id);
}

/** Its letters stay on record. The entry of the audit holds what the profile was. */
export async function removeFinesProfile(context: ApiContext, viewer: Viewer, before: StoredFinesFeesProfile, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines profiles');
  const content = Object.fromEntries(Object.keys(finesProfileSchema.shape).map((field) => [field, Reflect.get(before, field)]));
  await removeRecorded(context, context.models.FinesFeesNotificationProfile, before, content, { label: before.name, author });
}

async function checkedProfile({ models }: ApiContext, viewer: Viewer, input: unknown): Promise<FinesProfileFields> {
  const profile = valid('profile', checked(finesProfileSchema, input));
  const libraries = await models.Library.find({ institutionId: viewer.institution.code, code: { $in: profile.libraries } }, { code: 1 }).lean();
  const known = new Set(libraries.map(({ code }) => code));
  const problems = profile.libraries.flatMap((code, at) =>
    known.has(code) ? [] : [{ pointer: `/libraries/${at}`, code: 'unknown', message: `"${code}" was given; expected the code of a library` }]);
  return valid<FinesProfileFields>('profile', problems.length > 0 ? { value: null, problems } : { value: profile, problems: [] });
}
