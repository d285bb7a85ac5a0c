/** Whether a statement is served by its index: no scan of a collection, no sort in memory, and hardly a key that leads to nothing. */
import { foundBy, type Statement } from './profiler.js';

/** Keys that may be examined for each document found. */
const MOST_KEYS = 1.2;
/** A sort of so few is none to speak of: the one run of a number, the jobs of an institution. */
const FEW = 100;
/** How many values a statement too long to be kept in the profile may name: pages take so many records. */
const UNKNOWN_PLACES = 1_000;

export interface Judged {
  collection: string;
  /** Fields with how each is asked: `institutionId status:in submittedAt:gte`. */
  asked: string;
  /** As the server sums it up, each index once. */
  plan: string;
  keys: number;
  found: number;
  fault: 'collection scan' | 'sort in memory' | 'too many keys' | null;
}

/** Null for a statement that looks for nothing: an insert, a command of the server. */
export function judge(statement: Statement): Judged | null {
  const { ns, planSummary, keysExamined: keys, hasSortStage } = statement;
  const collection = ns.slice(ns.indexOf('.') + 1);
  if (planSummary === '' || planSummary === 'EOF' || collection.startsWith('system.')) return null;
  const filter = filterOf(statement);
  const found = foundBy(statement);
  const plan = [...new Set(planSummary.split(/, (?=[A-Z]+)/))].join(', ');
  const fault = planSummary.includes('COLLSCAN')
    ? 'collection scan'
    : hasSortStage && keys > FEW
      ? 'sort in memory'
      : keys > MOST_KEYS * found + placesOf(filter, plan)
        ? 'too many keys'
        : null;
  return { collection, asked: filter === null ? '(too long to be kept)' : shapeOf(filter), plan, keys, found, fault };
}

type Filter = Record<string, unknown>;
const isFilter = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Null where the profile did not keep it. */
function filterOf({ command, originatingCommand = command }: Statement): Filter | null {
  if ('$truncated' in originatingCommand) return null;
  const { filter, q, query, pipeline } = originatingCommand;
  const match: unknown = Array.isArray(pipeline) ? Reflect.get(Object(pipeline[0]), '$match') : undefined;
  const given = filter ?? q ?? query ?? match;
  return isFilter(given) ? flat(given) : {};
}

/** `$and` of the lists dissolved. */
function flat(filter: Filter): Filter {
  const { $and, ...rest } = filter;
  return Object.assign(rest, ...(Array.isArray($and) ? $and.filter(isFilter).map(flat) : [])) as Filter;
}

const operatorsOf = (value: unknown): string[] =>
  isFilter(value) ? Object.keys(value).filter((key) => key.startsWith('$')) : [];

function shapeOf(filter: Filter): string {
  return Object.entries(filter)
    .map(([field, value]) => [field, ...operatorsOf(value).map((operator) => operator.slice(1))].join(':'))
    .join(' ');
}

/**
 * How many places of the index are looked at, each of which costs a key though nothing may be there: the values that are named for its
 * first fields, up to the first that has a range or only gives the order.
 */
function placesOf(filter: Filter | null, plan: string): number {
  if (filter === null) return UNKNOWN_PLACES;
  let places = 1;
  for (const [, field = ''] of plan.matchAll(/[{,] ([\w.]+): -?1/g)) {
    if (!(field in filter)) break;
    const value = filter[field];
    const values: unknown = isFilter(value) ? value['$in'] : [value];
    if (!Array.isArray(values)) break;
    places *= values.length;
  }
  return places + 1;
}
