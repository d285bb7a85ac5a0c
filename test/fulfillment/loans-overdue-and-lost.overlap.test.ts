/** Full pages overlap (docs/decisions/018): killed while two are at work, again and again, a run leaves what an undisturbed one leaves. */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, test } from 'vitest';
import { closeRun } from '../../activities/runs/close.js';
import { differences } from '../../chaos/differences.js';
import { asOf, nightsWork } from '../../chaos/library.js';
import { pictureOf } from '../../chaos/picture.js';
import type { Page, Run } from '../../domain/run.js';
import { emptyDatabase } from '../support/database.js';
import { begin, clock, record, shellsOf } from '../support/run-by-hand.js';
import { onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeAll(async () => {
  await nightsWork(models, 'undisturbed', { seed: 5, loans: 2_100 });
  await nightsWork(models, 'killed', { seed: 5, loans: 2_100 });
});

const steps = ['finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters', 'reportUndeliverableLetters'] as const;
type Step = (typeof steps)[number];
class Killed extends Error {}

/** A run without the engine, each step as one activity that goes on from the place that was heard last. */
async function wholeNight(institutionId: string, attempt: (step: Step, call: () => Promise<Page>) => Promise<Page>) {
  const ref = await record(models, institutionId, asOf);
  const run = await begin(models, ref);
  const shells = shellsOf(models);
  for (const step of steps) {
    let last: Page | undefined;
    const call = () => {
      const environment = new MockActivityEnvironment(
        { heartbeatDetails: last },
        { logger: new DefaultLogger('ERROR') },
      );
      environment.on('heartbeat', (place: Page) => (last = place));
      return environment.run<[Run], Page, (typeof shells)[Step]>(shells[step], structuredClone(run));
    };
    const { batchNo, done } = await attempt(step, call);
    Object.assign(run, { cursor: null, batchNo, done });
  }
  await closeRun(models, () => clock, ref, { how: 'ENDED', failure: null });
}

test(
  'pages of a thousand loans and notices, their process killed at one write after the other',
  { timeout: 120_000 },
  async () => {
    await wholeNight('undisturbed', (_step, call) => call());

    const deaths: Record<Step, number> = {
      finishLeftNotices: 0,
      ageOverdueLoans: 0,
      queueNoticeLetters: 0,
      reportUndeliverableLetters: 0,
    };
    await wholeNight('killed', async (step, call) => {
      for (let dies = 2; ; dies += 3) {
        let made = 0;
        const stop = onWrites((write) => {
          made += 1;
          if (made >= dies) throw new Killed(write.name); // and whatever else the process was doing
          return write.send();
        });
        try {
          return await call();
        } catch (error) {
          assert.ok(error instanceof Killed, String(error));
          deaths[step] += 1;
        } finally {
          stop();
        }
      }
    });

    assert.ok(deaths.ageOverdueLoans >= 6 && deaths.queueNoticeLetters >= 3, JSON.stringify(deaths));
    assert.deepEqual(
      differences(await pictureOf(models, 'undisturbed', []), await pictureOf(models, 'killed', [])),
      [],
    );
    const [batches, again] = await Promise.all(
      ['undisturbed', 'killed'].map((institutionId) => models.RunBatch.countDocuments({ institutionId })),
    );
    assert.equal(batches, again);
  },
);
