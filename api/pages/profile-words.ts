/** Words that the forms of profiles have in common. */
import type { ApiContext } from '../context.js';
import type { Viewer } from '../viewer.js';

/** By which way a letter goes. */
export const formatWords = { EMAIL: 'E-mail', SMS: 'Text message', EMAIL_AND_SMS: 'E-mail and text message' };

/** The libraries of the institution, by code. */
export async function libraryWords({ models }: ApiContext, viewer: Viewer): Promise<Record<string, string>> {
  const libraries = await models.Library.find({ institutionId: viewer.institution.code }, { code: 1, name: 1 }).sort({ code: 1 }).lean();
  return Object.fromEntries(libraries.map(({ code, name }) => [code, name]));
}
