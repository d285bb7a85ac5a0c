/**
 * How users-remove-blocks takes up blocks: one walk after the other for each part of its Selection, by keyset on {status, source, expiresAt,
 * _id} (fulfillment-loans.md, users-remove-blocks).
 */
import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import type { Run } from '../../../domain/run.js';
import type { UserBlock } from '../../../models/fulfillment.js';
import type { Models } from '../../../models/models.js';
import type { BatchClaim } from '../../runs/batches.js';

const BLOCKS_A_PAGE = 500;

export const blockFields = {
  userId: 1, code: 1, source: 1, status: 1, mode: 1, startsAt: 1, expiresAt: 1, loanIds: 1, extensions: 1, removedAt: 1, removedBy: 1,
} as const satisfies Partial<Record<keyof UserBlock, 1>>;
export type ReadBlock = Pick<UserBlock, '_id' | keyof typeof blockFields>;

/** (A), (B), (C) and (D) of the Selection. */
const walks = ['DEMERIT', 'OVERDUE_DAYS', 'OVERDUE_UNTIL_RETURNED', 'STAFF', 'EXTERNAL'] as const;
type Walk = (typeof walks)[number];

/** The walk at work and the last block done in it; `atMs` null: it has no end. */
const place = z.strictObject({ walk: z.enum(walks), after: z.strictObject({ atMs: z.int().nullable(), id: z.string() }).nullable() });
type Place = z.infer<typeof place>;

interface BlocksOfPage {
  blocks: ReadBlock[];
  /** Place of the last block of this page, null when the last walk is over. */
  next: string | null;
}

/** Blocks until the loans are returned have no end, those of days have one: so the index tells them apart. */
function filterOf(walk: Walk, { institutionId, asOf }: Run): QueryFilter<UserBlock> {
  const active = { institutionId, status: 'ACTIVE' } as const;
  const over = { $lte: new Date(asOf) };
  switch (walk) {
    case 'OVERDUE_DAYS':
      return { ...active, source: 'OVERDUE', expiresAt: over };
    case 'OVERDUE_UNTIL_RETURNED':
      return { ...active, source: 'OVERDUE', expiresAt: null };
    default:
      return { ...active, source: walk, expiresAt: over };
  }
}

export async function countBlocks(models: Models, run: Run): Promise<number> {
  const counts = await Promise.all(walks.map((walk) => models.UserBlock.countDocuments(filterOf(walk, run))));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The next page after `run.cursor`. */
export async function nextBlocks(models: Models, run: Run): Promise<BlocksOfPage> {
  let at: Place = run.cursor === null ? { walk: walks[0], after: null } : place.parse(JSON.parse(run.cursor));
  const blocks: ReadBlock[] = [];
  for (;;) {
    blocks.push(...(await blocksAfter(models, run, at, BLOCKS_A_PAGE - blocks.length)));
    const last = blocks.at(-1);
    if (last !== undefined && blocks.length === BLOCKS_A_PAGE) {
      return { blocks, next: JSON.stringify({ walk: at.walk, after: { atMs: last.expiresAt?.getTime() ?? null, id: last._id } } satisfies Place) };
    }
    const following = walks[walks.indexOf(at.walk) + 1];
    if (following === undefined) return { blocks, next: null };
    at = { walk: following, after: null };
  }
}

async function blocksAfter(models: Models, run: Run, { walk, after }: Place, most: number): Promise<ReadBlock[]> {
  const selected = filterOf(walk, run);
  const read = (filter: QueryFilter<UserBlock>, limit: number) =>
    models.UserBlock.find({ ...selected, ...filter }, blockFields).sort({ expiresAt: 1, _id: 1 }).limit(limit).lean<ReadBlock[]>();
  if (after === null) return read({}, most);
  const { atMs, id } = after;
  const sameEnd = await read({ expiresAt: atMs === null ? null : new Date(atMs), _id: { $gt: id } }, most);
  if (atMs === null || sameEnd.length === most) return sameEnd;
  const later = await read({ expiresAt: { $gt: new Date(atMs), $lte: new Date(run.asOf) } }, most - sameEnd.length);
  return [...sameEnd, ...later];
}

/** The blocks of a page that an earlier attempt began: those still in the selection up to where it ended, and those that it claimed. */
export async function sameBlocks(models: Models, run: Run, { toKey, leaving }: BatchClaim): Promise<BlocksOfPage> {
  const from = await nextBlocks(models, run);
  const here = toKey === null ? from.blocks : from.blocks.filter((block) => isUpTo(block, place.parse(JSON.parse(toKey))));
  const seen = new Set(here.map(({ _id }) => _id));
  const gone = leaving.filter((id) => !seen.has(id));
  const left = await models.UserBlock.find({ institutionId: run.institutionId, _id: { $in: gone } }, blockFields).lean<ReadBlock[]>();
  return { blocks: [...here, ...left], next: toKey };
}

function isUpTo({ _id, source, expiresAt }: ReadBlock, { walk, after }: Place): boolean {
  const own = walks.indexOf(source === 'OVERDUE' ? (expiresAt === null ? 'OVERDUE_UNTIL_RETURNED' : 'OVERDUE_DAYS') : source);
  // What the page took out of one walk lets a repeat read on into the next, which is another page's.
  if (own !== walks.indexOf(walk)) return own < walks.indexOf(walk);
  if (after === null) return false;
  const [atMs, toMs] = [expiresAt?.getTime() ?? 0, after.atMs ?? 0];
  return atMs < toMs || (atMs === toMs && _id <= after.id);
}
