/** The writes of this process to the store, as they pass: a test's worker looks at them, changes them, or stops at them. */
import { driver } from './driver.js';
import { operations, type Operation, type Write } from './failpoints.js';

export type OwnWrite = Write & { institutionId: string };
type Values = Record<string, unknown>;
interface Update {
  filter: Values;
  update: { $set?: Values; $setOnInsert?: Values };
}

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
      if (about === null) return write.apply(this, given);
      await before?.(about, given);
      const written = await write.apply(this, given);
      await after?.(about);
      return written;
    };
  }
}

/** null: the driver's own bulk, in which it sends an insertMany that was seen already. */
function writeOf(collection: string, operation: Operation, given: readonly unknown[]): OwnWrite | null {
  if (operation === 'insertMany') {
    const inserted = given[0] as Values[];
    return { collection, operation, inserted, set: {}, institutionId: String(inserted[0]?.institutionId) };
  }
  const first = operation === 'bulkWrite' ? firstOf(given[0] as { updateOne?: Update; updateMany?: Update }[]) : { filter: given[0] as Values, update: given[1] as Update['update'] };
  if (first === undefined) return null;
  const { $set, $setOnInsert } = operation === 'deleteMany' ? {} : first.update;
  return { collection, operation, inserted: [], set: { ...$setOnInsert, ...$set }, institutionId: String(first.filter.institutionId) };
}

const firstOf = ([first]: readonly { updateOne?: Update; updateMany?: Update }[]): Update | undefined => first?.updateOne ?? first?.updateMany;
