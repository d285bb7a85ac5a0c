/** A fines and fees profile as a form, and the form as the body that the API would get. */
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import type { Library } from '../../models/library.js';
import type { FinesProfileFields } from '../fines-profiles.js';
import type { FieldProblem } from './form.js';
import { options } from './query.js';
import { codesIn, formatWords, majorUnits, readingOf, shownFields, typed, type Typed } from './typed.js';

/** As the subjects of the letter speak. */
export const typeWords: Readonly<Record<number, string>> = { 1: '1, a friendly reminder', 2: '2, second reminder', 3: '3, third reminder', 4: '4, urgent', 5: '5, final notice' };
/** The types that every institution has; staff have made others (spec/data-model.md, fee). */
const feeTypeWords = {
  OVERDUE_FINE: 'Overdue fine', RECALLED_OVERDUE_FINE: 'Overdue fine after recall', OVERDUE_NOTIFICATION_FINE: 'Fine with an overdue notice',
  LOST_ITEM_REPLACEMENT_FEE: 'Replacement of a lost item', LOST_ITEM_PROCESS_FEE: 'Processing of a lost item', RENEW_FEE: 'Renewal fee',
  FINE_FEE_NOTIFICATION_FEE: 'Fee for a letter of this kind', OTHER: 'Other',
};

export const finesFormFields = [
  'name', 'active', 'notificationType', 'userGroups', 'libraries', 'feeTypes', 'minimumBalance', 'daysAfterCreation', 'repeatEveryDays', 'maxRepeats',
  'notificationFee', 'sendFormat',
] as const satisfies (keyof FinesProfileFields)[];
export type TypedProfile = Typed<keyof FinesProfileFields>;

/** A profile as its form shows it. */
export function typedFrom(profile: FinesProfileFields | StoredFinesFeesProfile, currency: string): TypedProfile {
  return typed(finesFormFields, (field) => {
    if (field === 'minimumBalance' || field === 'notificationFee') return [majorUnits(profile[field], currency)];
    if (field === 'libraries' || field === 'feeTypes') return [...profile[field]];
    const value = profile[field];
    if (typeof value === 'boolean') return value ? ['1'] : [];
    return [Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value)];
  });
}

/** The body that the form says. Fee types are boxes and, for those of the institution's own, a text beside them. */
export function profileInput(given: TypedProfile, currency: string): Record<string, unknown> {
  const { text, ticked, codes, number, numberOrNone, amount } = readingOf(given, currency);
  return {
    name: text('name'), active: ticked('active'), notificationType: number('notificationType'), userGroups: codes('userGroups'), libraries: given.libraries,
    feeTypes: codes('feeTypes'), minimumBalance: amount('minimumBalance'), daysAfterCreation: number('daysAfterCreation'),
    repeatEveryDays: numberOrNone('repeatEveryDays'), maxRepeats: numberOrNone('maxRepeats') ?? 0, notificationFee: amount('notificationFee'),
    sendFormat: text('sendFormat'),
  };
}

/** Everything the template of the form shows. */
export function profileForm(given: TypedProfile, problems: readonly FieldProblem[], around: { libraries: readonly Library[]; currency: string }) {
  const feeTypes = codesIn(given.feeTypes);
  return {
    f: shownFields(given, problems),
    currency: around.currency,
    types: options(typeWords, given.notificationType),
    libraries: options(Object.fromEntries(around.libraries.map(({ code, name }) => [code, name])), given.libraries),
    feeTypes: options(feeTypeWords, feeTypes),
    ownFeeTypes: feeTypes.filter((type) => !(type in feeTypeWords)).join(', '),
    formats: options(formatWords, given.sendFormat),
  };
}
