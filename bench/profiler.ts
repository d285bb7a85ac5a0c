/** What mongod itself says of each statement that the product sent: its profiler, between two looks. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { required } from '../config/environment.js';
import type { Models } from '../models/models.js';

/** Statements of a night at size. */
const ROOM_BYTES = 512 * 1024 * 1024;
const ours = ['almanac-api', 'almanac-worker'];

const whole = z.number().default(0);
const entry = z.object({
  ts: z.date(),
  op: z.string(),
  ns: z.string(),
  command: z.record(z.string(), z.unknown()).default({}),
  originatingCommand: z.record(z.string(), z.unknown()).optional(),
  planSummary: z.string().default(''),
  keysExamined: whole,
  docsExamined: whole,
  hasSortStage: z.boolean().default(false),
  nreturned: whole,
  nMatched: whole,
  ndeleted: whole,
});
export type Statement = z.infer<typeof entry> & {
  /** Documents that were counted or grouped and not returned; null for a statement that does neither. */
  handedOn: number | null;
};

const filter = z.record(z.string(), z.unknown());
const counting = z.object({
  pipeline: z.array(z.object({ $match: filter.optional() })).optional(),
  query: filter.optional(),
});
const executed = z.object({ executionStats: z.object({ nReturned: z.number(), totalKeysExamined: z.number() }) });

export interface Profiler {
  /** The statements since the last look, in the order they ended. */
  look(): Promise<Statement[]>;
  /** `<collection>: <index>` of the indexes that a statement read since the server started, and of all. */
  indexes(): Promise<{ read: string[]; all: string[] }>;
}

/** Begins to write down every statement of API and workers. */
export async function startProfiler(models: Models): Promise<Profiler> {
  const db = required('database', models.Run.db.db ?? null);
  await db.command({ profile: 0 });
  await db.dropCollection('system.profile'); // a folder is used again; there being none is no error
  await db.createCollection('system.profile', { capped: true, size: ROOM_BYTES });
  await db.command({ profile: 2 });
  let since = new Date(0);
  return {
    async look() {
      const found = await db
        .collection('system.profile')
        .find({ ts: { $gt: since }, appName: { $in: ours } })
        .sort({ $natural: 1 })
        .toArray();
      const statements: Statement[] = [];
      for (const one of found) {
        const statement = { ...entry.parse(one), handedOn: null };
        statements.push({ ...statement, ...(await countedBy(db, statement)) });
      }
      since = statements.at(-1)?.ts ?? since;
      return statements;
    },
    async indexes() {
      const all: string[] = [];
      const read: string[] = [];
      for (const model of Object.values(models)) {
        for (const { name, accesses } of await model.collection
          .aggregate<{ name: string; accesses: { ops: bigint | number } }>([{ $indexStats: {} }])
          .toArray()) {
          const named = `${model.collection.name}: ${name}`;
          all.push(named);
          if (Number(accesses.ops) > 0) read.push(named);
        }
      }
      return { read, all };
    },
  };
}

/** Documents that a statement found: returned, changed, removed, or handed on to be counted. */
export function foundBy({ op, nreturned, nMatched, ndeleted, handedOn, command }: Statement): number {
  if (op === 'update') return nMatched;
  if (op === 'remove') return ndeleted;
  if ('findAndModify' in command || 'findandmodify' in command) return Math.max(nMatched, nreturned);
  return handedOn ?? nreturned;
}

/**
 * The profile does not tell how many documents a pipeline counted: so many has the query that stands at its head, and for so many keys, as the
 * store is now. Where it looks for distinct values alone, it has one for each key.
 */
async function countedBy(
  db: NonNullable<Connection['db']>,
  { op, ns, command, keysExamined, planSummary }: Statement,
): Promise<Pick<Statement, 'handedOn' | 'keysExamined'> | null> {
  const { pipeline, query } = counting.parse(command);
  const filter = pipeline?.[0]?.$match ?? query;
  if (op !== 'command' || filter === undefined || keysExamined === 0) return null;
  if (planSummary.startsWith('DISTINCT_SCAN')) return { handedOn: keysExamined, keysExamined };
  const explained = await db.command({
    explain: { find: ns.slice(ns.indexOf('.') + 1), filter, ...sameIndex(planSummary) },
    verbosity: 'executionStats',
  });
  const { nReturned, totalKeysExamined } = executed.parse(explained).executionStats;
  return { handedOn: nReturned, keysExamined: totalKeysExamined };
}

/** That the server may not choose another than it had: `IXSCAN { institutionId: 1, runId: 1 }`. Several, or none, stay its own choice. */
function sameIndex(planSummary: string): { hint?: Record<string, number> } {
  const [keys, ...others] = [...planSummary.matchAll(/\{ ([^}]*) \}/g)].map(([, inside = '']) => inside);
  if (keys === undefined || others.length > 0) return {};
  return { hint: Object.fromEntries(keys.split(', ').map((key) => key.split(': ')).map(([field = '', direction]) => [field, Number(direction)])) };
}
