/** The institution: what its letters go by, its mail, its clock and its money (spec/data-model.md, 1, institution); all have the version of one record. */
import { z } from 'zod';
import type { Institution } from '../../models/institution.js';
import type { Author } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeInstitution, institutionFields, institutionSchema } from '../institution.js';
import { changeInstitutionMail, institutionMail, mailSchema } from '../institution-mail.js';
import type { RefusalSlug } from '../refusal.js';
import type { Viewer } from '../viewer.js';
import { changeZoneAndCurrency, zoneAndCurrency, zoneAndCurrencySchema } from '../zone-and-currency.js';
import { endpoint, type Endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { none } from './values.js';

interface Part<Fields extends z.ZodRawShape> {
  at: string;
  /** Among the schemas of the document. */
  name: string;
  /** Of reading and of setting it. */
  summaries: readonly [string, string];
  schema: z.ZodObject<Fields>;
  fields: (viewer: Viewer) => z.output<z.ZodObject<Fields>>;
  change: (context: ApiContext, viewer: Viewer, input: unknown, author: Author) => Promise<Institution>;
  refusals: readonly RefusalSlug[];
}

const tag = 'Institutions';

function partEndpoints<Fields extends z.ZodRawShape>({ at, name, summaries, schema, fields, change, refusals }: Part<Fields>): Endpoint[] {
  const stored = z.object({ ...schema.shape, version: z.int() }).meta({ id: name });
  const reply = (viewer: Viewer, institution: Institution): Reply<z.output<typeof stored>> =>
    ({ body: stored.parse({ ...fields({ ...viewer, institution }), version: institution.version }), version: institution.version });
  return [
    endpoint({
      method: 'get', at, tag, summary: summaries[0],
      path: none, query: none, body: z.undefined(),
      status: 200, answer: stored,
      refusals: ['forbidden'],
      handle: async (_context, { viewer }) => reply(viewer, viewer.institution),
    }),
    endpoint({
      method: 'put', at, tag, summary: summaries[1],
      path: none, query: none, body: schema,
      status: 200, answer: stored, ifMatch: true,
      refusals: ['forbidden', 'validation-failed', ...refusals],
      handle: async (context, { viewer, version, body, author }) => {
        fields(viewer); // forbidden before anything is said of versions
        demandVersion(viewer.institution, version, viewer.institution.code);
        return reply(viewer, await change(context, viewer, body, author()));
      },
    }),
  ];
}

export const institutionEndpoints = [
  ...partEndpoints({
    at: '/institution', name: 'InstitutionSettings', summaries: ['What letters go by in the whole institution', 'Set it: letters go by it that are made from now on'],
    schema: institutionSchema, fields: institutionFields, change: changeInstitution, refusals: [],
  }),
  ...partEndpoints({
    at: '/institution/mail', name: 'InstitutionMail', summaries: ['Whether letters go out, and how fast', 'Pause mail, let it go again, or set its rate'],
    schema: mailSchema, fields: institutionMail, change: changeInstitutionMail, refusals: [],
  }),
  ...partEndpoints({
    at: '/institution/zone-and-currency', name: 'ZoneAndCurrency', summaries: ['Its clock and its money', 'Set them, as the operator of the platform: the currency stays once money is booked'],
    schema: zoneAndCurrencySchema, fields: zoneAndCurrency, change: changeZoneAndCurrency, refusals: ['not-possible'],
  }),
];
