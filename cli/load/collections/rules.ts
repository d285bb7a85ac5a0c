/** policies, termsOfUses and overdueLostProfiles. */
import { z } from 'zod';
import { loanPoliciesOf } from '../../../domain/terms-of-use.js';
import type { Policy, StoredOverdueLostProfile, TermsOfUse } from '../../../models/fulfillment.js';
import { loadable, missing, nothing } from './loadable.js';
import { librariesNamed } from './places.js';
import { amount, code, integer, list, text, truth } from './values.js';

// data-model.md 4; their values are checked where requests are loaned by them.
const REQUEST_POLICIES = new Set([
  'isRequestable', 'pickupLocations', 'lostLoanRequestability', 'onOrderRequestable', 'autoConvertToResourceSharing', 'requestPriority',
]);

const policy = z.strictObject({
  type: code,
  code,
  name: text.optional(),
  /** Its shape depends on the type; amounts are minor units. */
  value: z.json().optional(),
  active: truth.optional(),
});

export const policies = loadable<Policy, z.output<typeof policy>, void>({
  name: 'policies',
  model: (models) => models.Policy,
  line: policy,
  keyOf: (line) => `${line.type}/${line.code}`,
  storedKeyOf: (record) => `${record.type}/${record.code}`,
  stored: (model, institutionId, lines) =>
    model.find({ institutionId, type: { $in: lines.map((line) => line.type) }, code: { $in: lines.map((line) => line.code) } }).lean<Policy[]>(),
  references: nothing,
  fields: (line) => {
    const { type, value } = line;
    if (value === undefined || REQUEST_POLICIES.has(type)) return line;
    const checked = loanPoliciesOf([{ type, value }]);
    // Alone it lacks the policies that terms of use must have; that is not its fault.
    const refusals = 'refusals' in checked ? checked.refusals.filter(({ place }) => place.split('.')[0] === type) : [];
    return refusals.length > 0 ? refusals.map((refusal) => ({ ...refusal, place: refusal.place.replace(type, 'value') })) : line;
  },
  blank: (id) => ({
    code: undefined,
    type: undefined,
    name: undefined,
    value: undefined,
    owner: 'LOCAL',
    originKey: `#${id}`,
    active: true,
    deletedAt: null,
    deleteAfter: null,
  }),
  beside: nothing,
});

const termsOfUse = z.strictObject({
  code,
  type: z.enum(['LOAN', 'REQUEST', 'BOOKING', 'RESOURCE_SHARING']).optional(),
  name: text.optional(),
  policies: list(z.strictObject({ type: code, policyCode: code })).optional(),
  active: truth.optional(),
});
type TermsLine = z.output<typeof termsOfUse>;

export const termsOfUses = loadable<TermsOfUse, TermsLine, Set<string>>({
  name: 'termsOfUses',
  model: (models) => models.TermsOfUse,
  line: termsOfUse,
  keyOf: (line) => line.code,
  storedKeyOf: (record) => record.code,
  stored: (model, institutionId, lines) => model.find({ institutionId, code: { $in: lines.map((line) => line.code) } }).lean<TermsOfUse[]>(),
  references: async ({ models, institutionId }, lines) => {
    const types = lines.flatMap((line) => (line.policies ?? []).map(({ type }) => type));
    const known = await models.Policy.find({ institutionId, type: { $in: [...new Set(types)] }, deletedAt: null }, { type: 1, code: 1 }).lean();
    return new Set(known.map((one) => `${one.type}/${one.code}`));
  },
  fields: (line, known) => {
    const named = line.policies ?? [];
    const unknown = named.map(({ type, policyCode }) => `${type}/${policyCode}`).filter((key) => !known.has(key));
    const twice = named.map(({ type }) => type).filter((type, index, types) => types.indexOf(type) !== index);
    const reasons = [
      ...unknown.map((key) => missing('policies', key, 'type and code of a policy')),
      ...twice.map((value) => ({ place: 'policies', value, expectation: 'one policy of a type' })),
    ];
    return reasons.length > 0 ? reasons : line;
  },
  blank: (id) => ({
    code: undefined,
    type: undefined,
    name: undefined,
    policies: undefined,
    owner: 'LOCAL',
    link: 'ATTACHED',
    originKey: `#${id}`,
    active: true,
    deletedAt: null,
    deleteAfter: null,
    lastChange: null,
  }),
  beside: nothing,
});

const days = integer.pipe(z.int().min(0, 'from 0 to 3650').max(3650, 'from 0 to 3650'));
const profile = z.strictObject({
  name: text,
  description: z.string().optional(),
  active: truth.optional(),
  type: z.enum(['OVERDUE_NOTIFICATION_1', 'OVERDUE_NOTIFICATION_2', 'OVERDUE_NOTIFICATION_3', 'OVERDUE_NOTIFICATION_4', 'OVERDUE_NOTIFICATION_5', 'CHANGE_TO_LOST']).optional(),
  daysAfterDueDate: days.optional(),
  dayCount: z.enum(['CALENDAR', 'OPEN']).optional(),
  daysAfterStatusDate: days.nullable().optional(),
  loanStatuses: list(z.enum(['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN'])).optional(),
  userGroups: list(code).optional(),
  libraries: list(code).optional(),
  locations: list(z.strictObject({ libraryCode: code, code })).optional(),
  itemPolicies: list(code).optional(),
  materialTypes: list(code).optional(),
  sendNotification: truth.optional(),
  sendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).optional(),
  createFine: truth.optional(),
  notificationFee: amount.optional(),
  chargeReplacementFee: truth.optional(),
  chargeProcessFee: truth.optional(),
  blockUser: truth.optional(),
  blockDefinitionCode: code.nullable().optional(),
  blockMode: z.enum(['UNTIL_RETURNED', 'DAYS']).nullable().optional(),
  blockDays: integer.pipe(z.int().min(1).max(365)).nullable().optional(),
});

interface ProfileReferences {
  libraries: ReadonlySet<string>;
  blockDefinitionIds: ReadonlyMap<string, string>;
}

export const overdueLostProfiles = loadable<StoredOverdueLostProfile, z.output<typeof profile>, ProfileReferences>({
  name: 'overdueLostProfiles',
  model: (models) => models.OverdueLostProfile,
  line: profile,
  keyOf: (line) => line.name,
  storedKeyOf: (record) => record.name,
  stored: (model, institutionId, lines) => model.find({ institutionId, name: { $in: lines.map((line) => line.name) } }).lean<StoredOverdueLostProfile[]>(),
  references: async (destination, lines) => {
    const { models, institutionId } = destination;
    const codes = lines.flatMap((line) => line.blockDefinitionCode ?? []);
    const definitions = await models.UserBlockDefinition.find({ institutionId, code: { $in: codes }, active: true }, { code: 1 }).lean();
    return {
      libraries: await librariesNamed(destination, lines.flatMap((line) => line.libraries ?? [])),
      blockDefinitionIds: new Map(definitions.map((one) => [one.code, one._id])),
    };
  },
  fields: (line, { libraries, blockDefinitionIds }) => {
    const { blockDefinitionCode, ...fields } = line;
    const named = typeof blockDefinitionCode === 'string';
    const blockDefinitionId = named ? blockDefinitionIds.get(blockDefinitionCode) : blockDefinitionCode;
    const reasons = [
      ...(line.libraries ?? []).filter((one) => !libraries.has(one)).map((one) => missing('libraries', one, 'codes of libraries')),
      ...(named && blockDefinitionId === undefined ? [missing('blockDefinitionCode', blockDefinitionCode, 'code of an active block')] : []),
      ...(line.blockUser === true && !named ? [{ place: 'blockDefinitionCode', value: null, expectation: 'a block, as blockUser is set' }] : []),
    ];
    return reasons.length > 0 ? reasons : { ...fields, blockDefinitionId };
  },
  blank: () => ({
    name: undefined,
    description: '',
    active: true,
    type: undefined,
    daysAfterDueDate: undefined,
    dayCount: 'CALENDAR',
    daysAfterStatusDate: null,
    loanStatuses: ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'],
    userGroups: [],
    libraries: [],
    locations: [],
    itemPolicies: [],
    materialTypes: [],
    sendNotification: true,
    sendFormat: 'EMAIL',
    createFine: false,
    notificationFee: 0,
    chargeReplacementFee: true,
    chargeProcessFee: true,
    blockUser: false,
    blockDefinitionId: null,
    blockMode: null,
    blockDays: null,
    lastChange: null,
  }),
  beside: nothing,
});
