/** What is wrong with what came in: each problem has its place, the value and what was expected, whoever wrote the schema (platform.md 17, Errors). */
import type { ZodError } from 'zod';
import type { InputProblem } from './refusal.js';
import { shortened } from './words.js';

/** A pointer for the bodies of requests, a parameter name for everything else. */
export function inputProblems(error: ZodError, input: unknown, place: 'body' | 'parameter'): InputProblem[] {
  return error.issues.flatMap(ofNearestForm).flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => {
      const where = place === 'body' ? { pointer: `/${path.map(escaped).join('/')}` } : { parameter: path.join('.') };
      const value = valueAt(input, path);
      const message = issue.code === 'unrecognized_keys' ? `${shownValue(value)} was given; ${String(path.at(-1))} is not a field here` : saidOf(issue, value);
      return { ...where, code: issue.code, ...limitOf(issue), message };
    });
  });
}

type Issue = ZodError['issues'][number];

/** Of what fits none of several forms the problems of the form that has the fewest; it stays one problem where several have as few. */
function ofNearestForm(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const forms = issue.errors.map((form) => form.flatMap((inner) => ofNearestForm({ ...inner, path: [...issue.path, ...inner.path] })));
  const fewest = Math.min(...forms.map(({ length }) => length));
  const [nearest = [], ...asNear] = forms.filter(({ length }) => length === fewest);
  return asNear.length === 0 ? nearest : [issue];
}

/** A message names the value and what was expected, whoever wrote the schema. */
function saidOf(issue: Issue, value: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'string' && typeof value === 'string') return lengthSaid(issue, value);
  return `${shownValue(value)} was given; ${expectationOf(issue)}`;
}

function expectationOf(issue: Issue): string {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return `expected ${formsInWords(issue.errors)}`;
  if (issue.code === 'invalid_union' && 'options' in issue) return `expected one of ${(issue.options ?? []).map((kind) => JSON.stringify(kind)).join('|')}`;
  const said = issue.message.replace(/^(Invalid (input|option|string|number)|Too (small|big)): /, '').replace(/, received .*$/, '');
  if (issue.code === 'invalid_type' && said !== issue.message) return inWords[issue.expected] === undefined ? said : `expected ${inWords[issue.expected]}`;
  return zodsWords.reduce((text, [zods, ours]) => text.replace(zods, ours), said);
}

/** Of a number; signs and items are counted in words alone. */
function limitOf(issue: Issue): { limit?: number } {
  if (issue.code === 'too_small' && isOfNumber(issue)) return { limit: Number(issue.minimum) };
  return issue.code === 'too_big' && isOfNumber(issue) ? { limit: Number(issue.maximum) } : {};
}
const isOfNumber = ({ origin }: { origin: string }): boolean => origin === 'number' || origin === 'int';

/** What each of the forms expects: `a number or "LAST"`, `day (a text) or amount (a number)`, `no day or no amount`. */
function formsInWords(forms: readonly (readonly Issue[])[]): string {
  const expected = (issue: Issue): string => {
    if (issue.code === 'unrecognized_keys') return `no ${issue.keys.join(', ')}`;
    const what = expectationOf(issue).replace(/^expected /, '');
    return issue.path.length === 0 ? what : `${issue.path.join('.')} (${what})`;
  };
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(new Set(forms.map((form) => form.map(expected).join(' and '))));
}

/** What Zod says of itself; a message that a schema has of its own stays. */
const zodsWords: readonly (readonly [RegExp, string])[] = [
  [/^expected array to have >=1 items$/, 'expected at least one'],
  [/^expected (?:number|int) to be >=(\S+)$/, 'expected $1 or more'],
  [/^expected (?:number|int) to be <=(\S+)$/, 'expected at most $1'],
  [/^Invalid ISO date$/, 'expected a day, as 2026-12-31'],
];

/** Of a text that is too short, which is most often one of nothing but blanks, or too long. */
function lengthSaid(issue: { code: 'too_small'; minimum: number | bigint } | { code: 'too_big'; maximum: number | bigint }, value: string): string {
  if (issue.code === 'too_big') return `${value.length} signs were given; expected at most ${issue.maximum}`;
  if (value.trim() === '') return 'nothing was given; expected a text';
  return `${value.length} signs were given; expected at least ${issue.minimum}`;
}

/** Of the types of JSON those that people fill in. */
const inWords: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'yes or no (true or false)' };

/** A field of a form that was left empty is null, or an empty text. */
export const shownValue = (value: unknown): string => (value === undefined || value === null || value === '' ? 'nothing' : JSON.stringify(typeof value === 'string' ? shortened(value) : value).slice(0, 80));

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  const inside = (value: unknown, key: PropertyKey): unknown => {
    if (typeof value === 'object' && value !== null) return Reflect.get(value, key);
    return key === 0 ? value : undefined; // a parameter that may be repeated and was not
  };
  return path.reduce<unknown>(inside, input);
}

/** RFC 6901. */
const escaped = (key: PropertyKey): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

/** Of a value that names what is not there. */
export const unknown = (pointer: string, value: string, expected: string): InputProblem =>
  ({ pointer, code: 'unknown', message: `"${shortened(value)}" was given; expected ${expected}` });
