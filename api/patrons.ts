/** A patron as the desk sees them: who it is, what stands against them, what they have on loan and what they owe (data-model.md 2 and 4). */
import { finesSoFar } from '../desk/fines-so-far.js';
import { unheard } from '../domain/ask.js';
import { momentAt } from '../domain/days.js';
import { refusalOfBorrower, type Borrower, type BorrowerRefusal, type DeskAction, type PatronLimit } from '../domain/fulfillment/borrower.js';
import type { Fee } from '../models/fee.js';
import type { UserBlock } from '../models/fulfillment.js';
import type { Loan } from '../models/loan.js';
import { readBorrowers, readRenewalLimits } from '../models/renewal-surroundings.js';
import type { User } from '../models/user.js';
import type { ApiContext } from './context.js';
import { deedOf } from './desk.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

/** More than anybody has out; the rest is told by REST, page by page. */
const MOST = 300;

type Stop = { reason: BorrowerRefusal; detail: string | null };

export interface PatronAtDesk {
  user: User;
  /** Those that act, the newest first. One whose end has come acts no more, whether or not it has been removed yet. */
  blocks: UserBlock[];
  /** Who placed blocks by hand, by the actor's id. */
  placers: ReadonlyMap<string, string>;
  borrower: Borrower;
  /** Of their group; null: there is none. */
  limit: PatronLimit | null;
  /** What keeps the patron from it, whatever the item; null: nothing. */
  stops: Record<DeskAction, Stop | null>;
  /** Open, by due date. */
  loans: Loan[];
  /** Of overdue loans, by id; minor units. */
  fines: ReadonlyMap<string, number>;
  /** Not closed, oldest first. */
  fees: Fee[];
}

/**
 * Whom somebody at the desk means by what was typed or scanned: a primary id in any case, another identifier such as a barcode as it is, or the
 * barcode of an item that the person has on loan. null: nobody.
 */
export async function patronIdOf({ models }: ApiContext, viewer: Viewer, scanned: string): Promise<string | null> {
  demand(viewer, 'CIRCULATION');
  const institutionId = viewer.institution.code;
  const given = scanned.trim().normalize('NFC');
  const keys = [given, given.toLowerCase()].map((key) => `${institutionId}:${key}`);
  const known = await models.UserIdentifier.find({ institutionId, _id: { $in: keys } }, { userId: 1 }).lean();
  const identified = known.find(({ _id }) => _id === keys[0]) ?? known[0];
  if (identified !== undefined) return identified.userId;
  const user = await models.User.findOne({ institutionId, primaryId: given }, { _id: 1 }).lean();
  if (user !== null) return user._id;
  const loan = await models.Loan.findOne({ institutionId, barcode: given, status: 'ACTIVE' }, { userId: 1 }).lean();
  return loan?.userId ?? null;
}

/** Refusals: forbidden, not-found. */
export async function patronAtDesk(context: ApiContext, viewer: Viewer, userId: string): Promise<PatronAtDesk> {
  const deed = deedOf(context, viewer);
  const { models, institutionId, at } = deed;
  const user = await models.User.findOne({ institutionId, _id: userId }).lean();
  if (user === null) throw new Refusal('not-found', `There is no patron ${userId}.`);
  const [blocks, loans, fees, borrowers, ground] = await Promise.all([
    models.UserBlock.find({ institutionId, userId, status: 'ACTIVE' }).sort({ startsAt: -1 }).lean(),
    models.Loan.find({ institutionId, status: 'ACTIVE', userId }).sort({ dueDate: 1, _id: 1 }).limit(MOST).lean(),
    models.Fee.find({ institutionId, status: { $in: ['ACTIVE', 'IN_DISPUTE', 'EXPORTED'] }, userId }).sort({ createdAt: 1, _id: 1 }).limit(MOST).lean(),
    readBorrowers(models, institutionId, at, [userId]),
    readRenewalLimits(models, institutionId),
  ]);
  const borrower = borrowers.get(userId);
  if (borrower === undefined) throw new Refusal('not-found', `There is no patron ${userId}.`);
  const moment = momentAt(viewer.zone, at.getTime());
  const stopOf = (action: DeskAction) => refusalOfBorrower(borrower, action, { ...ground, moment }, unheard);
  const acting = blocks.filter(({ expiresAt }) => expiresAt === null || expiresAt > at);
  return {
    user, blocks: acting, placers: await namesOf(context, viewer, acting.flatMap(({ placedBy }) => placedBy ?? [])), borrower, limit: ground.limits.get(user.userGroup ?? '') ?? null, stops: { LOAN: stopOf('LOAN'), RENEW: stopOf('RENEW') },
    loans, fines: await finesSoFar(deed, loans), fees,
  };
}

/** People of the library or of the platform, and API keys. */
async function namesOf({ models }: ApiContext, { institution: { code: institutionId } }: Viewer, actorIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (actorIds.length === 0) return new Map();
  const [people, keys] = await Promise.all([
    models.User.find({ institutionId: { $in: [institutionId, '*'] }, _id: { $in: actorIds } }, { displayName: 1 }).lean(),
    models.ApiKey.find({ institutionId, _id: { $in: actorIds } }, { name: 1 }).lean(),
  ]);
  return new Map([...people.map(({ _id, displayName }): [string, string] => [_id, displayName]), ...keys.map(({ _id, name }): [string, string] => [_id, name])]);
}
