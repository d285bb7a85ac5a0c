/** The endpoints of a small table of configuration: list, one, create, replace, delete (platform.md 17). */
import { z } from 'zod';
import type { Configuration } from '../changes.js';
import { changeRecord, createRecord, labelOf, listRecords, recordOf, removeRecord, valuesOf, type ConfigurationTable } from '../configuration-table.js';
import { endpoint, type Endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, idPath, none } from './values.js';

/** The heading of its endpoints in the document. */
export const tagOf = ({ many }: { many: string }): string => many.charAt(0).toUpperCase() + many.slice(1);

/** `at`: `/patron-limits`; `name`: of a record among the schemas of the document. */
export function tableEndpoints<Stored extends Configuration>(table: ConfigurationTable<Stored>, { at, name }: { at: string; name: string }): Endpoint[] {
  const { many, sort, schema } = table;
  const tag = tagOf(table);
  const storedSchema = z.object({ id, ...schema.shape, version: z.int() }).meta({ id: name });
  const shown = (stored: Stored) => storedSchema.parse({ id: stored._id, ...valuesOf(table, stored), version: stored.version });
  const reply = (stored: Stored): Reply<z.output<typeof storedSchema>> => ({ body: shown(stored), version: stored.version, location: `${at}/${stored._id}` });

  return [
    endpoint({
      method: 'get', at, tag, summary: `The ${many}, by ${sort}`,
      path: none, query: none, body: z.undefined(),
      status: 200, answer: z.object({ items: z.array(storedSchema), next: z.null() }),
      refusals: [],
      handle: async (context, { viewer }) => ({ body: { items: (await listRecords(context, viewer, table)).map(shown), next: null } }),
    }),
    endpoint({
      method: 'get', at: `${at}/{id}`, tag, summary: 'One of them',
      path: idPath, query: none, body: z.undefined(),
      status: 200, answer: storedSchema,
      refusals: [],
      handle: async (context, { viewer, path }) => reply(await recordOf(context, viewer, table, path.id)),
    }),
    endpoint({
      method: 'post', at, tag, summary: `Create one; what is left out gets its default`,
      path: none, query: none, body: schema,
      status: 201, answer: storedSchema,
      refusals: ['forbidden', 'duplicate', 'validation-failed'],
      handle: async (context, { viewer, body, author }) => reply(await createRecord(context, viewer, table, body, author())),
    }),
    endpoint({
      method: 'put', at: `${at}/{id}`, tag, summary: `Replace one; what is left out gets its default`,
      path: idPath, query: none, body: schema,
      status: 200, answer: storedSchema, ifMatch: true,
      refusals: ['forbidden', 'duplicate', 'validation-failed'],
      handle: async (context, { viewer, path, version, body, author }) => {
        const before = await recordOf(context, viewer, table, path.id);
        demandVersion(before, version, labelOf(table, before));
        return reply(await changeRecord(context, viewer, table, before, body, author()));
      },
    }),
    endpoint({
      method: 'delete', at: `${at}/{id}`, tag, summary: `Delete one; what was done by it stays on record`,
      path: idPath, query: none, body: z.undefined(),
      status: 204, answer: z.undefined(), ifMatch: true,
      refusals: ['forbidden', 'not-possible'],
      handle: async (context, { viewer, path, version, author }) => {
        const before = await recordOf(context, viewer, table, path.id);
        demandVersion(before, version, labelOf(table, before));
        await removeRecord(context, viewer, table, before, author());
        return { body: undefined };
      },
    }),
  ];
}
