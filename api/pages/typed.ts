/** What staff type into a form of configuration, field by field, and how it is read. */
import { exponentOf } from '../../domain/money.js';
import { shownValue } from '../input-problems.js';
import type { InputProblem } from '../refusal.js';
import { messageFor, type FieldProblem, type Form } from './form.js';

/** A list is several boxes or a text with commas. */
export type Typed<Field extends string> = Readonly<Record<Field, string[]>>;

export const typed = <Field extends string>(fields: readonly Field[], of: (field: Field) => string[]): Typed<Field> =>
  Object.fromEntries(fields.map((field) => [field, of(field)])) as Record<Field, string[]>;

export const typedIn = <Field extends string>(fields: readonly Field[], form: Form): Typed<Field> => typed(fields, (field) => form.list(field));

export const codesIn = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => text.split(',')).map((each) => each.trim()).filter((each) => each !== '');

/** For the template: each field as it was typed, with what is wrong with it. */
export const shownFields = <Field extends string>(given: Typed<Field>, problems: readonly FieldProblem[]) =>
  Object.fromEntries(
    Object.entries<string[]>(given).map(([id, texts]) => [id, { id, value: texts[0] ?? '', ticked: texts.length > 0, error: messageFor(problems, id) }]),
  );

/** `150` is `1.50`, by the decimals of the currency. */
export function majorUnits(amount: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(amount).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `1.5`, `1,50`, `2`; what is no amount of the currency stays a text. Empty is none. */
export function minorUnits(text: string, currency: string): number | string {
  const exponent = exponentOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d+))?$/.exec(text === '' ? '0' : text) ?? [];
  if (whole === undefined || fraction.length > exponent) return text;
  return Number(whole + fraction.padEnd(exponent, '0'));
}

/** Of a text that is no amount of the currency. */
export const noAmount = (text: string, currency: string): string => `${shownValue(text)} was given; expected an amount, as ${majorUnits(1250, currency)}`;

/** What is wrong with an amount as `text` has it: the body, and what is said of that, speaks of minor units. */
export function amountProblem({ code, limit, message }: Pick<InputProblem, 'code' | 'limit' | 'message'>, text: string, currency: string): string {
  if (typeof minorUnits(text, currency) === 'string') return noAmount(text, currency);
  if (limit === undefined) return message;
  const units = majorUnits(limit, currency);
  return `${shownValue(text)} was given; expected ${code === 'too_small' ? `${units} or more` : `at most ${units}`}`;
}
