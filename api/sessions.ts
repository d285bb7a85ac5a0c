/**
 * Sessions: an opaque token in a cookie, its hash in the store (platform.md 11).
 *
 * A session ends 30 minutes after the last request and 12 hours after the sign-in, whichever is first.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import type { ApiContext } from './context.js';
import type { Session } from '../models/administration.js';
import type { User } from '../models/user.js';
import type { Caller } from './viewer.js';

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * 60 * 60_000;
/** How old `lastSeenAt` may grow before it is written again: not every request is worth a write. */
const SEEN_EVERY_MS = 60_000;
const COOKIE = 'almanac_session';
const INSTITUTION_COOKIE = 'almanac_institution';

export async function openSession(context: ApiContext, response: Response, user: User): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  const now = context.now();
  await context.models.Session.create({
    institutionId: user.institutionId,
    tokenHash: sha256(token),
    userId: user._id,
    lastSeenAt: now,
    csrfSecret: randomBytes(32).toString('base64url'),
    deleteAfter: new Date(now.getTime() + LONGEST_MS),
  });
  response.cookie(COOKIE, `${user.institutionId}.${token}`, cookieOptions(context));
}

/** The living session of a request and whose it is; null when there is none, or it has ended, or its user is not active. */
export async function sessionOf({ models, now }: ApiContext, request: Request): Promise<{ session: Session; caller: Caller } | null> {
  const [institutionId, token] = (cookieOf(request, COOKIE) ?? '').split('.', 2);
  if (!institutionId || !token) return null;
  const session = await models.Session.findOne({ institutionId, tokenHash: sha256(token) }).lean();
  const at = now().getTime();
  if (session === null || at >= session.deleteAfter.getTime() || at - session.lastSeenAt.getTime() >= IDLE_MS)
    return null;
  const [user, institution] = await Promise.all([
    models.User.findOne({ institutionId, _id: session.userId, status: 'ACTIVE' }).lean(),
    institutionId === '*' ? null : models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  if (user === null) return null;
  if (at - session.lastSeenAt.getTime() >= SEEN_EVERY_MS) {
    await models.Session.updateOne({ institutionId, _id: session._id }, { $set: { lastSeenAt: new Date(at) } });
  }
  const { _id: id, displayName, roles } = user;
  const actor = { type: institutionId === '*' ? 'OPERATOR' : 'USER', id, name: displayName } as const;
  return { session, caller: { institutionId, actor, roles, institution } };
}

export async function endSession(context: ApiContext, response: Response, session: Session): Promise<void> {
  await context.models.Session.deleteOne({ institutionId: session.institutionId, _id: session._id });
  response.clearCookie(COOKIE, cookieOptions(context)).clearCookie(INSTITUTION_COOKIE, cookieOptions(context));
}

/** Which institution somebody of the platform is looking at. Not a secret: what they may do there is settled at each request. */
export const chosenInstitution = (request: Request): string | null => cookieOf(request, INSTITUTION_COOKIE);
export function chooseInstitution(context: ApiContext, response: Response, code: string): void {
  response.cookie(INSTITUTION_COOKIE, code, cookieOptions(context));
}

/**
 * The token that every form of a session carries. It also names the institution: a form that was opened before another tab
 * changed to another institution is refused instead of acting on that one.
 */
export function formToken({ csrfSecret }: Session, institutionCode: string): string {
  return createHmac('sha256', csrfSecret).update(institutionCode).digest('base64url');
}

export function isFormToken(session: Session, institutionCode: string, token: unknown): boolean {
  const expected = Buffer.from(formToken(session, institutionCode));
  const given = Buffer.from(typeof token === 'string' ? token : '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const cookieOptions = ({ publicUrl }: ApiContext): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: publicUrl.startsWith('https:'),
  path: '/',
});

function cookieOf(request: Request, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined) return decodeURIComponent(value);
  }
  return null;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
