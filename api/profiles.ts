/** What holds for every profile that staff keep for a fulfillment job: its values, its name, the libraries that it names. */
import { z } from 'zod';
import type { ApiContext } from './context.js';
import { unknown } from './input-problems.js';
import type { InputProblem } from './refusal.js';
import type { Viewer } from './viewer.js';

export const name = z.string().trim().min(1).max(200).describe('Unique in the institution.');
export const code = z.string().trim().min(1).max(100);
/** Of a new record that others name: it stands in addresses and files. */
export const lastingCode = z.string().trim().regex(/^[\w.-]{1,100}$/, 'expected letters, digits, ".", "_" and "-", at most 100');
export const codes = z.array(code).max(500);
export const days = z.int().min(0).max(3650);
/** Minor units of the institution's currency. */
export const amount = z.int().max(100_000_000);
export const sendFormat = z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).default('EMAIL');

/** A problem for each of a profile's `libraries` that the institution does not have. */
export async function unknownLibraries({ models }: ApiContext, viewer: Viewer, libraries: readonly string[]): Promise<InputProblem[]> {
  const found = await models.Library.find({ institutionId: viewer.institution.code, code: { $in: libraries } }, { code: 1 }).lean();
  const known = new Set(found.map((library) => library.code));
  return libraries.flatMap((library, at) => (known.has(library) ? [] : [unknown(`/libraries/${at}`, library, 'the code of a library')]));
}
