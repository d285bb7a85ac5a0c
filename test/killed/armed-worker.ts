/**
 * A worker that a test kills: work that reaches its institution's failpoint stands still there, as at the moment of the
 * kill, and the parent hears of it. So one kill hits every institution at its own moment.
 */
import { randomUUID } from 'node:crypto';
import { driver } from '../../chaos/driver.js';
import { failpoints, type Failpoint } from '../../chaos/failpoints.js';
import { watchStore } from '../../chaos/watch-store.js';
import type { Arming, Reached } from './arming.js';

type Values = Record<string, unknown>;

const arming = JSON.parse(process.env.ALMANAC_TEST_KILLED ?? '') as Arming;

watchStore({
  before({ institutionId, collection, inserted }) {
    if (arming.sabotage[institutionId] === 'FEES_WITHOUT_KEYS' && collection === 'fees') {
      for (const fee of inserted as Values[]) fee.dedupeKey = randomUUID();
    }
    return Promise.resolve();
  },
  async after(write) {
    const { institutionId } = write;
    const stop = arming.stops[institutionId]?.find((place) => failpoints[place](write));
    if (stop !== undefined) {
      tell(institutionId, stop);
      await new Promise(() => undefined);
    }
    const rest = arming.rests[institutionId];
    if (rest !== undefined && failpoints[rest](write)) {
      delete arming.rests[institutionId];
      tell(institutionId, rest);
      await toldToGoOn(institutionId);
    }
  },
});

const { findOne } = driver;
driver.findOne = async function (...given) {
  const [filter, options] = given as [Values, { projection?: Values } | undefined];
  const found = await findOne.apply(this, given);
  const isForgotten = arming.sabotage[String(filter.institutionId)] === 'CLAIMS_FORGOTTEN' && options?.projection?.leaving !== undefined;
  return isForgotten && found !== null ? { ...(found as Values), leaving: [] } : found;
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

await import('../../worker/main.js'); // only now, with the store under watch
