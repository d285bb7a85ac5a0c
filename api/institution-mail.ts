/** Whether and how fast the letters of an institution go out (platform.md 13, Delivery). */
import { z } from 'zod';
import type { Institution } from '../models/institution.js';
import { saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { demand, type Viewer } from './viewer.js';

export const mailSchema = z.strictObject({
  paused: z.boolean().describe('Letters are queued and stay so until it is false again; what is being sent this minute still goes.'),
  maxPerMinute: z.int().min(1).max(100_000).describe('How many may leave within a minute, as the mail relay allows.'),
});
export type InstitutionMail = z.output<typeof mailSchema>;

/** Refusal: forbidden. */
export function institutionMail(viewer: Viewer): InstitutionMail {
  demand(viewer, 'SETTINGS');
  const { mailPaused, mailMaxPerMinute } = viewer.institution;
  return { paused: mailPaused, maxPerMinute: mailMaxPerMinute };
}

/** As it is after it; letters that waited go at once. Refusals: forbidden, validation-failed with a pointer per field, precondition-failed. */
export async function changeInstitutionMail(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<Institution> {
  demand(viewer, 'SETTINGS');
  const { institution } = viewer;
  const { paused, maxPerMinute } = valid('mail', checked(mailSchema, input));
  const set = { mailPaused: paused, mailMaxPerMinute: maxPerMinute };
  const action = paused === institution.mailPaused ? 'CHANGE' : paused ? 'PAUSE_MAIL' : 'RESUME_MAIL';
  const version = await saveChange(context, context.models.Institution, institution, set, { action, label: institution.code, author });
  if (action === 'RESUME_MAIL') {
    // The delivery looks by itself every few minutes.
    await context.wakeMail(institution.code).catch((error: unknown) => context.log.warn({ error, institutionId: institution.code }, 'The delivery could not be told that mail goes again'));
  }
  return { ...institution, ...set, version };
}
