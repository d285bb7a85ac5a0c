/**
 * When points suspend a patron, and for how long: the demerit settings of the institution, as staff keep them (fulfillment-loans.md,
 * users-remove-blocks, Configuration). They are a part of its fulfillment settings, whose version is theirs; 0: there are none, and the defaults hold.
 */
import { z } from 'zod';
import { ordinaryDemerits, type DemeritSettings } from '../domain/fulfillment/demerits.js';
import type { FulfillmentSettings } from '../models/fulfillment.js';
import type { Author } from './changes.js';
import type { ApiContext } from './context.js';
import { saveSettings } from './fulfillment-settings.js';
import { checked, valid } from './job-settings.js';
import { code } from './profiles.js';
import { demandIn, type Viewer } from './viewer.js';

const limits = {
  threshold: z.int().min(0).max(1_000_000).describe('More points than these suspend; exactly these do not.'),
  historyDays: z.int().min(1).max(3_650).describe('How far back points count.'),
  suspensionDays: z.int().min(1).max(3_650).describe('Whole days after the one on which the suspension begins.'),
};
export const demeritSettingsSchema = z
  .strictObject({ ...limits, byUserGroup: z.array(z.strictObject({ userGroup: code, ...limits })).max(200).default([]).describe('Groups that have their own.') })
  .superRefine(({ byUserGroup }, context) => {
    for (const [at, { userGroup }] of byUserGroup.entries()) {
      if (byUserGroup.findIndex((other) => other.userGroup === userGroup) === at) continue;
      context.addIssue({ code: 'custom', path: ['byUserGroup', at, 'userGroup'], message: `"${userGroup}" was given a second time; expected each user group once` });
    }
  });

export interface ReadDemeritSettings {
  demerits: DemeritSettings;
  version: number;
  /** null: the institution has no fulfillment settings yet. */
  stored: FulfillmentSettings | null;
}

/** Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function demeritSettings({ models }: ApiContext, viewer: Viewer): Promise<ReadDemeritSettings> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'demerit settings');
  const stored = await models.FulfillmentSettings.findOne({ institutionId: viewer.institution.code }).lean();
  return { demerits: stored?.demerits ?? ordinaryDemerits, version: stored?.version ?? 0, stored };
}

/**
 * Replaces the settings as they were read. Returns from now on count by them, and suspensions that end; one that has begun keeps its end.
 * Refusals: forbidden, validation-failed with a pointer per field, precondition-failed.
 */
export async function changeDemeritSettings(context: ApiContext, viewer: Viewer, { stored }: ReadDemeritSettings, input: unknown, author: Author): Promise<ReadDemeritSettings> {
  await saveSettings(context, viewer, stored, 'Demerit settings', () => ({ demerits: valid('demerit settings', checked(demeritSettingsSchema, input)) }), author);
  return demeritSettings(context, viewer);
}
