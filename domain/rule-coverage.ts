/**
 * Rules of a table that can never decide: no record can match them, or a rule above takes every record that does.
 *
 * Specification: fulfillment-loans.md, S9. Found by trying: values that no parameter names are all alike to a rule, so those that are named and
 * one or two beside them stand for all. A rule that only several rules together cover is not found.
 */
import type { FieldTypes } from './rule-parameters.js';
import { matches, type RuleValue, type TableRule } from './rule-tables.js';

/** All values that a field can have, null among them if it may be empty; a field that is not there can have any. */
export type KnownValues = Readonly<Record<string, readonly (RuleValue | null)[]>>;

export type WhyNever<Rule> = { reason: 'MATCHES_NOTHING'; field: string } | { reason: 'COVERED'; by: Rule };

/** null: some record may come to it. `above`: the rules that are tried before it. */
export function neverDecides<Rule extends TableRule>(rule: Rule, above: readonly Rule[], fields: FieldTypes, known: KnownValues = {}): WhyNever<Rule> | null {
  const everything = [rule, ...above].flatMap(({ parameters }) => parameters);
  /** What the field of a record that matches the rule can be. */
  const possible = (field: string) => {
    const values = known[field] ?? samples(fields[field], everything.filter((parameter) => parameter.field === field).flatMap((parameter) => parameter.values));
    return values.filter((value) => rule.parameters.every((parameter) => parameter.field !== field || matches(parameter, value)));
  };

  const without = rule.parameters.find(({ field }) => possible(field).length === 0);
  if (without !== undefined) return { reason: 'MATCHES_NOTHING', field: without.field };
  const takesAll = ({ parameters }: TableRule) => parameters.every((parameter) => possible(parameter.field).every((value) => matches(parameter, value)));
  const by = above.find((one) => one.enabled && takesAll(one));
  return by === undefined ? null : { reason: 'COVERED', by };
}

function samples(type: FieldTypes[string] | undefined, named: readonly RuleValue[]): (RuleValue | null)[] {
  switch (type) {
    case 'BOOLEAN':
      return [true, false, null];
    case 'NUMBER': {
      const numbers = named.filter((value) => typeof value === 'number').toSorted((one, other) => one - other);
      const between = numbers.flatMap((number, at) => [number, (number + (numbers[at + 1] ?? number + 2)) / 2]);
      return [null, (numbers[0] ?? 1) - 1, ...between];
    }
    default:
      return [null, '', ...named, `${named.join('')}*`];
  }
}
