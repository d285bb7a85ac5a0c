/**
 * A worker that a test kills: work that reaches its institution's failpoint stands still there, as at the moment of the
 * kill, and the parent hears of it. So one kill hits every institution at its own moment.
 */
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { failpoints, operations, type Arming, type Failpoint, type Operation, type Reached, type Write } from './failpoints.js';

type Values = Record<string, unknown>;
type Method = (this: { collectionName: string }, ...given: unknown[]) => Promise<unknown>;

const arming = JSON.parse(process.env.ALMANAC_TEST_KILLED ?? '') as Arming;
const methods = mongoose.mongo.Collection.prototype as unknown as Record<Operation | 'findOne', Method>;

for (const operation of operations) {
  const write = methods[operation];
  methods[operation] = async function (...given) {
    const { institutionId, ...about } = writeOf(this.collectionName, operation, given);
    if (arming.sabotage[institutionId] === 'FEES_WITHOUT_KEYS' && about.collection === 'fees') {
      for (const fee of about.inserted as Values[]) fee.dedupeKey = randomUUID();
    }
    const written = await write.apply(this, given);

    const stop = arming.stops[institutionId]?.find((place) => failpoints[place](about));
    if (stop !== undefined) {
      tell(institutionId, stop);
      await new Promise(() => undefined);
    }
    const rest = arming.rests[institutionId];
    if (rest !== undefined && failpoints[rest](about)) {
      delete arming.rests[institutionId];
      tell(institutionId, rest);
      await toldToGoOn(institutionId);
    }
    return written;
  };
}

const findOne = methods.findOne;
methods.findOne = async function (...given) {
  const [filter, options] = given as [Values, { projection?: Values } | undefined];
  const forgotten = arming.sabotage[String(filter.institutionId)] === 'CLAIMS_FORGOTTEN';
  return forgotten && options?.projection?.leaving !== undefined ? null : findOne.apply(this, given);
};

function tell(institutionId: string, place: Failpoint): void {
  process.send?.({ reached: { institutionId, place } } satisfies Reached);
}

function toldToGoOn(institutionId: string): Promise<void> {
  return new Promise((resolve) => {
    const hear = (message: { goOn?: string }) => {
      if (message.goOn !== institutionId) return;
      process.off('message', hear);
      resolve();
    };
    process.on('message', hear);
  });
}

function writeOf(collection: string, operation: Operation, given: readonly unknown[]): Write & { institutionId: string } {
  if (operation === 'insertMany') {
    const inserted = given[0] as Values[];
    return { collection, operation, inserted, set: {}, institutionId: String(inserted[0]?.institutionId) };
  }
  const [filter, update] = given as [Values, { $set?: Values } | undefined];
  const { $set = {} } = operation === 'deleteMany' ? {} : (update ?? {});
  return { collection, operation, inserted: [], set: $set, institutionId: String(filter.institutionId) };
}

await import('../../worker/main.js'); // only now, with the store under watch
