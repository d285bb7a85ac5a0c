/** Fulfillment settings (spec/data-model.md, 4, fulfillmentSettings). */
import { z } from 'zod';
import { changeFulfillmentSettings, fulfillmentSettings, fulfillmentSettingsSchema, type ReadSettings } from '../fulfillment-settings.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { none } from './values.js';

const tag = 'Fulfillment settings';
const stored = z.object({ ...fulfillmentSettingsSchema.shape, version: z.int().describe('Of the document that demerit settings are in as well; 0: there is none yet.') }).meta({ id: 'FulfillmentSettings' });
const reply = ({ settings, version }: ReadSettings): Reply<z.output<typeof stored>> => ({ body: { ...settings, version }, version });

const read = endpoint({
  method: 'get', at: '/fulfillment-settings', tag, summary: 'What the desk and the jobs of loans go by in the whole institution',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: [],
  handle: async (context, { viewer }) => reply(await fulfillmentSettings(context, viewer)),
});

const set = endpoint({
  method: 'put', at: '/fulfillment-settings', tag, summary: 'Set them: the desk goes by them at once, a job from its next run on',
  path: none, query: none, body: fulfillmentSettingsSchema,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, { viewer, version, body, author }) => {
    const before = await fulfillmentSettings(context, viewer);
    demandVersion(before, version, 'The fulfillment settings');
    return reply(await changeFulfillmentSettings(context, viewer, before, body, author()));
  },
});

export const fulfillmentSettingsEndpoints = [read, set];
