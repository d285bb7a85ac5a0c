/**
 * Anonymization rules that could not do what they say.
 *
 * Specification: fulfillment-loans.md, fulfillment-historical-archiving, Configuration and rule 8. There is no way back, and days only go on:
 * what is anonymised young is not there to be kept when it is older. So a count of days since the end can keep what is younger, or anonymise what
 * is older, and nothing else.
 */
import type { RuleParameter } from '../rule-tables.js';

/** What is wrong with parameter `at`: its value or its op, and what was expected. */
export interface Senseless {
  at: number;
  place: 'op' | 'values';
  expectation: string;
}

export function senselessInAnonymization({ parameters, output }: { parameters: readonly RuleParameter[]; output: boolean }): Senseless[] {
  return parameters.flatMap(({ field, op, values }, at): Senseless[] => {
    if (field === 'loanRankOnItem' && values.some((value) => typeof value === 'number' && (value < 1 || !Number.isInteger(value)))) {
      return [{ at, place: 'values', expectation: '1 for the latest loan of the item, 2 for the one before, and so on' }];
    }
    if (field !== 'daysSinceEnd') return [];
    if (output && op !== 'GREATER_THAN') return [{ at, place: 'op', expectation: 'GREATER_THAN: what is anonymised young is gone, and cannot be kept when it is older' }];
    if (!output && op !== 'LESS_THAN') return [{ at, place: 'op', expectation: 'LESS_THAN: what is kept only when it is older has been anonymised before' }];
    const [days] = values;
    const [least, most] = output ? [0, 36_500] : [1, 36_500];
    if (typeof days === 'number' && Number.isInteger(days) && days >= least && days <= most) return [];
    return [{ at, place: 'values', expectation: `a whole number of days, ${least} to ${most}` }];
  });
}
