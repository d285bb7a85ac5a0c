/** Block preferences and demerit settings, and what a late return comes to (spec/data-model.md, 4; fulfillment-loans.md, users-remove-blocks). */
import { z } from 'zod';
import { blockConditions } from '../../domain/fulfillment/borrower.js';
import { blockPreferenceFields, blockPreferenceOf, blockPreferences, changeBlockPreference, type ReadPreference } from '../block-preferences.js';
import { demeritExampleSchema, exampleOfDemerits } from '../demerit-example.js';
import { changeDemeritSettings, demeritSettings, demeritSettingsSchema, type ReadDemeritSettings } from '../demerit-settings.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, instant, iso, none } from './values.js';

const preferenceTag = 'Block preferences';
const codePath = z.strictObject({ condition: z.enum(blockConditions) });
const preference = z.object({ code: z.enum(blockConditions), ...blockPreferenceFields.shape, version: z.int().describe('0: nobody has set it.') }).meta({ id: 'BlockPreference' });
const shown = ({ code, actions, handling, version }: ReadPreference): z.output<typeof preference> => ({ code, actions: [...actions], handling, version });

const preferences = endpoint({
  method: 'get', at: '/block-preferences', tag: preferenceTag, summary: 'What each condition stops',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(preference), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await blockPreferences(context, viewer)).map(shown), next: null } }),
});

const onePreference = endpoint({
  method: 'get', at: '/block-preferences/{condition}', tag: preferenceTag, summary: 'What one condition stops',
  path: codePath, query: none, body: z.undefined(),
  status: 200, answer: preference,
  refusals: [],
  handle: async (context, { viewer, path }) => {
    const read = await blockPreferenceOf(context, viewer, path.condition);
    return { body: shown(read), version: read.version };
  },
});

const setPreference = endpoint({
  method: 'put', at: '/block-preferences/{condition}', tag: preferenceTag, summary: 'Say what a condition stops',
  path: codePath, query: none, body: blockPreferenceFields,
  status: 200, answer: preference, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const before = await blockPreferenceOf(context, viewer, path.condition);
    demandVersion(before, version, before.code);
    const read = await changeBlockPreference(context, viewer, before, body, author());
    return { body: shown(read), version: read.version };
  },
});

const demeritTag = 'Demerit rules';
const storedSettings = z.object({ ...demeritSettingsSchema.shape, version: z.int().describe('Of the fulfillment settings; 0: there are none yet.') }).meta({ id: 'DemeritSettings' });
const settingsReply = ({ demerits, version }: ReadDemeritSettings): Reply<z.output<typeof storedSettings>> => ({
  body: { ...demeritSettingsSchema.parse(demerits), version }, version,
});

const settings = endpoint({
  method: 'get', at: '/demerit-settings', tag: demeritTag, summary: 'How many points suspend a patron, and for how long',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: storedSettings,
  refusals: [],
  handle: async (context, { viewer }) => settingsReply(await demeritSettings(context, viewer)),
});

const setSettings = endpoint({
  method: 'put', at: '/demerit-settings', tag: demeritTag, summary: 'Set them; suspensions that have begun keep their end',
  path: none, query: none, body: demeritSettingsSchema,
  status: 200, answer: storedSettings, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, { viewer, version, body, author }) => {
    const before = await demeritSettings(context, viewer);
    demandVersion(before, version, 'The demerit settings');
    return settingsReply(await changeDemeritSettings(context, viewer, before, body, author()));
  },
});

const example = endpoint({
  method: 'post', at: '/demerit-examples', tag: demeritTag, summary: 'What a late return would come to now; nothing is stored',
  path: none, query: none, body: demeritExampleSchema,
  status: 200,
  answer: z.object({
    rule: z.object({ id, name: z.string() }).nullable().describe('null: none matches, and there are no points.'),
    points: z.int(), total: z.int().describe('With those from before.'), threshold: z.int(),
    suspendedUntil: instant.nullable().describe('Exclusive; null: the patron is not suspended.'),
  }),
  refusals: ['validation-failed'],
  handle: async (context, { viewer, body }) => {
    const { rule, points, total, threshold, suspendedUntil } = await exampleOfDemerits(context, viewer, body);
    return {
      body: {
        rule: rule === null ? null : { id: rule._id, name: rule.name }, points, total, threshold,
        suspendedUntil: suspendedUntil === null ? null : iso(new Date(suspendedUntil)),
      },
    };
  },
});

export const blockAndDemeritEndpoints = [preferences, onePreference, setPreference, settings, setSettings, example];
