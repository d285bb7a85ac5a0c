/**
 * Fields of a form of configuration as plain data: how a record is shown in them, how what was typed is read as the body that the API would get,
 * and what the template shows.
 */
import { z } from 'zod';
import { locationKey } from '../../domain/fulfillment/loan-terms.js';
import { exponentOf } from '../../domain/money.js';
import { ruleParametersOf, type FieldTypes } from '../../domain/rule-parameters.js';
import { messageFor, type Beside, type FieldProblem, type Form } from './form.js';
import { options } from './query.js';
import { parametersIn, rowAt, rowsFrom, rowsIn, shownInput, type InputRow } from './rule-inputs.js';
import { amountProblem, codesIn, majorUnits, minorUnits } from './typed.js';

export interface Field {
  /** The place of its value in the record: `output.points`. */
  id: string;
  label: string;
  /**
   * `either`: true or false, chosen from `words`; `ticks`: several of `words`; `codes`: a list of texts with commas between them; `places`: such a
   * list of locations, MAIN/STACKS; `lines`: a long text; a `number` with `words` is chosen; `inputs`: what a rule asks, of `rule`.
   */
  kind: 'text' | 'lines' | 'day' | 'number' | 'amount' | 'tick' | 'choice' | 'either' | 'ticks' | 'codes' | 'places' | 'inputs';
  words?: Readonly<Record<string, string>>;
  hint?: string;
  /** Of ticks: values beside the words can be typed, under this label. */
  others?: string;
  /** Left empty it is null. */
  orNone?: true;
  /** Once the record is there it keeps the value. */
  stays?: true;
  rule?: RuleInputs;
}

export interface RuleInputs {
  fields: FieldTypes;
  words: Readonly<Record<string, string>>;
  /** Values to choose from, by field; of a field that is not there codes are typed. */
  offered: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const noInputs: RuleInputs = { fields: {}, words: {}, offered: {} };

/** What was typed or ticked, by the names of the inputs. */
export type Typed = Pick<Form, 'list'>;

/** A record as its form shows it. */
export function typedFrom(fields: readonly Field[], record: object, currency: string): Typed {
  const texts = new Map(fields.flatMap((field) => textsOf(field, valueAt(record, field.id), currency)));
  return { list: (name) => texts.get(name) ?? [] };
}

const valueAt = (record: object, id: string): unknown =>
  id.split('.').reduce<unknown>((of, key) => (typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined), record);

function textsOf({ id, kind, rule = noInputs }: Field, value: unknown, currency: string): [name: string, texts: string[]][] {
  if (kind === 'inputs') {
    // What cannot be read is an error: shown as a rule that asks nothing it would be saved as one.
    const rows = rowsFrom(rule.fields, ruleParametersOf(rule.fields).default([]).parse(value));
    return rows.flatMap((row): [string, string[]][] => [[`${row.id}.choice`, [row.choice]], [`${row.id}.ticked`, row.values]]);
  }
  if (value === null || value === undefined) return [];
  if (kind === 'tick') return value === true ? [[id, ['1']]] : [];
  if (kind === 'amount' && typeof value === 'number') return [[id, [majorUnits(value, currency)]]];
  if (!Array.isArray(value)) return [[id, [String(value)]]];
  const texts = kind === 'places' ? placeTexts(value) : value.map(String);
  return [[id, kind === 'ticks' ? texts : [texts.join(', ')]]];
}

const storedPlaces = z.array(z.object({ libraryCode: z.string(), code: z.string() }));
const placeTexts = (places: readonly unknown[]): string[] => storedPlaces.parse(places).map(({ libraryCode, code }) => locationKey(libraryCode, code));

function placeOf(given: string): { libraryCode: string; code: string } {
  const [libraryCode = '', code = ''] = given.split('/', 2);
  return { libraryCode, code };
}

/** The body that the form says; numbers and amounts that are none stay texts, so that the refusal can name them. */
export function inputOf(fields: readonly Field[], typed: Typed, currency: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const [outer = '', inner] = field.id.split('.', 2);
    const value = valueOf(field, typed, currency);
    const before = input[outer];
    input[outer] = inner === undefined ? value : { ...(typeof before === 'object' && before), [inner]: value };
  }
  return input;
}

function valueOf({ id, kind, orNone, others, rule = noInputs }: Field, typed: Typed, currency: string): unknown {
  const texts = typed.list(id);
  const text = texts[0]?.trim() ?? '';
  if (kind === 'inputs') return parametersIn(rowsIn(rule.fields, typed)).parameters;
  if (kind === 'tick') return texts.length > 0;
  if (kind === 'ticks') return others === undefined ? texts : codesIn(texts);
  if (kind === 'places') return codesIn(texts).map(placeOf);
  if (kind === 'codes') return codesIn(texts);
  if (kind === 'either') return text === 'true';
  if (orNone && text === '') return null;
  if (kind === 'number') return /^-?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : text;
  return kind === 'amount' ? minorUnits(text, currency) : text;
}

/** Beside the field that it belongs to, of a rule's inputs the row. */
export const besideField = (fields: readonly Field[], typed: Typed, currency: string): Beside => (problem) => {
  const { pointer = '', message } = problem;
  const rule = fields.find(({ kind }) => kind === 'inputs')?.rule;
  const row = rule === undefined ? null : rowAt(pointer, parametersIn(rowsIn(rule.fields, typed)).asked);
  if (row !== null) return { field: row, message };
  const place = pointer.slice(1).replaceAll('/', '.');
  const field = fields.find(({ id }) => place === id || place.startsWith(`${id}.`));
  if (field?.kind === 'amount') return { field: field.id, message: amountProblem(problem, typed.list(field.id)[0]?.trim() ?? '', currency) };
  return { field: field?.id ?? place, message };
};

/** Rows of fields for the template. `isNew`: what stays once it is there can be typed still. */
export function fieldRows(
  rows: readonly (readonly Field[])[], typed: Typed, problems: readonly FieldProblem[], { currency, isNew }: { currency: string; isNew: boolean },
) {
  return rows.map((fields) => fields.map(({ id, label, kind, words = {}, hint = null, stays = false, others = null, rule = noInputs }) => {
    const texts = typed.list(id);
    const error = messageFor(problems, id);
    const hasWords = Object.keys(words).length > 0;
    const ofRow = (row: InputRow) => shownInput(row, rule.words[row.field] ?? row.field, rule.offered[row.field] ?? null, problems);
    return {
      id, label: kind === 'amount' ? `${label}, ${currency}` : label,
      kind: Object.fromEntries(shapes.map(([shape, ...same]) => [shape, same.includes(kind === 'number' && hasWords ? 'choice' : kind)])),
      value: texts[0] ?? '', ticked: texts.length > 0, options: options(words, others === null ? texts : codesIn(texts)),
      inputs: kind === 'inputs' ? rowsIn(rule.fields, typed).map(ofRow) : [],
      others: others === null ? null : { id: `${id}-others`, label: others, value: codesIn(texts).filter((text) => !(text in words)).join(', ') },
      hint, error, fixed: stays && !isNew,
      describedBy: [...(hint === null ? [] : [`${id}-hint`]), ...(error === null ? [] : [`${id}-error`])].join(' '),
      inputmode: kind === 'number' || (kind === 'amount' && exponentOf(currency) === 0) ? 'numeric' : kind === 'amount' ? 'decimal' : 'text',
    };
  }));
}
/** Those that are no line to type in, by how they look. */
const shapes: readonly (readonly string[])[] = [['lines', 'lines'], ['day', 'day'], ['tick', 'tick'], ['choice', 'choice', 'either'], ['ticks', 'ticks'], ['inputs', 'inputs']];
