/** The pages of an ordered table of rules: what each asks and gives in words, its place, and which rule would decide (fulfillment-loans.md, S9). */
import { neverDecides } from '../../domain/rule-coverage.js';
import type { FieldTypes } from '../../domain/rule-parameters.js';
import type { StoredRule } from '../../models/rule-tables.js';
import type { ApiContext } from '../context.js';
import { placeRule, type RuleTable } from '../rule-tables.js';
import { userGroupsOf } from '../rule-values.js';
import type { Viewer } from '../viewer.js';
import type { Badge } from '../words.js';
import { stateBadge, tablePages, type Cell, type TableExample, type TablePages } from './configuration-table.js';
import type { Field } from './fields.js';
import { inputText } from './rule-inputs.js';

interface RulePages<Rule extends StoredRule<unknown>> extends Pick<TablePages<Rule>, 'path' | 'title' | 'about' | 'empty' | 'saving' | 'deleting' | 'links'> {
  table: RuleTable<Rule>;
  /** The fields that its rules may ask, as people call them. */
  words: Readonly<Record<string, string>>;
  /** What a rule gives: the head of its column, in words, and as fields of the form. */
  gives: { head: string; of: (output: Rule['output']) => Cell; fields: readonly Field[]; fresh: Rule['output'] };
  example: TableExample;
}

export const rulePages = <Rule extends StoredRule<unknown>>({ table, words, gives, ...pages }: RulePages<Rule>) => tablePages<Rule>({
  ...pages,
  table,
  newTitle: `New ${table.one}`,
  keyName: 'rule',
  columns: [
    { head: 'When', of: (rule, _viewer, rules) => whenOf(rule, rules, table.fields, words) },
    { head: gives.head, of: ({ output }) => gives.of(output) },
    { head: 'State', of: ({ enabled }) => stateBadge(enabled) },
  ],
  rows: async (context, viewer) => [
    [{ id: 'name', label: 'Name', kind: 'text' }],
    gives.fields,
    [{
      id: 'parameters', kind: 'inputs', label: 'The rule matches when all of this is so. What is left empty does not matter; codes are typed with commas between them, a location as MAIN/STACKS.',
      rule: { fields: table.fields, words, offered: await offeredTo(context, viewer, table.fields) },
    }],
    [{ id: 'enabled', label: 'Active', kind: 'tick' }],
  ],
  fresh: { enabled: true, output: gives.fresh },
  move: (context, viewer, rule, beforeId, author) => placeRule(context, viewer, table, rule, beforeId, author),
});

type Words = Readonly<Record<string, string>>;

function whenOf<Rule extends StoredRule<unknown>>(rule: Rule, rules: readonly Rule[], fields: FieldTypes, words: Words): Cell {
  const never = rule.enabled ? neverDecides(rule, rules.slice(0, rules.indexOf(rule)), fields) : null;
  const lines = rule.parameters.length === 0 ? ['Always'] : rule.parameters.map((parameter) => inputText(parameter, words));
  if (never === null) return { lines, badge: null };
  const text = never.reason === 'COVERED' ? `Never reached: ${never.by.name} takes all of it` : 'Never reached: what it asks contradicts itself';
  return { lines, badge: { text, tone: 'warning', icon: 'warning' } };
}

async function offeredTo(context: ApiContext, viewer: Viewer, fields: FieldTypes): Promise<Record<string, Record<string, string>>> {
  const institutionId = viewer.institution.code;
  const [groups, libraries] = await Promise.all([
    userGroupsOf(context, institutionId),
    'library' in fields ? context.models.Library.find({ institutionId }, { code: 1, name: 1 }).sort({ code: 1 }).lean() : [],
  ]);
  return { userGroup: Object.fromEntries(groups.map((group) => [group, group])), library: Object.fromEntries(libraries.map(({ code, name }) => [code, name])) };
}

/** Fields of an example: what a record may have of all that the rules ask, chosen where there is a list of it. */
export async function exampleFields(context: ApiContext, viewer: Viewer, fields: FieldTypes, words: Readonly<Record<string, string>>): Promise<Field[]> {
  const offered = await offeredTo(context, viewer, fields);
  return Object.entries(fields).map(([id, type]): Field => {
    const field: Field = { id, label: words[id] ?? id, kind: exampleKinds[type], orNone: true, ...(id === 'location' && { hint: 'As MAIN/STACKS.' }) };
    const choices = offered[id];
    return choices === undefined ? field : { ...field, kind: 'choice', words: { '': '', ...choices } };
  });
}
const exampleKinds = { TEXT: 'text', NUMBER: 'number', BOOLEAN: 'tick' } as const;

/** `badge` says what comes of it; by which rule is said beside. */
export const decidedBy = (rule: { name: string } | null, badge: Badge): { badge: Badge; text: string }[] =>
  [{ badge, text: rule === null ? 'No rule matches.' : `By the rule “${rule.name}”.` }];
