/** An overdue profile as a form, and the form as the body that the API would get. */
import { profileTypes } from '../../domain/fulfillment/overdue-lost-profiles.js';
import { exponentOf } from '../../domain/money.js';
import type { Library } from '../../models/library.js';
import type { StoredOverdueLostProfile, UserBlockDefinition } from '../../models/fulfillment.js';
import type { OverdueProfileFields } from '../overdue-profiles.js';
import { messageFor, type FieldProblem, type Form } from './form.js';
import { options } from './query.js';

export const typeWords = Object.fromEntries(
  profileTypes.map((type, index) => [type, type === 'CHANGE_TO_LOST' ? 'Change to lost' : `Overdue notification ${index + 1}`]),
);
const statusWords = { NORMAL: 'Normal', RENEW: 'Renewed', RENEW_REQUESTED: 'Renewal requested', RECALL: 'Recalled', CLAIMED_RETURN: 'Claimed returned' };
const formatWords = { EMAIL: 'E-mail', SMS: 'Text message', EMAIL_AND_SMS: 'E-mail and text message' };
const countWords = { CALENDAR: 'all days', OPEN: 'open days of the loan’s library' };
const modeWords = { UNTIL_RETURNED: 'until the loans are returned', DAYS: 'for a number of days' };

/** What somebody typed, field by field; a list is several boxes or a text with commas. */
export type Typed = Readonly<Record<keyof OverdueProfileFields, string[]>>;

const fields = [
  'name', 'description', 'active', 'type', 'daysAfterDueDate', 'dayCount', 'daysAfterStatusDate', 'loanStatuses', 'userGroups', 'libraries', 'locations',
  'itemPolicies', 'materialTypes', 'sendNotification', 'sendFormat', 'createFine', 'notificationFee', 'chargeReplacementFee', 'chargeProcessFee',
  'blockUser', 'blockDefinitionId', 'blockMode', 'blockDays',
] as const satisfies (keyof OverdueProfileFields)[];

const typed = (of: (field: keyof OverdueProfileFields) => string[]): Typed =>
  Object.fromEntries(fields.map((field) => [field, of(field)])) as Record<keyof OverdueProfileFields, string[]>;

export const typedIn = (form: Form): Typed => typed((field) => form.list(field));

/** A profile as its form shows it. */
export function typedFrom(profile: OverdueProfileFields | StoredOverdueLostProfile, currency: string): Typed {
  return typed((field) => {
    if (field === 'locations') return [profile.locations.map(({ libraryCode, code }) => `${libraryCode}/${code}`).join(', ')];
    if (field === 'notificationFee') return [majorUnits(profile.notificationFee, currency)];
    const value = profile[field];
    if (typeof value === 'boolean') return value ? ['1'] : [];
    if (field === 'loanStatuses' || field === 'libraries') return [...profile[field]];
    return [Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value)];
  });
}

/** The body that the form says; numbers that are none stay texts, so that the refusal can name them. */
export function profileInput(typed: Typed, currency: string): Record<string, unknown> {
  const text = (field: keyof OverdueProfileFields) => typed[field][0]?.trim() ?? '';
  const ticked = (field: keyof OverdueProfileFields) => typed[field].length > 0;
  const list = (field: keyof OverdueProfileFields) => text(field).split(',').map((each) => each.trim()).filter((each) => each !== '');
  const number = (field: keyof OverdueProfileFields) => (/^\d{1,9}$/.test(text(field)) ? Number(text(field)) : text(field));
  const numberOrNone = (field: keyof OverdueProfileFields) => (text(field) === '' ? null : number(field));
  const blocks = ticked('blockUser');
  return {
    name: text('name'), description: text('description'), active: ticked('active'), type: text('type'), daysAfterDueDate: number('daysAfterDueDate'),
    dayCount: text('dayCount'), daysAfterStatusDate: numberOrNone('daysAfterStatusDate'), loanStatuses: typed.loanStatuses, userGroups: list('userGroups'),
    libraries: typed.libraries, locations: list('locations').map(placeOf), itemPolicies: list('itemPolicies'), materialTypes: list('materialTypes'),
    sendNotification: ticked('sendNotification'), sendFormat: text('sendFormat'), createFine: ticked('createFine'),
    notificationFee: minorUnits(text('notificationFee'), currency), chargeReplacementFee: ticked('chargeReplacementFee'), chargeProcessFee: ticked('chargeProcessFee'),
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

function majorUnits(amount: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(amount).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `1.5`, `1,50`, `2`; what is no amount of the currency stays a text. Empty is none. */
function minorUnits(text: string, currency: string): number | string {
  const exponent = exponentOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text === '' ? '0' : text) ?? [];
  if (whole === undefined || fraction.length > exponent) return text;
  return Number(whole + fraction.padEnd(exponent, '0'));
}

/** Everything the template of the form shows. */
export function profileForm(
  typed: Typed, problems: readonly FieldProblem[], around: { libraries: readonly Library[]; definitions: readonly UserBlockDefinition[]; currency: string },
) {
  const value = (field: keyof OverdueProfileFields) => typed[field][0] ?? '';
  const texts = Object.fromEntries(fields.map((field) => [field, { id: field, value: value(field), ticked: typed[field].length > 0, error: messageFor(problems, field) }]));
  return {
    f: texts,
    currency: around.currency,
    types: options(typeWords, typed.type),
    counts: options(countWords, typed.dayCount),
    statuses: options(statusWords, typed.loanStatuses),
    libraries: options(Object.fromEntries(around.libraries.map(({ code, name }) => [code, name])), typed.libraries),
    formats: options(formatWords, typed.sendFormat),
    modes: options(modeWords, typed.blockMode),
    definitions: options(Object.fromEntries(around.definitions.map(({ _id, code, description }) => [_id, `${code}: ${description}`])), typed.blockDefinitionId),
  };
}
