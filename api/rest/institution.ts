/** The institution, as far as its staff say what letters go by (spec/data-model.md, 1, institution). */
import { z } from 'zod';
import type { Institution } from '../../models/institution.js';
import { changeInstitution, institutionFields, institutionSchema } from '../institution.js';
import type { Viewer } from '../viewer.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { none } from './values.js';

const tag = 'Institutions';
const stored = z
  .object({ name: z.string(), defaultLanguage: z.string(), publicAccountUrl: z.string().nullable(), readingListsUrl: z.string().nullable(), version: z.int() })
  .meta({ id: 'InstitutionSettings' });
const reply = (viewer: Viewer, institution: Institution): Reply<z.output<typeof stored>> =>
  ({ body: { ...institutionFields({ ...viewer, institution }), version: institution.version }, version: institution.version });

const read = endpoint({
  method: 'get', at: '/institution', tag, summary: 'What letters go by in the whole institution',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: ['forbidden'],
  handle: async (_context, { viewer }) => reply(viewer, viewer.institution),
});

const set = endpoint({
  method: 'put', at: '/institution', tag, summary: 'Set it: letters go by it that are made from now on',
  path: none, query: none, body: institutionSchema,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, { viewer, version, body, author }) => {
    institutionFields(viewer); // forbidden before anything is said of versions
    demandVersion(viewer.institution, version, viewer.institution.code);
    return reply(viewer, await changeInstitution(context, viewer, body, author()));
  },
});

export const institutionEndpoints = [read, set];
