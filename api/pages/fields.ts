/**
 * Fields of a form of configuration as plain data: how a record is shown in them, how what was typed is read as the body that the API would get,
 * and what the template shows.
 */
import { exponentOf } from '../../domain/money.js';
import { messageFor, type FieldProblem, type Form } from './form.js';
import { options } from './query.js';
import { codesIn, majorUnits, minorUnits } from './typed.js';

export interface Field {
  /** Of the value in the record. */
  id: string;
  label: string;
  /** `ticks`: several of `words`; `codes`: a list of texts with commas between them; `lines`: a long text. */
  kind: 'text' | 'lines' | 'number' | 'amount' | 'tick' | 'choice' | 'ticks' | 'codes';
  words?: Readonly<Record<string, string>>;
  hint?: string;
  /** Left empty it is null. */
  orNone?: true;
  /** Once the record is there it keeps the value. */
  stays?: true;
}

/** What was typed or ticked, by the id of the field. */
export type TypedFields = ReadonlyMap<string, readonly string[]>;

export const typedIn = (fields: readonly Field[], form: Pick<Form, 'list'>): TypedFields => new Map(fields.map(({ id }) => [id, form.list(id)]));

/** A record as its form shows it. */
export const typedFrom = (fields: readonly Field[], record: object, currency: string): TypedFields =>
  new Map(fields.map((field) => [field.id, textsOf(field, Reflect.get(record, field.id), currency)]));

function textsOf({ kind }: Field, value: unknown, currency: string): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'boolean') return kind === 'tick' ? (value ? ['1'] : []) : [String(value)];
  if (typeof value === 'number' && kind === 'amount') return [majorUnits(value, currency)];
  if (!Array.isArray(value)) return [String(value)];
  const texts = value.map(String);
  return kind === 'codes' ? [texts.join(', ')] : texts;
}

/** The body that the form says; numbers and amounts that are none stay texts, so that the refusal can name them. */
export const inputOf = (fields: readonly Field[], typed: TypedFields, currency: string): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.id, valueOf(field, typed.get(field.id) ?? [], currency)]));

function valueOf({ kind, orNone }: Field, texts: readonly string[], currency: string): unknown {
  const text = texts[0]?.trim() ?? '';
  if (kind === 'tick') return texts.length > 0;
  if (kind === 'ticks') return texts;
  if (kind === 'codes') return codesIn(texts);
  if (orNone && text === '') return null;
  if (kind === 'number') return /^\d{1,9}$/.test(text) ? Number(text) : text;
  return kind === 'amount' ? minorUnits(text, currency) : text;
}

/** Rows of fields for the template. `isNew`: what stays once it is there can be typed still. */
export function fieldRows(
  rows: readonly (readonly Field[])[], typed: TypedFields, problems: readonly FieldProblem[], { currency, isNew }: { currency: string; isNew: boolean },
) {
  return rows.map((fields) => fields.map(({ id, label, kind, words = {}, hint = null, stays = false }) => {
    const texts = typed.get(id) ?? [];
    const error = messageFor(problems, id);
    return {
      id, kind: Object.fromEntries(shapes.map((each) => [each, each === kind])), label: kind === 'amount' ? `${label}, ${currency}` : label,
      value: texts[0] ?? '', ticked: texts.length > 0, options: options(words, texts), hint, error, fixed: stays && !isNew,
      describedBy: [...(hint === null ? [] : [`${id}-hint`]), ...(error === null ? [] : [`${id}-error`])].join(' '),
      inputmode: kind === 'number' || (kind === 'amount' && exponentOf(currency) === 0) ? 'numeric' : kind === 'amount' ? 'decimal' : 'text',
    };
  }));
}
/** Those that are no line to type in. */
const shapes: readonly Field['kind'][] = ['lines', 'tick', 'choice', 'ticks'];
