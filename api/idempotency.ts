/**
 * A request that may arrive twice is done once: the first answer is kept under the caller's key for 24 hours (platform.md 17).
 * Programs send the key as a header, forms carry a one-time value.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isDuplicateKey } from './changes.js';
import type { ApiContext } from './context.js';
import { Refusal, statusOf, type RefusalSlug } from './refusal.js';

const KEPT_MS = 24 * 60 * 60_000;

interface Asked {
  institutionId: string;
  actorId: string;
  /** Method and path. */
  route: string;
  key: string;
  body: unknown;
}

export interface Answered<T> {
  answer: T;
  replayed: boolean;
}

const keptRefusal = z.object({
  slug: z.custom<RefusalSlug>((given) => typeof given === 'string' && Object.hasOwn(statusOf, given)),
  detail: z.string(),
  problems: z.array(z.object({ pointer: z.string().exactOptional(), parameter: z.string().exactOptional(), code: z.string(), message: z.string() })),
});

const hashOf = (body: unknown): string => createHash('sha256').update(JSON.stringify(body ?? null)).digest('hex');

/** Of a form that people go back to: two clicks on the same are one request, and what is typed otherwise is another. */
export const onceAsTyped = <T>(context: ApiContext, asked: Asked, work: () => Promise<T>, kept?: (answer: T) => T): Promise<Answered<T>> =>
  once(context, { ...asked, key: `${asked.key} ${hashOf(asked.body)}` }, work, kept);

/**
 * Does `work` for the first request with a key and repeats its answer, a JSON value, for the others. A refusal is an answer as well;
 * what may be over a minute later, a limit, a 5xx or any other error, is not kept, so the caller may try again. `kept`: what of the answer is
 * stored and repeated.
 */
export async function once<T>(context: ApiContext, asked: Asked, work: () => Promise<T>, kept: (answer: T) => T = (answer) => answer): Promise<Answered<T>> {
  const { models, now } = context;
  const { institutionId, actorId, route, key } = asked;
  const requestHash = hashOf(asked.body);
  const named = { institutionId, actorId, route, key };

  const earlier = await claim(context, named, requestHash);
  if (earlier !== null) return { answer: replay<T>(earlier, requestHash), replayed: true };

  const finish = (status: number, body: unknown) =>
    models.IdempotencyRecord.updateOne(named, { $set: { state: 'DONE', status, body, deleteAfter: new Date(now().getTime() + KEPT_MS) }, $inc: { version: 1 } });
  try {
    const answer = await work();
    await finish(200, kept(answer));
    return { answer, replayed: false };
  } catch (error) {
    if (error instanceof Refusal && error.status < 500 && error.retryAfter === null) await finish(error.status, { slug: error.slug, detail: error.message, problems: error.problems });
    else await models.IdempotencyRecord.deleteOne(named);
    throw error;
  }
}

interface Earlier {
  requestHash: string;
  state: 'IN_PROGRESS' | 'DONE';
  status: number | null;
  body: unknown;
}

/** Null: the key is ours now. Otherwise the record of the request that came before. */
async function claim(
  { models, now }: ApiContext,
  named: Pick<Asked, 'institutionId' | 'actorId' | 'route' | 'key'>,
  requestHash: string,
): Promise<Earlier | null> {
  const at = now();
  // What the housekeeping has not deleted yet counts as deleted.
  await models.IdempotencyRecord.deleteOne({ ...named, deleteAfter: { $lte: at } });
  try {
    await models.IdempotencyRecord.create({ ...named, requestHash, state: 'IN_PROGRESS', deleteAfter: new Date(at.getTime() + KEPT_MS) });
    return null;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return models.IdempotencyRecord.findOne(named).lean();
  }
}

function replay<T>(earlier: Earlier, requestHash: string): T {
  if (earlier.requestHash !== requestHash) {
    throw new Refusal('idempotency-key-reused', 'The same Idempotency-Key came before with another request. Use a new key.');
  }
  if (earlier.state === 'IN_PROGRESS') throw new Refusal('request-in-progress', 'The first request with this key has not been answered yet.');
  if (earlier.status !== 200) {
    const { slug, detail, problems } = keptRefusal.parse(earlier.body);
    throw new Refusal(slug, detail, problems);
  }
  return earlier.body as T;
}
