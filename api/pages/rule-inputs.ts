/** The inputs of a rule of an ordered table: in words, as fields of a form, and the form as the body that the API would get (fulfillment-loans.md, S9). */
import type { FieldTypes } from '../../domain/rule-parameters.js';
import type { RuleOp, RuleParameter, RuleValue } from '../../domain/rule-tables.js';
import { messageFor, type FieldProblem, type Form } from './form.js';
import { options, type Option } from './query.js';
import { codesIn } from './typed.js';

/** By the fields of the table, in the order in which a form shows them. */
export type FieldWords<Fields extends FieldTypes> = Readonly<Record<keyof Fields & string, string>>;

const opWords: Readonly<Record<RuleOp, string>> = {
  EQUALS: 'is', NOT_EQUALS: 'is not', IN: 'is one of', NOT_IN: 'is none of', LESS_THAN: 'is less than', GREATER_THAN: 'is more than', IS_EMPTY: 'is empty', NOT_EMPTY: 'is not empty',
};

/** `User group is one of FACULTY, STAFF`, `Recalled: yes`. */
export function inputText({ field, op, values }: RuleParameter, words: Readonly<Record<string, string>>): string {
  if (typeof values[0] === 'boolean') return `${words[field] ?? field}: ${values[0] === (op === 'EQUALS' || op === 'IN') ? 'yes' : 'no'}`;
  const said = values.length !== 1 ? opWords[op] : op === 'IN' ? opWords.EQUALS : op === 'NOT_IN' ? opWords.NOT_EQUALS : opWords[op];
  return `${words[field] ?? field} ${said} ${values.join(', ')}`.trim();
}

/** As somebody chooses it: one value or several are one choice, and no value means that it does not matter. */
const choiceWords = {
  TEXT: { IS: 'is', IS_NOT: 'is not', IS_EMPTY: 'is empty', NOT_EMPTY: 'is not empty' },
  NUMBER: { LESS: 'is less than', MORE: 'is more than', IS: 'is', IS_NOT: 'is not', IS_EMPTY: 'is empty', NOT_EMPTY: 'is not empty' },
  BOOLEAN: { IS: 'does not matter', YES: 'yes', NO: 'no' },
} as const;
const choicesThere = ['IS', 'IS_NOT', 'LESS', 'MORE', 'IS_EMPTY', 'NOT_EMPTY', 'YES', 'NO'] as const;
type Choice = (typeof choicesThere)[number];

/** One field of the form; a rule may ask twice about a field, `NOT_EMPTY` and `NOT_IN`. */
export interface InputRow {
  /** `userGroup.0`; of its inputs `userGroup.0.choice`, and `userGroup.0.ticked` or, where codes are typed with commas between them, `.values`. */
  id: string;
  field: string;
  type: FieldTypes[string];
  choice: Choice;
  values: string[];
}

const blankRow = (field: string, type: FieldTypes[string]): InputRow => ({ id: `${field}.0`, field, type, choice: type === 'NUMBER' ? 'LESS' : 'IS', values: [] });

/** Of every field at least one row. */
export function rowsFrom(fields: FieldTypes, parameters: readonly RuleParameter[]): InputRow[] {
  return Object.entries(fields).flatMap(([field, type]): InputRow[] => {
    const own = parameters.filter((parameter) => parameter.field === field);
    const rows = own.map((parameter, at): InputRow => ({ id: `${field}.${at}`, field, type, choice: choiceOf(parameter), values: parameter.values.map(String) }));
    return rows.length > 0 ? rows : [blankRow(field, type)];
  });
}

const choices: Readonly<Record<RuleOp, Choice>> = {
  EQUALS: 'IS', IN: 'IS', NOT_EQUALS: 'IS_NOT', NOT_IN: 'IS_NOT', LESS_THAN: 'LESS', GREATER_THAN: 'MORE', IS_EMPTY: 'IS_EMPTY', NOT_EMPTY: 'NOT_EMPTY',
};
function choiceOf({ op, values: [value] }: RuleParameter): Choice {
  if (typeof value !== 'boolean') return choices[op];
  return value === (op === 'EQUALS' || op === 'IN') ? 'YES' : 'NO';
}

export function rowsIn(fields: FieldTypes, form: Pick<Form, 'list'>): InputRow[] {
  return Object.entries(fields).flatMap(([field, type]) => {
    const rows: InputRow[] = [];
    for (let at = 0; at === 0 || form.list(`${field}.${at}.choice`).length > 0; at += 1) {
      const id = `${field}.${at}`;
      const chosen = choicesThere.find((choice) => choice === form.list(`${id}.choice`)[0]);
      const values = [...form.list(`${id}.ticked`), ...codesIn(form.list(`${id}.values`))];
      rows.push({ ...blankRow(field, type), id, ...(chosen !== undefined && { choice: chosen }), values });
    }
    return rows;
  });
}

/** The rows that say something. Of parameter `n` of the body the row is `asked[n]`; what is no number stays a text, so that the refusal can name it. */
export function parametersIn(rows: readonly InputRow[]): { parameters: { field: string; op: RuleOp; values: RuleValue[] }[]; asked: InputRow[] } {
  const asked = rows.filter(({ choice, values }) => !takesValues(choice) || choice === 'IS_NOT' || values.length > 0);
  return { asked, parameters: asked.map((row) => ({ field: row.field, op: opOf(row), values: valuesOf(row) })) };
}

const takesValues = (choice: Choice): boolean => choice === 'IS' || choice === 'IS_NOT' || choice === 'LESS' || choice === 'MORE';

function valuesOf({ type, choice, values }: InputRow): RuleValue[] {
  if (choice === 'YES' || choice === 'NO') return [choice === 'YES'];
  if (!takesValues(choice)) return [];
  return type === 'NUMBER' ? values.map((text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : text)) : values;
}

function opOf({ choice, values }: InputRow): RuleOp {
  switch (choice) {
    case 'IS':
      return values.length === 1 ? 'EQUALS' : 'IN';
    case 'IS_NOT':
      return values.length === 1 ? 'NOT_EQUALS' : 'NOT_IN';
    case 'LESS':
      return 'LESS_THAN';
    case 'MORE':
      return 'GREATER_THAN';
    case 'YES':
    case 'NO':
      return 'EQUALS';
    default:
      return choice;
  }
}

/** `/parameters/1/values/0` belongs to the row that made parameter 1; other pointers to `null`. */
export function rowAt(pointer: string, asked: readonly InputRow[]): string | null {
  const [, name, at] = pointer.split('/');
  return name === 'parameters' ? (asked[Number(at)]?.id ?? null) : null;
}

/** A row for the template. `offered` null: there is no list to choose from, and codes are typed. A value that is not offered any more is shown all the same. */
export function shownInput({ id, type, choice, values }: InputRow, label: string, offered: Readonly<Record<string, string>> | null, problems: readonly FieldProblem[]) {
  const ticks: Option[] | null = offered === null ? null : options({ ...offered, ...Object.fromEntries(values.filter((value) => !(value in offered)).map((value) => [value, `${value} (not here)`])) }, values);
  return {
    id, label, error: messageFor(problems, id), choices: options(choiceWords[type], [choice]), ticks, typed: values.join(', '),
    hasValues: type !== 'BOOLEAN', ofNumber: type === 'NUMBER',
  };
}
