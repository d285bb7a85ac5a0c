/** The place of a rule in its ordered table (fulfillment-loans.md, S9): a moved rule gets a number between its neighbours', so nobody ever meets a table half changed. */
import type { Model } from 'mongoose';
import type { Versioned } from '../models/document.js';
import { valid } from './job-settings.js';

type Ordered = Versioned & { order: number };

interface Move<Rule> {
  table: readonly Rule[];
  rule: Rule;
  /** null: after all others. */
  beforeId: string | null;
  /** Why the rule may not stand at this place among the others, as what was expected; null: it may. */
  expected?: (others: readonly Rule[], place: number) => string | null;
  save: (order: number) => Promise<unknown>;
}

/** Moves a rule before another of its table. Refusal: validation-failed; and those of `save`. */
export async function moveRule<Rule extends Ordered>(model: Model<Rule>, { table, rule, beforeId, expected = () => null, save }: Move<Rule>): Promise<void> {
  const others = table.filter(({ _id }) => _id !== rule._id);
  const place = beforeId === null ? others.length : others.findIndex(({ _id }) => _id === beforeId);
  const wanted = place === -1 ? 'another rule of the same table' : expected(others, place);
  if (wanted !== null) valid('place', { value: null, problems: [{ pointer: '/before', code: place === -1 ? 'unknown' : 'invalid', message: `${JSON.stringify(beforeId)} was given; expected ${wanted}` }] });
  if (table[place]?._id !== rule._id) await save(await orderAt(model, others, place));
}

/** A number for a rule that is to stand at `place` among those of `table`. Where none is left between two, the rules from there on are numbered anew. */
export async function orderAt<Rule extends Ordered>(model: Model<Rule>, table: readonly Ordered[], place: number): Promise<number> {
  const [above, below] = [table[place - 1]?.order, table[place]?.order];
  if (below === undefined) return Math.floor(above ?? 0) + 1;
  const between = above === undefined ? Math.ceil(below) - 1 : (above + below) / 2;
  if (between < below && (above === undefined || between > above)) return between;
  const first = Math.floor(table.at(-1)?.order ?? 0) + 2;
  // From the last to the first, so that at no moment two have changed places; nobody's change (spec/README.md, Documents: bookkeeping).
  for (const [index, { institutionId, _id }] of [...table.entries()].slice(place).toReversed()) {
    await model.updateOne({ institutionId, _id }, { $set: { order: first + index } }, { timestamps: false });
  }
  return first + place - 1;
}
