/** Fines and fees notification profiles as staff keep them: when a patron is reminded of what they owe (fulfillment-loans.md, fines-fees-notifications, Configuration). */
import { z } from 'zod';
import type { StoredFinesFeesProfile } from '../models/fines-fees-notification-profile.js';
import type { ConfigurationTable } from './configuration-table.js';
import { amount, codes, days, name, sendFormat, unknownLibraries } from './profiles.js';

const schema = z.strictObject({
  name,
  active: z.boolean().default(true),
  notificationType: z.int().min(1).max(5).describe('Chooses the wording, from a friendly reminder to the final notice.'),
  userGroups: codes.default([]),
  libraries: codes.default([]).describe('Codes of the libraries that are owed; empty means all, as in every list here.'),
  feeTypes: codes.default([]).describe('Those of rules, OTHER, `staffFeeTypes` of the fulfillment settings, or as fees were loaded with. FINE_FEE_NOTIFICATION_FEE, the fee for a letter, counts only where it is named.'),
  minimumBalance: amount.min(1).default(1).describe('Minor units of the institution’s currency that the patron owes at least, credits taken off.'),
  daysAfterCreation: days.default(0).describe('Age of the oldest fee that counts.'),
  repeatEveryDays: days.min(1).nullable().default(null).describe('null: once.'),
  maxRepeats: z.int().min(0).max(1_000).default(0).describe('Letters after the first.'),
  notificationFee: amount.min(0).default(0).describe('Minor units of the institution’s currency, once per letter.'),
  sendFormat,
}).superRefine(({ feeTypes, repeatEveryDays, maxRepeats }, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const credit = feeTypes.indexOf('CREDIT');
  if (credit >= 0) refuse(['feeTypes', credit], '"CREDIT" was given; expected a type that patrons owe: credits are taken off the sum in every profile');
  if (repeatEveryDays === null && maxRepeats > 0) refuse(['maxRepeats'], `${maxRepeats} was given; expected 0, as there is one letter only`);
  if (repeatEveryDays !== null && maxRepeats === 0) refuse(['maxRepeats'], `0 was given; expected 1 or more, as the letter is repeated after ${repeatEveryDays} days`);
});

export const finesProfiles: ConfigurationTable<StoredFinesFeesProfile, z.output<typeof schema>> = {
  one: 'fines and fees profile',
  many: 'fines and fees profiles',
  model: ({ FinesFeesNotificationProfile }) => FinesFeesNotificationProfile,
  schema,
  key: 'name',
  sort: 'name',
  scope: {},
  beside: async () => ({}),
  problems: async (context, viewer, { libraries }) => unknownLibraries(context, viewer, libraries),
  usedBy: async () => null,
};
