/** Overdue and lost profiles as staff keep them: when a patron hears that a loan is late, and when it is lost (fulfillment-loans.md, loans-overdue-and-lost, Configuration). */
import { z } from 'zod';
import { profileTypes } from '../domain/fulfillment/overdue-lost-profiles.js';
import type { StoredOverdueLostProfile } from '../models/fulfillment.js';
import type { ConfigurationTable } from './configuration-table.js';
import { unknown } from './input-problems.js';
import { amount, code, codes, days, name, sendFormat, unknownLibraries } from './profiles.js';

const schema = z.strictObject({
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
}).superRefine((profile, context) => {
  const refuse = (field: keyof typeof profile, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  const { type, sendNotification, createFine, notificationFee, blockUser, blockDefinitionId, blockMode, blockDays } = profile;
  if (type !== 'CHANGE_TO_LOST' && !sendNotification && !createFine && notificationFee === 0 && !blockUser) {
    refuse('sendNotification', 'false was given, and there is no fine, fee or block: expected at least one effect of a notification');
  }
  if (!blockUser) return;
  if (blockDefinitionId === null) refuse('blockDefinitionId', 'nothing was given; expected an active block, as the profile blocks the patron');
  if (blockMode === null) refuse('blockMode', 'nothing was given; expected how long the block lasts, until the loans are returned or for a number of days');
  if (blockMode === 'DAYS' && blockDays === null) refuse('blockDays', 'nothing was given; expected 1 to 365, as the block lasts for a number of days');
});

export const overdueProfiles: ConfigurationTable<StoredOverdueLostProfile, z.output<typeof schema>> = {
  one: 'overdue profile',
  many: 'overdue profiles',
  model: ({ OverdueLostProfile }) => OverdueLostProfile,
  schema,
  key: 'name',
  sort: 'name',
  scope: {},
  beside: async () => ({}),
  usedBy: async () => null,
  async problems(context, viewer, profile) {
    const institutionId = viewer.institution.code;
    const { models } = context;
    const [ofNoLibrary, locations, definition] = await Promise.all([
      unknownLibraries(context, viewer, profile.libraries),
      models.Location.find({ institutionId, libraryCode: { $in: profile.locations.map(({ libraryCode }) => libraryCode) } }, { libraryCode: 1, code: 1 }).lean(),
      profile.blockDefinitionId === null ? null : models.UserBlockDefinition.findOne({ institutionId, _id: profile.blockDefinitionId, active: true }).lean(),
    ]);
    const places = new Set(locations.map((location) => `${location.libraryCode}/${location.code}`));
    return [
      ...ofNoLibrary,
      ...profile.locations.flatMap(({ libraryCode, code: place }, at) =>
        places.has(`${libraryCode}/${place}`) ? [] : [unknown(`/locations/${at}`, `${libraryCode}/${place}`, 'a location of a library')]),
      ...(profile.blockDefinitionId !== null && definition === null ? [unknown('/blockDefinitionId', profile.blockDefinitionId, 'an active block')] : []),
    ];
  },
};
