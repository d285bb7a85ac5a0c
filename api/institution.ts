/** What staff say of their institution, as far as letters go by it (spec/data-model.md, 1, institution). */
import { z } from 'zod';
import { languagesBehind } from '../domain/letters.js';
import type { Institution } from '../models/institution.js';
import { languages } from '../templates/labels.js';
import { saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { name } from './profiles.js';
import { demand, type Viewer } from './viewer.js';

const address = z.url({ protocol: /^https?$/, error: 'expected a web address, as https://library.example' }).max(2_000).nullable().default(null);

export const institutionSchema = z.strictObject({
  name: name.describe('As letters and pages call it.'),
  defaultLanguage: z.string().max(35)
    .refine((tag) => languagesBehind(tag).some((language) => languages.includes(language)), { error: ({ input }) => `"${String(input)}" was given; expected a language with letters: ${languages.join(', ')}` })
    .describe('Of letters to patrons who have none of their own, as de or de-AT.'),
  publicAccountUrl: address.describe('Where patrons see their account; null: letters have no link to it.'),
  readingListsUrl: address.describe('Where reading lists are; Email Leganto Notifications to Users needs it.'),
});
export type InstitutionFields = z.output<typeof institutionSchema>;

/** As they are stored. Refusal: forbidden. */
export function institutionFields(viewer: Viewer): InstitutionFields {
  demand(viewer, 'SETTINGS');
  const { name: called, defaultLanguage, settings } = viewer.institution;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { name: called, defaultLanguage, publicAccountUrl: text(settings.publicAccountUrl), readingListsUrl: text(settings.readingListsUrl) };
}

/** As they are after it. Refusals: forbidden, validation-failed with a pointer per field, precondition-failed. */
export async function changeInstitution(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<Institution> {
  demand(viewer, 'SETTINGS');
  const { institution } = viewer;
  const { name: called, defaultLanguage, publicAccountUrl, readingListsUrl } = valid('institution', checked(institutionSchema, input));
  const set = { name: called, defaultLanguage, settings: { ...institution.settings, publicAccountUrl, readingListsUrl } };
  const version = await saveChange(context, context.models.Institution, institution, set, { action: 'CHANGE', label: institution.code, author });
  return { ...institution, ...set, version };
}
