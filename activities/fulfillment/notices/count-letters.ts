/** How letters are counted: the common counters, and the job's own by what they were asked for. */
import type { Counters } from '../../../domain/run.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { LetterRequest } from '../../letters.js';

/** `counterOf`: the job's own counter of a kind of letters. */
export function countLetters<Kind>(
  counters: Counters,
  letters: readonly Pick<StoredLetter, 'dedupeKey' | 'state'>[],
  asked: readonly { request: LetterRequest; kind: Kind }[],
  counterOf: (kind: Kind) => string,
): void {
  const add = (counter: string) => void (counters[counter] = (counters[counter] ?? 0) + 1);
  const askedByKey = new Map(asked.map((each) => [each.request.dedupeKey, each]));
  for (const { dedupeKey, state } of letters) {
    const answered = askedByKey.get(dedupeKey.slice(0, dedupeKey.lastIndexOf(':'))); // without the channel
    if (answered === undefined) continue;
    add('lettersCreated');
    add(counterOf(answered.kind));
    if (state === 'SUPPRESSED') add('lettersSuppressed');
  }
}
