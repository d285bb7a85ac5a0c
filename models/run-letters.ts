/** How many letters of a run are in which state, by letter code: counted, until none of them can change any more. */
import type { RunRef } from '../domain/run.js';
import { letterStates, type LetterCounts, type LetterState } from './letter.js';
import type { Models } from './models.js';

const openStates = ['QUEUED', 'SENDING'] as const satisfies readonly LetterState[];

/** By code, each with its states in their order. */
export async function letterCountsOf(models: Models, { institutionId, runId }: RunRef): Promise<LetterCounts> {
  const counted = await models.Letter.aggregate<{ _id: { letterCode: string; state: LetterState }; count: number }>([
    { $match: { institutionId, runId } },
    { $group: { _id: { letterCode: '$letterCode', state: '$state' }, count: { $sum: 1 } } },
  ]);
  const placeOf = (state: LetterState) => letterStates.indexOf(state);
  const letters: LetterCounts = {};
  for (const { _id, count } of counted.sort(({ _id: a }, { _id: b }) =>
    a.letterCode < b.letterCode ? -1 : a.letterCode > b.letterCode ? 1 : placeOf(a.state) - placeOf(b.state),
  )) {
    (letters[_id.letterCode] ??= {})[_id.state] = count;
  }
  return letters;
}

/** Null while a letter waits or is being sent: a count would not stay true. */
export async function finalLetterCountsOf(models: Models, ref: RunRef): Promise<LetterCounts | null> {
  const { institutionId, runId } = ref;
  const open = await models.Letter.findOne(
    { institutionId, runId, state: { $in: [...openStates] } },
    { _id: 1 },
  ).lean();
  return open === null ? letterCountsOf(models, ref) : null;
}
