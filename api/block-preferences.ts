/**
 * Block preferences as staff keep them: what a limit that is passed, or a request of another, stops (spec/data-model.md, 4, blockPreference). There
 * is one for each condition, stored or not; of one that nobody has set the version is 0.
 */
import { z } from 'zod';
import { blockConditions, everythingBlocks, type BlockPreference } from '../domain/fulfillment/borrower.js';
import { createRecorded, isDuplicateKey, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

export type BlockCondition = (typeof blockConditions)[number];

export interface ReadPreference extends BlockPreference {
  code: BlockCondition;
  version: number;
}

export const blockPreferenceFields = z.strictObject({
  actions: z.array(z.enum(['LOAN', 'RENEW'])).describe('What it stops; empty: nothing.'),
  handling: z.enum(['BLOCK', 'HANDLE_AUTOMATICALLY']).default('BLOCK').describe('HANDLE_AUTOMATICALLY, of requests: one for any copy of the title is left to the other copies.'),
});

/** One for each condition. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function blockPreferences({ models }: ApiContext, viewer: Viewer): Promise<ReadPreference[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'block preferences');
  const stored = await models.BlockPreference.find({ institutionId: viewer.institution.code }).lean();
  return blockConditions.map((code) => {
    const { actions, handling, version } = stored.find((each) => each.code === code) ?? { ...everythingBlocks, version: 0 };
    return { code, actions, handling, version };
  });
}

export async function blockPreferenceOf(context: ApiContext, viewer: Viewer, code: string): Promise<ReadPreference> {
  const found = (await blockPreferences(context, viewer)).find((preference) => preference.code === code);
  if (found === undefined) throw new Refusal('not-found', `There is no condition ${code}.`);
  return found;
}

/** Replaces `before`, as it was read. The desk goes by it at once, renewals with their next run. Refusals: forbidden, validation-failed, precondition-failed. */
export async function changeBlockPreference(context: ApiContext, viewer: Viewer, before: ReadPreference, input: unknown, author: Author): Promise<ReadPreference> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'block preferences');
  const set = valid('block preference', checked(blockPreferenceFields, input));
  const { code } = before;
  if (set.handling === 'HANDLE_AUTOMATICALLY' && code !== 'ITEM_REQUESTED') {
    const message = 'HANDLE_AUTOMATICALLY was given; expected BLOCK: there is nothing to handle in a limit. Leave out the actions that it shall not stop';
    valid('block preference', { value: null, problems: [{ pointer: '/handling', code: 'invalid', message }] });
  }
  const { models } = context;
  const institutionId = viewer.institution.code;
  const overtaken = () => new Refusal('precondition-failed', `${code} was changed by somebody else since version ${before.version} was read.`);
  const stored = await models.BlockPreference.findOne({ institutionId, code }).lean();
  if (stored !== null) {
    if (stored.version !== before.version) throw overtaken();
    await saveChange(context, models.BlockPreference, stored, set, { action: 'CHANGE', label: code, author });
  } else {
    try {
      await createRecorded(context, models.BlockPreference, institutionId, { code, ...set }, { label: code, author });
    } catch (error) {
      throw isDuplicateKey(error) ? overtaken() : error;
    }
  }
  return blockPreferenceOf(context, viewer, code);
}
