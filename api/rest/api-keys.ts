/** API keys (platform.md 11 and 17). */
import { z } from 'zod';
import type { ApiKey } from '../../models/api-key.js';
import { apiKeyFields, apiKeyOf, createApiKey, listApiKeys, revokeApiKey, stateOf } from '../api-keys.js';
import { endpoint } from './endpoint.js';
import { demandVersion } from './serve.js';
import { givenInstant, id, idPath, instant, iso, isoOrNull, maybeInstant, none } from './values.js';

const tag = 'API keys';
const shape = {
  id,
  name: z.string(),
  prefix: z.string().describe('How the secret of the key begins.'),
  roles: z.array(z.string()),
  state: z.enum(['ACTIVE', 'EXPIRED', 'REVOKED']),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: maybeInstant.describe('To the minute; null: never used.'),
  revokedAt: maybeInstant,
  version: z.int(),
};
const stored = z.object(shape).meta({ id: 'ApiKey' });
const made = z.object({ ...shape, key: z.string().nullable().describe('What to send as Authorization: Bearer. It is told this once; null when the request is repeated.') }).meta({ id: 'NewApiKey' });

function shown(key: ApiKey, now: Date): z.output<typeof stored> {
  const { _id, name, prefix, roles, createdAt, expiresAt, lastUsedAt, revokedAt, version } = key;
  return {
    id: _id, name, prefix, roles, state: stateOf(key, now), createdAt: iso(createdAt), expiresAt: iso(expiresAt), lastUsedAt: isoOrNull(lastUsedAt), revokedAt: isoOrNull(revokedAt), version,
  };
}

const list = endpoint({
  method: 'get', at: '/api-keys', tag, summary: 'The API keys, by name, the revoked and expired ones too',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(stored), next: z.null() }),
  refusals: ['forbidden'],
  handle: async (context, { viewer }) => ({ body: { items: (await listApiKeys(context, viewer)).map((key) => shown(key, context.now())), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/api-keys/{id}', tag, summary: 'One API key, without its secret',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => {
    const key = await apiKeyOf(context, viewer, path.id);
    return { body: shown(key, context.now()), version: key.version };
  },
});

const create = endpoint({
  method: 'post', at: '/api-keys', tag, summary: 'Make an API key; only a signed-in person may',
  path: none, query: none, body: apiKeyFields.extend({ expiresAt: givenInstant.describe('At the latest at the end of the day a year from today.') }),
  status: 201, answer: made,
  refusals: ['forbidden', 'validation-failed'],
  kept: (answer) => ({ ...answer, key: null }),
  handle: async (context, { viewer, body, author }) => {
    const { stored: created, key } = await createApiKey(context, viewer, body, author());
    return { body: { ...shown(created, context.now()), key }, version: created.version, location: `/api-keys/${created._id}` };
  },
});

const revoke = endpoint({
  method: 'delete', at: '/api-keys/{id}', tag, summary: 'Revoke an API key from the next request on; it stays listed',
  path: idPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, version, author }) => {
    const before = await apiKeyOf(context, viewer, path.id);
    demandVersion(before, version, before.name);
    await revokeApiKey(context, viewer, before, author());
    return { body: undefined };
  },
});

export const apiKeyEndpoints = [list, one, create, revoke];
