/** Blocks of patrons at the desk: a patron's, one, placing and lifting (data-model.md 4, userBlock). */
import { z } from 'zod';
import { newId } from '../../models/document.js';
import type { UserBlock } from '../../models/fulfillment.js';
import { blockOf, checkBlock, lift, newBlockSchema, placeBy } from '../block-deeds.js';
import { userIdOf } from '../desk.js';
import { valid } from '../job-settings.js';
import { pageOf } from '../paging.js';
import { endpoint } from './endpoint.js';
import { id, idPath, instant, iso, isoOrNull, maybeInstant, none, pageSchema, paging } from './values.js';

const tag = 'Blocks';
const statuses = ['ACTIVE', 'REMOVED', 'EXPIRED'] as const;

const blockSchema = z.object({
  id,
  userId: id,
  definition: z.string().describe('Code of its definition.'),
  description: z.string().describe('What the patron is told.'),
  blockedActions: z.array(z.string()),
  source: z.enum(['STAFF', 'OVERDUE', 'DEMERIT', 'EXTERNAL']),
  status: z.enum(statuses),
  startsAt: instant,
  expiresAt: maybeInstant.describe('From then on it acts no more, also while it is ACTIVE still; null: it has no end of its own.'),
  loanIds: z.array(z.string()).describe('Of a block for overdue loans those it stands for.'),
  note: z.string().nullable().describe('For staff.'),
  placedBy: z.string().nullable().describe('The user or API key that placed it by hand.'),
  removedAt: maybeInstant,
  removedBy: z.string().nullable().describe('The user or API key that lifted it; JOB; or STAFF, when the last of its loans came back.'),
}).meta({ id: 'Block' });

function shown(block: UserBlock): z.input<typeof blockSchema> {
  const { _id, userId, code, description, blockedActions, source, status, startsAt, expiresAt, loanIds, note, placedBy, removedAt, removedBy } = block;
  return {
    id: _id, userId, definition: code, description, blockedActions, source, status, startsAt: iso(startsAt), expiresAt: isoOrNull(expiresAt), loanIds, note, placedBy,
    removedAt: isoOrNull(removedAt), removedBy,
  };
}

const list = endpoint({
  method: 'get', at: '/blocks', tag, summary: 'The blocks of a patron, in the order in which they were made',
  path: none, query: z.strictObject({ user: z.string().min(1).max(255).describe('Primary id.'), status: z.enum(statuses).default('ACTIVE'), ...paging }), body: z.undefined(),
  status: 200, answer: pageSchema(blockSchema),
  refusals: ['forbidden', 'invalid-cursor'],
  handle: async (context, { viewer, query: { user, status, limit, cursor = null } }) => {
    const filter = { institutionId: viewer.institution.code, userId: await userIdOf(context, viewer, user), status };
    const { items, next } = await pageOf<UserBlock>({ model: context.models.UserBlock, filter, sortBy: '_id', direction: 1, limit, cursor });
    return { body: { items: items.map(shown), next } };
  },
});

const one = endpoint({
  method: 'get', at: '/blocks/{id}', tag, summary: 'One block',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: blockSchema,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => ({ body: shown(await blockOf(context, viewer, path.id)) }),
});

const place = endpoint({
  method: 'post', at: '/blocks', tag, summary: 'Block a patron',
  path: none, query: none,
  body: newBlockSchema.extend({
    user: z.string().min(1).max(255).describe('Primary id.'),
    blockId: id.optional().describe('Chosen by the caller: one block is placed under it.'),
  }),
  status: 201, answer: blockSchema,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, body: { user, blockId = newId(), ...asked }, author }) => {
    const userId = await userIdOf(context, viewer, user);
    const block = await placeBy(context, { viewer, author: author() }, blockId, userId, valid('block', await checkBlock(context, viewer, asked)));
    return { body: shown(block), location: `/blocks/${block._id}` };
  },
});

const lifting = endpoint({
  method: 'post', at: '/blocks/{id}/lift', tag, summary: 'Lift a block; one that another placed, or a rule, needs CIRCULATION_OVERRIDE',
  path: idPath, query: none, body: z.strictObject({ reason: z.string().trim().min(1).max(500).optional().describe('Kept in the audit.') }),
  status: 200, answer: blockSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, body: { reason = null }, author }) => {
    const block = await blockOf(context, viewer, path.id);
    return { body: shown(await lift(context, { viewer, author: author() }, block, reason)) };
  },
});

export const blockEndpoints = [list, one, place, lifting];
