/**
 * The pause after too many wrong tries: 10 in 15 minutes, counted per account and per address, close both for 15 minutes
 * (platform.md 11). The tries are entries of the audit, so all processes count the same ones.
 */
import { createHash } from 'node:crypto';
import type { ApiContext } from './context.js';
import { newId } from '../models/document.js';
import type { User } from '../models/user.js';

const TRIES = 10;
const WINDOW_MS = 15 * 60_000;
const PAUSE_MS = 15 * 60_000;

/** What wrong tries are counted under. An unknown name is kept as a hash: people type their password into that field too. */
export const countedAs = (primaryId: string, address: string): string[] => [
  `account:${createHash('sha256').update(primaryId.toLowerCase()).digest('hex').slice(0, 32)}`,
  `address:${address}`,
];

/** Until when sign-in is closed for any of these; null when it is open. */
export async function closedUntil({ models, now }: ApiContext, counted: readonly string[]): Promise<Date | null> {
  const at = now().getTime();
  for (const targetId of counted) {
    const wrong = await models.AuditEntry.find(
      { institutionId: '*', targetType: 'signIn', targetId, at: { $gt: new Date(at - WINDOW_MS - PAUSE_MS) } },
      { at: 1 },
    )
      .sort({ at: -1 })
      .limit(TRIES)
      .lean();
    const [newest, oldest] = [wrong[0], wrong[TRIES - 1]];
    if (newest === undefined || oldest === undefined) continue;
    const until = newest.at.getTime() + PAUSE_MS;
    if (newest.at.getTime() - oldest.at.getTime() < WINDOW_MS && at < until) return new Date(until);
  }
  return null;
}

/** `user`: whose account it is, null when nobody's. */
export async function recordWrongTry({ models, now }: ApiContext, counted: readonly string[], user: User | null): Promise<void> {
  const entries = counted.map((targetId) => {
    const _id = newId();
    return {
      _id,
      institutionId: '*',
      at: now(),
      actor: { type: 'SYSTEM', id: user?._id ?? null, name: 'Sign-in' },
      action: 'SIGN_IN_FAILED',
      targetType: 'signIn',
      targetId,
      targetLabel: user?.primaryId ?? '(no such account)',
      changeKey: `E:${_id}`,
    };
  });
  await models.AuditEntry.insertMany(entries);
}

const turns = new Map<string, Promise<unknown>>();

/** Tries for one account wait for each other: a thousand at once would all be judged before the first wrong one is counted. */
export async function inTurn<T>(key: string, attempt: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve();
  const turn = before.then(attempt, attempt);
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}
