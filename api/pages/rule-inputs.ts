/** The inputs of a rule of an ordered table: in words, as fields of a form, and the form as the body that the API would get (fulfillment-loans.md, S9). */
import type { FieldTypes } from '../../domain/rule-parameters.js';
import type { RuleOp, RuleParameter, RuleValue } from '../../domain/rule-tables.js';
import type { Form } from './form.js';
import { codesIn } from './typed.js';

/** By the fields of the table, in the order in which a form shows them. */
export type FieldWords<Fields extends FieldTypes> = Readonly<Record<keyof Fields & string, string>>;

const opWords: Readonly<Record<RuleOp, string>> = {
  EQUALS: 'is', NOT_EQUALS: 'is not', IN: 'is one of', NOT_IN: 'is none of', LESS_THAN: 'is less than', GREATER_THAN: 'is more than', IS_EMPTY: 'is empty', NOT_EMPTY: 'is not empty',
};

/** `User group is one of FACULTY, STAFF`. */
export function inputText({ field, op, values }: RuleParameter, words: Readonly<Record<string, string>>): string {
  const said = values.length !== 1 ? opWords[op] : op === 'IN' ? opWords.EQUALS : op === 'NOT_IN' ? opWords.NOT_EQUALS : opWords[op];
  return `${words[field] ?? field} ${said} ${values.join(', ')}`.trim();
}

/** As somebody chooses it: one value or several are one choice, and no value means that it does not matter. */
export const choiceWords = { IS: 'is', IS_NOT: 'is not', IS_EMPTY: 'is empty', NOT_EMPTY: 'is not empty' };
type Choice = keyof typeof choiceWords;

/** One field of the form; a rule may ask twice about a field, `NOT_EMPTY` and `NOT_IN`. */
export interface InputRow {
  /** `userGroup.0`; of its inputs `userGroup.0.choice`, `userGroup.0.values`. */
  id: string;
  field: string;
  choice: Choice;
  values: string[];
}

/** Of every field at least one row. */
export function rowsFrom(fields: readonly string[], parameters: readonly RuleParameter[]): InputRow[] {
  return fields.flatMap((field): InputRow[] => {
    const own = parameters.filter((parameter) => parameter.field === field);
    const rows = own.map(({ op, values }, at): InputRow => ({ id: `${field}.${at}`, field, choice: choiceOf[op], values: values.map(String) }));
    return rows.length > 0 ? rows : [{ id: `${field}.0`, field, choice: 'IS', values: [] }];
  });
}
/** Orders, of numbers alone, have no choice here yet. */
const choiceOf: Readonly<Record<RuleOp, Choice>> = {
  EQUALS: 'IS', IN: 'IS', NOT_EQUALS: 'IS_NOT', NOT_IN: 'IS_NOT', LESS_THAN: 'IS', GREATER_THAN: 'IS', IS_EMPTY: 'IS_EMPTY', NOT_EMPTY: 'NOT_EMPTY',
};

export function rowsIn(fields: readonly string[], form: Form): InputRow[] {
  return fields.flatMap((field) => {
    const rows: InputRow[] = [];
    for (let at = 0; at === 0 || form.text(`${field}.${at}.choice`) !== ''; at += 1) {
      const id = `${field}.${at}`;
      const choice = form.text(`${id}.choice`);
      rows.push({ id, field, choice: isChoice(choice) ? choice : 'IS', values: codesIn(form.list(`${id}.values`)) });
    }
    return rows;
  });
}
const isChoice = (text: string): text is Choice => Object.hasOwn(choiceWords, text);

/** The rows that say something. Of parameter `n` of the body the row is `asked[n]`. */
export function parametersIn(rows: readonly InputRow[]): { parameters: { field: string; op: RuleOp; values: RuleValue[] }[]; asked: InputRow[] } {
  const asked = rows.filter(({ choice, values }) => choice !== 'IS' || values.length > 0);
  return { asked, parameters: asked.map(({ field, choice, values }) => ({ field, op: opOf(choice, values.length), values: choice === 'IS' || choice === 'IS_NOT' ? values : [] })) };
}

function opOf(choice: Choice, count: number): RuleOp {
  switch (choice) {
    case 'IS':
      return count === 1 ? 'EQUALS' : 'IN';
    case 'IS_NOT':
      return count === 1 ? 'NOT_EQUALS' : 'NOT_IN';
    default:
      return choice;
  }
}
