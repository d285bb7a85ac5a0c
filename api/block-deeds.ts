/** Blocks of patrons at the desk, by pages and REST alike: what may be asked, who may, how it is refused, what the audit says (platform.md 11 and 12). */
import { z } from 'zod';
import { liftBlock } from '../desk/lift-block.js';
import { placeBlock } from '../desk/place-block.js';
import { dayNumber, dayText, localDay, startOfDay } from '../domain/days.js';
import { may } from '../domain/permissions.js';
import type { UserBlock, UserBlockDefinition } from '../models/fulfillment.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { deedOf, notPossible } from './desk.js';
import { NEVER_IN } from './due-date-changes.js';
import { unknown } from './input-problems.js';
import { checked, type Checked } from './job-settings.js';
import type { Clerk } from './loan-deeds.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

export const newBlockSchema = z.strictObject({
  definition: z.string().min(1).max(100).describe('Code of an active block definition.'),
  lastDay: z.iso.date().nullable().default(null).describe('The last day on which it acts, of the institution’s clock; null: it acts until it is lifted.'),
  note: z.string().trim().min(1).max(500).nullable().default(null).describe('For staff: the patron is told what the definition says.'),
});

/** What was asked, by what is there. */
export interface NewBlock {
  definition: UserBlockDefinition;
  expiresAt: Date | null;
  note: string | null;
}

/** The definitions that may be given to patrons, by code. */
export async function definitionsToPlace({ models }: ApiContext, viewer: Viewer): Promise<UserBlockDefinition[]> {
  demand(viewer, 'CIRCULATION');
  return models.UserBlockDefinition.find({ institutionId: viewer.institution.code, active: true }).sort({ code: 1 }).lean();
}

/** `input` is a body or a form as it came. Refusal: forbidden. */
export async function checkBlock(context: ApiContext, viewer: Viewer, input: unknown): Promise<Checked<NewBlock>> {
  const definitions = await definitionsToPlace(context, viewer);
  const { value, problems } = checked(newBlockSchema, input);
  if (value === null) return { value, problems };
  const definition = definitions.find(({ code }) => code === value.definition);
  if (definition === undefined) return { value: null, problems: [unknown('/definition', value.definition, 'the code of an active block definition')] };
  const { lastDay, note } = value;
  const today = dayText(localDay(viewer.zone, context.now().getTime()));
  if (lastDay === null) return { value: { definition, expiresAt: null, note }, problems: [] };
  const expected = lastDay < today ? `today, ${today}, or a later day` : Number(lastDay.slice(0, 4)) >= NEVER_IN ? `a day before ${NEVER_IN}` : null;
  if (expected !== null) return { value: null, problems: [{ pointer: '/lastDay', code: 'out-of-range', message: `"${lastDay}" was given; expected ${expected}` }] };
  return { value: { definition, expiresAt: new Date(startOfDay(viewer.zone, dayNumber(lastDay) + 1)), note }, problems: [] };
}

/** Refusals: forbidden, not-possible. */
export async function placeBy(context: ApiContext, { viewer, author }: Clerk, blockId: string, userId: string, asked: NewBlock): Promise<UserBlock> {
  const result = await placeBlock(deedOf(context, viewer), { blockId, userId, ...asked });
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.block, 'PLACE_BLOCK', author);
  return result.block;
}

/** Refusals: forbidden, not-found. */
export async function blockOf({ models }: ApiContext, viewer: Viewer, id: string): Promise<UserBlock> {
  demand(viewer, 'CIRCULATION');
  const block = await models.UserBlock.findOne({ institutionId: viewer.institution.code, _id: id }).lean();
  if (block === null) throw new Refusal('not-found', `There is no block ${id}.`);
  return block;
}

/** What another placed, or a rule, is lifted by the managers of the desk; one's own slip by everybody. */
const permissionToLift = ({ actor }: Viewer, { placedBy }: UserBlock) => (placedBy === actor.id ? 'CIRCULATION' : 'CIRCULATION_OVERRIDE');
export const mayLift = (viewer: Viewer, block: UserBlock): boolean => block.source !== 'EXTERNAL' && may(viewer.grants, permissionToLift(viewer, block));

/** Refusals: forbidden, not-possible. */
export async function lift(context: ApiContext, { viewer, author }: Clerk, block: UserBlock, reason: string | null): Promise<UserBlock> {
  const result = await liftBlock(deedOf(context, viewer, permissionToLift(viewer, block)), block._id);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.block, 'LIFT_BLOCK', { ...author, reason });
  return result.block;
}

function record(context: ApiContext, { institutionId, _id, code }: UserBlock, action: 'PLACE_BLOCK' | 'LIFT_BLOCK', author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'UserBlock', id: _id, label: code }, { action, author });
}
