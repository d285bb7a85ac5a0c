/** A run as API, pages and command line give it. */
import type { LetterState } from '../../models/letter.js';
import type { StoredRun } from '../../models/run.js';
import { runOf, type Operating } from './context.js';

export interface RunView extends Omit<StoredRun, '_id'> {
  id: string;
  /** How many of its letters are in which state, by letter code; counted now. */
  letters: Record<string, Partial<Record<LetterState, number>>>;
}

/** Refusal: not-found. Letters are counted live, also after the run ended. */
export async function runView(operating: Pick<Operating, 'models'>, institutionId: string, runId: string): Promise<RunView> {
  const run = await runOf(operating, institutionId, runId);
  const { _id, ...shown } = run;
  return { ...shown, id: _id, letters: await lettersOf(operating, institutionId, runId) };
}

async function lettersOf({ models }: Pick<Operating, 'models'>, institutionId: string, runId: string): Promise<RunView['letters']> {
  const counted = await models.Letter.aggregate<{ _id: { letterCode: string; state: LetterState }; count: number }>([
    { $match: { institutionId, runId } },
    { $group: { _id: { letterCode: '$letterCode', state: '$state' }, count: { $sum: 1 } } },
  ]);
  const letters: RunView['letters'] = {};
  for (const { _id, count } of counted.sort((a, b) => (a._id.letterCode < b._id.letterCode ? -1 : 1))) {
    (letters[_id.letterCode] ??= {})[_id.state] = count;
  }
  return letters;
}
