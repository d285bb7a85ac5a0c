/** What the inputs of a rule name has to be there, or it would never match. */
import { locationKey } from '../domain/fulfillment/loan-terms.js';
import type { RuleParameter } from '../domain/rule-tables.js';
import { processTypes } from '../models/catalogue-records.js';
import type { ApiContext } from './context.js';
import { unknown } from './input-problems.js';
import type { InputProblem } from './refusal.js';

/** User groups, libraries, locations and process types; of item policies, material types and job categories there is no list to hold them against. */
export async function unknownRuleValues(context: ApiContext, institutionId: string, parameters: readonly RuleParameter[]): Promise<InputProblem[]> {
  const { Library, Location } = context.models;
  const named = parameters.flatMap(({ field, values }, at) => values.map((value, index) => ({ field, value: String(value), pointer: `/parameters/${at}/values/${index}` })));
  const problemsOf = (wanted: string, expected: string, known: readonly string[]) =>
    named.filter(({ field, value }) => field === wanted && !known.includes(value)).map(({ pointer, value }) => unknown(pointer, value, expected));
  const isNamed = (wanted: string) => named.some(({ field }) => field === wanted);
  const libraries = isNamed('library') ? await Library.distinct('code', { institutionId }) : [];
  const locations = isNamed('location') ? await Location.find({ institutionId }, { libraryCode: 1, code: 1 }).lean() : [];
  const groups = isNamed('userGroup') ? await userGroupsOf(context, institutionId) : [];
  return [
    ...problemsOf('userGroup', 'a user group of this institution', groups),
    ...problemsOf('library', 'the code of a library', libraries),
    ...problemsOf('location', 'a location, LIBRARY/LOCATION', locations.map((location) => locationKey(location.libraryCode, location.code))),
    ...problemsOf('processType', `one of ${processTypes.join(', ')}`, processTypes),
  ];
}

/** Those that users are in, or that limits are set for, by code. */
export async function userGroupsOf({ models }: ApiContext, institutionId: string): Promise<string[]> {
  const [ofUsers, ofLimits] = await Promise.all([models.User.distinct('userGroup', { institutionId }), models.PatronLimit.distinct('userGroup', { institutionId })]);
  return [...new Set([...ofUsers, ...ofLimits])].filter((group) => group !== null).toSorted();
}
