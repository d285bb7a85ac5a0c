/** Block definitions as staff keep them: what a patron who has such a block cannot do (spec/data-model.md, 4, userBlockDefinition). */
import { z } from 'zod';
import { blockedActions, type UserBlockDefinition } from '../models/fulfillment.js';
import type { ConfigurationTable } from './configuration-table.js';
import type { ApiContext } from './context.js';
import { code } from './profiles.js';

const schema = z.strictObject({
  code: code.describe('Unique in the institution. It stays: the blocks of patrons have it.'),
  description: z.string().trim().min(1).max(500).describe('What a patron is told.'),
  blockedActions: z.array(z.enum(blockedActions)).min(1, 'at least one thing that the patron cannot do'),
  overridable: z.boolean().default(true).describe('Staff who may override lend in spite of it; a job never does.'),
  active: z.boolean().default(true).describe('May be given to patrons. Blocks that patrons have stand all the same.'),
});

export const blockDefinitions: ConfigurationTable<UserBlockDefinition, z.output<typeof schema>> = {
  one: 'block definition',
  many: 'block definitions',
  model: ({ UserBlockDefinition }) => UserBlockDefinition,
  schema,
  key: 'code',
  sort: 'code',
  scope: {},
  beside: async () => ({}),
  async problems(context, _viewer, { code: given, active }, before) {
    if (before === null) return [];
    const profile = before.active && !active ? await placedBy(context, before) : null;
    return [
      ...(given === before.code ? [] : [{ pointer: '/code', code: 'fixed', message: `"${given}" was given; expected "${before.code}": a code stays` }]),
      ...(profile === null ? [] : [{ pointer: '/active', code: 'in-use', message: `false was given; expected true, as ${profile}` }]),
    ];
  },
  async usedBy(context, definition) {
    const { institutionId, _id } = definition;
    const blocks = await context.models.UserBlock.countDocuments({ institutionId, status: 'ACTIVE', definitionId: _id });
    if (blocks > 0) return `${blocks} ${blocks === 1 ? 'patron has' : 'patrons have'} such a block`;
    return placedBy(context, definition);
  },
};

async function placedBy({ models }: ApiContext, { institutionId, _id }: UserBlockDefinition): Promise<string | null> {
  const profile = await models.OverdueLostProfile.findOne({ institutionId, blockDefinitionId: _id }, { name: 1 }).lean();
  return profile === null ? null : `the overdue profile "${profile.name}" places it`;
}
