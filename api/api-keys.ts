/**
 * API keys as staff keep them: list, read, make and revoke, for the API and the pages (platform.md 11 and 17). Whoever gives roles keeps them.
 *
 * A key is `alm_<institution>_<secret>`, told once. The store has its SHA-256: 256 random bits need no salt, and are not guessed from it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { addMonths, localDay, startOfDay, type Zone } from '../domain/days.js';
import { roles } from '../domain/permissions.js';
import type { ApiKey } from '../models/api-key.js';
import { createRecorded, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { lastOf } from './format.js';
import { valid } from './job-settings.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

/** A key belongs to one institution, so nobody's is of the platform. */
export const rolesOfKeys = roles.filter((role) => role !== 'PLATFORM_OPERATOR');

export const apiKeyFields = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('What uses it: the actor of all that is done with it.'),
  roles: z.array(z.enum(rolesOfKeys)).min(1, 'expected at least one role').max(rolesOfKeys.length).transform((given) => [...new Set(given)]),
  expiresAt: z.date('expected a day'),
});
export type ApiKeyFields = z.output<typeof apiKeyFields>;

export type KeyState = 'ACTIVE' | 'EXPIRED' | 'REVOKED';
/** From its expiry on it is expired. */
export const stateOf = ({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: Date): KeyState =>
  revokedAt !== null ? 'REVOKED' : expiresAt <= now ? 'EXPIRED' : 'ACTIVE';

/** The latest instant at which a key made now may expire: the end of the day a year from today. */
const latestExpiry = (zone: Zone, now: Date): Date => new Date(startOfDay(zone, addMonths(localDay(zone, now.getTime()), 12) + 1));

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** By name, the revoked and expired ones too. */
export async function listApiKeys({ models }: ApiContext, viewer: Viewer): Promise<ApiKey[]> {
  demand(viewer, 'ROLES');
  return models.ApiKey.find({ institutionId: viewer.institution.code }).sort({ name: 1, _id: 1 }).lean();
}

/** Refusals: forbidden, not-found. */
export async function apiKeyOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<ApiKey> {
  demand(viewer, 'ROLES');
  const stored = await models.ApiKey.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (stored === null) throw new Refusal('not-found', `There is no API key ${id}.`);
  return stored;
}

/** `key` is told nowhere else. Refusals: validation-failed, forbidden: also to a key, which would outlive its own end by the one it makes. */
export async function createApiKey(context: ApiContext, viewer: Viewer, given: ApiKeyFields, author: Author): Promise<{ stored: ApiKey; key: string }> {
  demand(viewer, 'ROLES');
  if (viewer.actor.type === 'API_KEY') throw new Refusal('forbidden', 'A key makes no keys: sign in to make one.');
  const { name, roles: held, expiresAt } = given;
  demandExpiry(context, viewer, expiresAt);
  const institutionId = viewer.institution.code;
  const secret = randomBytes(32).toString('base64url');
  const key = `alm_${institutionId}_${secret}`;
  const content = { name, prefix: secret.slice(0, 8), roles: held, expiresAt };
  const id = await createRecorded(context, context.models.ApiKey, institutionId, content, { label: name, author, secret: { hash: hashOf(key) } });
  return { stored: await apiKeyOf(context, viewer, id), key };
}

function demandExpiry({ now }: ApiContext, { zone }: Viewer, expiresAt: Date): void {
  const [at, latest] = [now(), latestExpiry(zone, now())];
  if (expiresAt > at && expiresAt <= latest) return;
  const message = `${lastOf(zone, expiresAt)} was given; expected today or a later day, at the latest ${lastOf(zone, latest)}`;
  valid('API key', { value: null, problems: [{ pointer: '/expiresAt', code: 'out-of-range', message }] });
}

/** Holds from the next request on; the key stays listed. Refusals: forbidden, not-possible when it is revoked already, precondition-failed. */
export async function revokeApiKey(context: ApiContext, viewer: Viewer, before: ApiKey, author: Author): Promise<void> {
  demand(viewer, 'ROLES');
  if (before.revokedAt !== null) throw new Refusal('not-possible', `${before.name} was revoked already.`);
  await saveChange(context, context.models.ApiKey, before, { revokedAt: context.now() }, { action: 'REVOKE', label: before.name, author });
}
