/**
 * Who calls with an API key: `Authorization: Bearer alm_…` (platform.md 11 and 17).
 *
 * A key is found by its hash, so nothing secret is compared piece by piece. Its requests are counted on its own document, one count for
 * all processes of the API, and the count of a minute begins with the note of its last use (decision 021).
 */
import type { ApiKey } from '../models/api-key.js';
import { hashOf } from './api-keys.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import type { Caller } from './viewer.js';

const USES_A_MINUTE = 600;
const MINUTE = 60_000;
const FORM = /^alm_([a-z0-9-]{2,32})_[\w-]{43}$/;

/** The key that a request sends; null: it sends none. Other schemes are those of a proxy before us. */
export const keyIn = (authorization: string | undefined): string | null => /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1] ?? null;

/** Refusals: unauthenticated, the same for a key that is unknown, expired or revoked; rate-limited. */
export async function callerOfKey(context: ApiContext, key: string): Promise<Caller> {
  const [, institutionId = ''] = FORM.exec(key) ?? [];
  const [found, institution] = await Promise.all([
    countedUse(context, institutionId, hashOf(key)),
    context.models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  if (found === null || institution === null) throw new Refusal('unauthenticated', 'The API key that came with the request is not valid.');
  const roles = found.roles.map((role) => ({ role, status: 'ACTIVE', scope: 'INSTITUTION', expiryDate: null }) as const);
  return { institutionId, actor: { type: 'API_KEY', id: found._id, name: found.name }, roles, institution };
}

async function countedUse({ models, now }: ApiContext, institutionId: string, hash: string): Promise<ApiKey | null> {
  for (;;) {
    const at = now();
    const minute = new Date(at.getTime() - (at.getTime() % MINUTE));
    const valid = { institutionId, hash, revokedAt: null, expiresAt: { $gt: at } };
    // A count that a killed server forgets harms nobody, so nobody waits for its journal.
    const counting = { timestamps: false, writeConcern: { w: 1, j: false } };
    const counted = await models.ApiKey.findOneAndUpdate({ ...valid, lastUsedAt: { $gte: minute }, usesInMinute: { $lt: USES_A_MINUTE } }, { $inc: { usesInMinute: 1 } }, counting).lean();
    if (counted !== null) return counted;

    const key = await models.ApiKey.findOne(valid).lean();
    if (key === null) return null;
    const begun = key.lastUsedAt !== null && key.lastUsedAt >= minute;
    if (begun && key.usesInMinute >= USES_A_MINUTE) {
      const wait = Math.ceil((minute.getTime() + MINUTE - at.getTime()) / 1000);
      throw new Refusal('rate-limited', `The API key was used ${USES_A_MINUTE} times within a minute. Wait ${wait} s.`, [], wait);
    }
    // Of several that come first in a minute one begins it; all of them count themselves then.
    if (!begun) await models.ApiKey.updateOne({ ...valid, lastUsedAt: key.lastUsedAt }, { $set: { lastUsedAt: at, usesInMinute: 0 } }, counting);
  }
}
