/** The writes of this process to the store, as they pass: a test's worker looks at them, changes them, or stops at them. */
import { driver } from './driver.js';
import { operations, type Operation, type Write } from './failpoints.js';

export type OwnWrite = Write & { institutionId: string };
type Values = Record<string, unknown>;

export interface Watcher {
  /** Before it goes out; `given` are the arguments of the driver's method, which may be changed. */
  before?(write: OwnWrite, given: unknown[]): Promise<void>;
  /** After the store has acknowledged it, before the program hears of that. */
  after?(write: OwnWrite): Promise<void>;
}

/** For the rest of the process; call it before the program makes its first write. */
export function watchStore({ before, after }: Watcher): void {
  for (const operation of operations) {
    const write = driver[operation];
    driver[operation] = async function (...given) {
      const about = writeOf(this.collectionName, operation, given);
      await before?.(about, given);
      const written = await write.apply(this, given);
      await after?.(about);
      return written;
    };
  }
}

function writeOf(collection: string, operation: Operation, given: readonly unknown[]): OwnWrite {
  if (operation === 'insertMany') {
    const inserted = given[0] as Values[];
    return { collection, operation, inserted, set: {}, institutionId: String(inserted[0]?.institutionId) };
  }
  const [filter, update] = given as [Values, { $set?: Values } | undefined];
  const { $set = {} } = operation === 'deleteMany' ? {} : (update ?? {});
  return { collection, operation, inserted: [], set: $set, institutionId: String(filter.institutionId) };
}
