/** The place of a rule in its ordered table (fulfillment-loans.md, S9): a moved rule gets a number between its neighbours', so nobody ever meets a table half changed. */
import type { Model } from 'mongoose';
import type { Versioned } from '../models/document.js';

type Ordered = Versioned & { order: number };

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
