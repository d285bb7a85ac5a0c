/** Fines and fees notification profiles (fulfillment-loans.md, fines-fees-notifications, Configuration). */
import { z } from 'zod';
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import {
  changeFinesProfile, createFinesProfile, listFinesProfiles, finesProfileFields, finesProfileOf, finesProfileSchema, removeFinesProfile,
} from '../fines-profiles.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, idPath, none } from './values.js';

const tag = 'Fines and fees profiles';
const stored = z.object({ id, ...finesProfileFields.shape, version: z.int() }).meta({ id: 'FinesProfile' });

function shown(profile: StoredFinesFeesProfile): z.output<typeof stored> {
  const { _id, version } = profile;
  return { id: _id, ...finesProfileFields.strip().parse(profile), version };
}
const reply = (profile: StoredFinesFeesProfile): Reply<z.output<typeof stored>> => ({
  body: shown(profile), version: profile.version, location: `/fines-profiles/${profile._id}`,
});

const list = endpoint({
  method: 'get', at: '/fines-profiles', tag, summary: 'The fines and fees notification profiles, by name',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(stored), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await listFinesProfiles(context, viewer)).map(shown), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/fines-profiles/{id}', tag, summary: 'One profile',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: [],
  handle: async (context, { viewer, path }) => reply(await finesProfileOf(context, viewer, path.id)),
});

const create = endpoint({
  method: 'post', at: '/fines-profiles', tag, summary: 'Create a profile; what is left out gets its default',
  path: none, query: none, body: finesProfileSchema,
  status: 201, answer: stored,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, body, author }) => reply(await createFinesProfile(context, viewer, body, author())),
});

const replace = endpoint({
  method: 'put', at: '/fines-profiles/{id}', tag, summary: 'Replace a profile; what is left out gets its default',
  path: idPath, query: none, body: finesProfileSchema,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const before = await finesProfileOf(context, viewer, path.id);
    demandVersion(before, version, before.name);
    return reply(await changeFinesProfile(context, viewer, before, body, author()));
  },
});

const remove = endpoint({
  method: 'delete', at: '/fines-profiles/{id}', tag, summary: 'Delete a profile; the letters it sent stay on record',
  path: idPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path, version, author }) => {
    const before = await finesProfileOf(context, viewer, path.id);
    demandVersion(before, version, before.name);
    await removeFinesProfile(context, viewer, before, author());
    return { body: undefined };
  },
});

export const finesProfileEndpoints = [list, one, create, replace, remove];
