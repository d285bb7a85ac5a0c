/** What the schemas of the REST API have in common: instants, ids, whole numbers and lists in query strings, a page of a list. */
import { z } from 'zod';

/** RFC 3339 UTC, as every instant in an answer. */
export const instant = z.iso.datetime().meta({ examples: ['2026-05-12T02:00:00.000Z'] });
export const maybeInstant = instant.nullable();
/** An instant in a request, with any offset. */
export const givenInstant = z.iso.datetime({ offset: true, error: 'expected an instant such as 2026-05-12T04:00:00Z' }).transform((text) => new Date(text));

export const iso = (at: Date): string => at.toISOString();
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

export const id = z.string().regex(/^[0-9a-f]{24}$/, 'expected an id of 24 hex digits');
export const idPath = z.strictObject({ id });

export const day = z.iso.date().meta({ examples: ['2026-05-12'] });
/** Named values whose shape a job or a letter has. */
export const values = z.record(z.string(), z.unknown());
export const counts = z.record(z.string(), z.number());

export const none = z.strictObject({});

/** A whole number in a query string. */
export const whole = (schema: z.ZodInt | z.ZodDefault<z.ZodInt>) => z.preprocess((given) => (typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given), schema);
/** `?status=FAILED&status=SKIPPED`: repeated parameters mean OR; without one, nothing is filtered. */
export const anyOf = <T extends z.ZodType>(schema: T) => z.preprocess((given) => (given === undefined ? [] : [given].flat()), z.array(schema));
export const flag = z.preprocess((given) => (given === 'true' ? true : given === 'false' ? false : given), z.boolean('expected true or false').optional());

/** Of every list; spread into its query. */
export const paging = {
  limit: whole(z.int().min(1).max(200).default(50)),
  cursor: z.string().min(1).max(500).optional().describe('`next` of the page before, with the same filters.'),
};

export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('The cursor of the next page; null: this is the last one.') });
