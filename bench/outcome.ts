/** What a night left in the store, counted there: two nights that differ in it cannot be compared. */
import type { Models } from '../models/models.js';
import { institutionId } from './demo-library.js';

export type Outcome = Record<string, number>;

/** Of any job that writes to readers, into whose library none was written before. */
export async function lettersOutcome(models: Models): Promise<Outcome> {
  const ofReaders = { institutionId, state: 'QUEUED', 'recipient.type': 'USER' } as const;
  const [letters, [named]] = await Promise.all([
    models.Letter.countDocuments(ofReaders),
    models.Letter.aggregate<{ records: number }>([{ $match: ofReaders }, { $group: { _id: null, records: { $sum: { $size: '$causes' } } } }]),
  ]);
  return { 'letters queued': letters, 'records named in letters': named?.records ?? 0 };
}

/** One sentence for each count in which they differ. */
export function differences(ours: Outcome, script: Outcome): string[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(script)])]
    .filter((what) => ours[what] !== script[what])
    .map((what) => `${what}: ${ours[what] ?? 0} by Almanac, ${script[what] ?? 0} by the script`);
}
