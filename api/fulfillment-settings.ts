/**
 * What the desk and the jobs of loans go by in the whole institution, as staff keep it (spec/data-model.md, 4, fulfillmentSettings). Demerit settings
 * are a part of the same document, whose version is theirs as well; 0: there is none, and the defaults hold.
 */
import { z } from 'zod';
import { ruledFeeTypes } from '../models/fee.js';
import type { FulfillmentSettings } from '../models/fulfillment.js';
import { languages } from '../templates/labels.js';
import { createRecorded, isDuplicateKey, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export const fulfillmentSettingsSchema = z
  .strictObject({
    overdueAtLostLoan: z.boolean().default(false).describe('The overdue fine is posted when a loan becomes lost; else when it is returned.'),
    overdueFineOnLostReturn: z.enum(['NONE', 'TO_LOST_DATE', 'TO_RETURN_DATE']).default('TO_RETURN_DATE').describe('The fine of a lost item that is returned, where none was posted before.'),
    closePaidLostLoans: z.boolean().default(true).describe('A lost loan ends when both its fees are paid.'),
    separatePatronNotificationsByLibrary: z.boolean().default(false).describe('A letter for each library; else one for all.'),
    maxLoansPerLetter: z.int().min(1).max(1_000).default(200).describe('More make further letters.'),
    staffFeeTypes: z.array(z.string().trim().regex(/^[A-Z][A-Z0-9_]{0,49}$/, 'expected capital letters, digits and "_", as COPY_CARD')).max(100).default([])
      .describe('Types of fees of your own, which staff charge by hand beside OTHER.'),
    staffFeeTypeNames: z.record(z.string(), z.record(z.string(), z.string().trim().min(1).max(100))).default({})
      .describe(`What letters and pages call them, by type and language (${languages.join(', ')}); a type without a name is told by its code.`),
  })
  .superRefine(({ staffFeeTypes, staffFeeTypeNames }, context) => {
    for (const [type, names] of Object.entries(staffFeeTypeNames)) {
      const refuse = (key: string, path: string[], expected: string) => context.addIssue({ code: 'custom', path: ['staffFeeTypeNames', ...path], message: `"${key}" was given; expected ${expected}` });
      if (!staffFeeTypes.includes(type)) refuse(type, [type], 'one of staffFeeTypes');
      for (const language of Object.keys(names)) if (!languages.includes(language)) refuse(language, [type, language], `a language with letters: ${languages.join(', ')}`);
    }
    for (const [at, type] of staffFeeTypes.entries()) {
      const refuse = (expected: string) => context.addIssue({ code: 'custom', path: ['staffFeeTypes', at], message: `"${type}" was given; expected ${expected}` });
      if (type === 'OTHER' || ruledFeeTypes.some((ruled) => ruled === type)) refuse('a type of your own: this one is there');
      else if (staffFeeTypes.indexOf(type) < at) refuse('each type once');
    }
  });
export type GeneralSettings = z.output<typeof fulfillmentSettingsSchema>;

export interface ReadSettings {
  settings: GeneralSettings;
  version: number;
  /** null: the institution has none yet. */
  stored: FulfillmentSettings | null;
}

/** Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function fulfillmentSettings({ models }: ApiContext, viewer: Viewer): Promise<ReadSettings> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'fulfillment settings');
  const stored = await models.FulfillmentSettings.findOne({ institutionId: viewer.institution.code }).lean();
  const given = Object.fromEntries(Object.keys(fulfillmentSettingsSchema.shape).map((name) => [name, stored === null ? undefined : Reflect.get(stored, name)]));
  return { settings: fulfillmentSettingsSchema.parse(given), version: stored?.version ?? 0, stored };
}

/** Replaces the settings as they were read. Refusals: forbidden, validation-failed with a pointer per field, precondition-failed. */
export async function changeFulfillmentSettings(context: ApiContext, viewer: Viewer, { stored }: ReadSettings, input: unknown, author: Author): Promise<ReadSettings> {
  await saveSettings(context, viewer, stored, 'Fulfillment settings', () => valid('fulfillment settings', checked(fulfillmentSettingsSchema, input)), author);
  return fulfillmentSettings(context, viewer);
}

/** Writes a part of the document, which is made where there is none. Refusals: forbidden, precondition-failed, and those of `part`. */
export async function saveSettings(
  context: ApiContext, viewer: Viewer, stored: FulfillmentSettings | null, label: string, part: () => Partial<FulfillmentSettings>, author: Author,
): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', label.toLowerCase());
  const set = part();
  const { FulfillmentSettings: model } = context.models;
  if (stored !== null) {
    await saveChange(context, model, stored, set, { action: 'CHANGE', label, author });
    return;
  }
  try {
    await createRecorded(context, model, viewer.institution.code, set, { label, author });
  } catch (error) {
    throw isDuplicateKey(error) ? new Refusal('precondition-failed', `${label} were made by somebody else meanwhile. Read them again.`) : error;
  }
}
