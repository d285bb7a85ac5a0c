/** Overdue and lost profiles (fulfillment-loans.md, loans-overdue-and-lost, Configuration). */
import { z } from 'zod';
import type { StoredOverdueLostProfile } from '../../models/fulfillment.js';
import {
  changeOverdueProfile, createOverdueProfile, listOverdueProfiles, overdueProfileFields, overdueProfileOf, overdueProfileSchema, removeOverdueProfile,
} from '../overdue-profiles.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, idPath, none } from './values.js';

const tag = 'Overdue profiles';
const stored = z.object({ id, ...overdueProfileFields.shape, version: z.int() }).meta({ id: 'OverdueProfile' });

function shown(profile: StoredOverdueLostProfile): z.output<typeof stored> {
  const { _id, version } = profile;
  return { id: _id, ...overdueProfileFields.strip().parse(profile), version };
}
const reply = (profile: StoredOverdueLostProfile): Reply<z.output<typeof stored>> => ({
  body: shown(profile), version: profile.version, location: `/overdue-profiles/${profile._id}`,
});

const list = endpoint({
  method: 'get', at: '/overdue-profiles', tag, summary: 'The overdue and lost profiles, by name',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(stored), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await listOverdueProfiles(context, viewer)).map(shown), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/overdue-profiles/{id}', tag, summary: 'One profile',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: [],
  handle: async (context, { viewer, path }) => reply(await overdueProfileOf(context, viewer, path.id)),
});

const create = endpoint({
  method: 'post', at: '/overdue-profiles', tag, summary: 'Create a profile; what is left out gets its default',
  path: none, query: none, body: overdueProfileSchema,
  status: 201, answer: stored,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, body, author }) => reply(await createOverdueProfile(context, viewer, body, author())),
});

const replace = endpoint({
  method: 'put', at: '/overdue-profiles/{id}', tag, summary: 'Replace a profile; what is left out gets its default',
  path: idPath, query: none, body: overdueProfileSchema,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const before = await overdueProfileOf(context, viewer, path.id);
    demandVersion(before, version, before.name);
    return reply(await changeOverdueProfile(context, viewer, before, body, author()));
  },
});

const remove = endpoint({
  method: 'delete', at: '/overdue-profiles/{id}', tag, summary: 'Delete a profile; the notices it sent stay on record',
  path: idPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path, version, author }) => {
    const before = await overdueProfileOf(context, viewer, path.id);
    demandVersion(before, version, before.name);
    await removeOverdueProfile(context, viewer, before, author());
    return { body: undefined };
  },
});

export const overdueProfileEndpoints = [list, one, create, replace, remove];
