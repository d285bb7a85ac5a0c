/** Workers that stand still where they are told, and the end of their runs. */
import assert from 'node:assert/strict';
import { eventually, type Installation } from '../../chaos/installation.js';
import type { Failpoint } from '../../chaos/failpoints.js';
import { finalStatuses } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import type { Arming, Reached } from './arming.js';

export interface ArmedWorker {
  /** Resolves when the work of each institution stands still at this place. */
  reaches(places: Readonly<Record<string, Failpoint>>): Promise<void>;
  /** Lets an institution's work go on from where it rests. */
  goOn(institutionId: string): void;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** A worker that stands still where its arming says; resolves when it is ready. */
export async function armedWorker(installation: Installation, arming: Arming): Promise<ArmedWorker> {
  const reached = new Set<string>();
  const entry = new URL('armed-worker.ts', import.meta.url);
  const worker = installation.launch('worker', entry, { ALMANAC_TEST_KILLED: JSON.stringify(arming) });
  worker.process.on('message', (message: Partial<Reached>) => {
    if (message.reached) reached.add(`${message.reached.institutionId}: ${message.reached.place}`);
  });
  await worker.ready;
  return {
    reaches: (places) => eventually(() => {
      const missing = Object.entries(places).map(([institutionId, place]) => `${institutionId}: ${place}`).filter((each) => !reached.has(each));
      return missing.length === 0 ? null : `nobody came to where ${missing.join('; ')}`;
    }),
    goOn: (institutionId) => void worker.process.send({ goOn: institutionId }),
    async kill() {
      worker.process.kill('SIGKILL');
      assert.equal(await worker.ended, 'worker ended with SIGKILL');
    },
  };
}

/** Resolves when every run of these institutions is final and no letter is on its way. */
export async function ended(models: Models, institutionIds: readonly string[]): Promise<void> {
  const those = { institutionId: { $in: [...institutionIds] } };
  await eventually(async () => {
    const final = await models.Run.find({ ...those, status: { $in: [...finalStatuses] } }, { institutionId: 1 }).lean();
    const open = institutionIds.filter((each) => !final.some(({ institutionId }) => institutionId === each));
    return open.length === 0 ? null : `the runs of ${open.join(', ')} are not final`;
  });
  await eventually(async () => {
    const waiting = await models.Letter.countDocuments({ ...those, state: { $in: ['QUEUED', 'SENDING'] } });
    return waiting === 0 ? null : `${waiting} letters have not left`;
  });
}
