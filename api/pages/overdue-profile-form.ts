/** An overdue profile as a form, and the form as the body that the API would get. */
import { profileTypes } from '../../domain/fulfillment/overdue-lost-profiles.js';
import type { Library } from '../../models/library.js';
import type { StoredOverdueLostProfile, UserBlockDefinition } from '../../models/fulfillment.js';
import type { OverdueProfileFields } from '../overdue-profiles.js';
import type { FieldProblem } from './form.js';
import { options } from './query.js';
import { formatWords, majorUnits, readingOf, shownFields, typed, type Typed } from './typed.js';

export const typeWords = Object.fromEntries(
  profileTypes.map((type, index) => [type, type === 'CHANGE_TO_LOST' ? 'Change to lost' : `Overdue notification ${index + 1}`]),
);
const statusWords = { NORMAL: 'Normal', RENEW: 'Renewed', RENEW_REQUESTED: 'Renewal requested', RECALL: 'Recalled', CLAIMED_RETURN: 'Claimed returned' };
const countWords = { CALENDAR: 'all days', OPEN: 'open days of the loan’s library' };
const modeWords = { UNTIL_RETURNED: 'until the loans are returned', DAYS: 'for a number of days' };

export const overdueFormFields = [
  'name', 'description', 'active', 'type', 'daysAfterDueDate', 'dayCount', 'daysAfterStatusDate', 'loanStatuses', 'userGroups', 'libraries', 'locations',
  'itemPolicies', 'materialTypes', 'sendNotification', 'sendFormat', 'createFine', 'notificationFee', 'chargeReplacementFee', 'chargeProcessFee',
  'blockUser', 'blockDefinitionId', 'blockMode', 'blockDays',
] as const satisfies (keyof OverdueProfileFields)[];
export type TypedProfile = Typed<keyof OverdueProfileFields>;

/** A profile as its form shows it. */
export function typedFrom(profile: OverdueProfileFields | StoredOverdueLostProfile, currency: string): TypedProfile {
  return typed(overdueFormFields, (field) => {
    if (field === 'locations') return [profile.locations.map(({ libraryCode, code }) => `${libraryCode}/${code}`).join(', ')];
    if (field === 'notificationFee') return [majorUnits(profile.notificationFee, currency)];
    const value = profile[field];
    if (typeof value === 'boolean') return value ? ['1'] : [];
    if (field === 'loanStatuses' || field === 'libraries') return [...profile[field]];
    return [Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value)];
  });
}

/** The body that the form says. */
export function profileInput(given: TypedProfile, currency: string): Record<string, unknown> {
  const { text, ticked, codes, number, numberOrNone, amount } = readingOf(given, currency);
  const blocks = ticked('blockUser');
  return {
    name: text('name'), description: text('description'), active: ticked('active'), type: text('type'), daysAfterDueDate: number('daysAfterDueDate'),
    dayCount: text('dayCount'), daysAfterStatusDate: numberOrNone('daysAfterStatusDate'), loanStatuses: given.loanStatuses, userGroups: codes('userGroups'),
    libraries: given.libraries, locations: codes('locations').map(placeOf), itemPolicies: codes('itemPolicies'), materialTypes: codes('materialTypes'),
    sendNotification: ticked('sendNotification'), sendFormat: text('sendFormat'), createFine: ticked('createFine'),
    notificationFee: amount('notificationFee'), chargeReplacementFee: ticked('chargeReplacementFee'), chargeProcessFee: ticked('chargeProcessFee'),
    blockUser: blocks,
    // What belongs to a block counts only with one.
    blockDefinitionId: blocks && text('blockDefinitionId') !== '' ? text('blockDefinitionId') : null,
    blockMode: blocks && text('blockMode') !== '' ? text('blockMode') : null,
    blockDays: blocks && text('blockMode') === 'DAYS' ? numberOrNone('blockDays') : null,
  };
}

function placeOf(given: string): { libraryCode: string; code: string } {
  const [libraryCode = '', code = ''] = given.split('/', 2);
  return { libraryCode, code };
}

/** Everything the template of the form shows. */
export function profileForm(
  given: TypedProfile, problems: readonly FieldProblem[], around: { libraries: readonly Library[]; definitions: readonly UserBlockDefinition[]; currency: string },
) {
  return {
    f: shownFields(given, problems),
    currency: around.currency,
    types: options(typeWords, given.type),
    counts: options(countWords, given.dayCount),
    statuses: options(statusWords, given.loanStatuses),
    libraries: options(Object.fromEntries(around.libraries.map(({ code, name }) => [code, name])), given.libraries),
    formats: options(formatWords, given.sendFormat),
    modes: options(modeWords, given.blockMode),
    definitions: options(Object.fromEntries(around.definitions.map(({ _id, code, description }) => [_id, `${code}: ${description}`])), given.blockDefinitionId),
  };
}
