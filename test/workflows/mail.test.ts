/** The delivery at work on a real engine: woken, waiting, pressing nobody, renewing its history (engine.md 3.1). */
import assert from 'node:assert/strict';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, afterEach, describe, test } from 'vitest';
import { insertLetters, planLetters } from '../../activities/letters.js';
import { createMailActivities, type Delivery } from '../../activities/mail.js';
import { createTransporters } from '../../activities/mail/transporters.js';
import { wakeMail } from '../../activities/mail/wake.js';
import { newId } from '../../models/document.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { emptyDatabase } from '../support/database.js';
import { institution, notice, user } from '../support/mail-house.js';
import { startMailServer } from '../support/mail-server.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { temporal } from '../support/servers.js';

quietRuntime();
const { models, close } = await emptyDatabase();
const connection = await Connection.connect({ address: temporal() });
const client = new Client({ connection });
const native = await NativeConnection.connect({ address: temporal() });
const bundle = await workflowBundle();
let ending: (() => Promise<void>)[] = [];

const idle: Delivery = { sent: 0, retried: 0, failed: 0, suppressed: 0, stopped: null, waitMs: null };
const now = () => new Date();

afterEach(async () => {
  for (const end of ending.reverse()) await end();
  ending = [];
});
afterAll(async () => {
  await close();
  await native.close();
  await connection.close();
});

/** A worker with this delivery, and the workflow of an institution of its own. */
async function house(deliverLetters: (institutionId: string) => Promise<Delivery>): Promise<{ institutionId: string; mail: WorkflowHandle }> {
  const institutionId = `lib-${newId()}`;
  const workers = await Promise.all([
    Worker.create({ connection: native, taskQueue: 'mail', activities: { deliverLetters } }),
    Worker.create({ connection: native, taskQueue: institutionId, workflowBundle: bundle }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const mail = client.workflow.getHandle(`mail-${institutionId}`);
  ending.push(async () => {
    workers.forEach((worker) => worker.shutdown());
    await running;
  });
  ending.push(async () => void (await mail.terminate()));
  return { institutionId, mail };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 2_400; look += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`not within a minute: ${what}`);
}

/** The timers that the workflow has set so far, in seconds. */
async function timers(mail: WorkflowHandle): Promise<number[]> {
  const { events } = await mail.fetchHistory();
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [Number(timer.startToFireTimeout?.seconds ?? 0)] : []));
}

test('letters go out when it is told of them, for the first time and again', async () => {
  const server = await startMailServer();
  const transporters = createTransporters(server.url);
  ending.push(async () => {
    transporters.close();
    await server.close();
  });
  const { deliverLetters } = createMailActivities({ models, transporters, now, mailFrom: 'library@demo.example', bounceDomain: null });
  const { institutionId, mail } = await house(deliverLetters);
  await institution(models, institutionId);
  for (const primaryId of ['U1', 'U2']) await user(models, institutionId, primaryId);
  const queue = async (primaryId: string) => {
    const { planned } = await planLetters({ models, institutionId, now }, [notice(institutionId, primaryId)]);
    await insertLetters(models, planned);
    await wakeMail(client, institutionId, institutionId);
  };

  await queue('U1');
  await until('the first letter is there', () => server.received.length === 1);
  await queue('U2');
  await until('the second letter is there', () => server.received.length === 2);
  assert.deepEqual(server.received.map(({ envelopeTo }) => envelopeTo), ['u1@x.example', 'u2@x.example']);
  assert.equal((await mail.query<Delivery>('lastDelivery')).stopped, null);

  await Worker.runReplayHistory({ workflowBundle: bundle }, await mail.fetchHistory(), mail.workflowId);
});

describe('waiting', () => {
  test('it looks again when the next attempt is due, though nobody tells it', async () => {
    const looks: number[] = [];
    const { institutionId } = await house(async () => {
      looks.push(performance.now());
      return looks.length === 1 ? { ...idle, retried: 1, waitMs: 1_500 } : idle;
    });
    await wakeMail(client, institutionId, institutionId);
    await until('it has looked twice', () => looks.length === 2);
    assert.ok(looks[1]! - looks[0]! >= 1_400);
  });

  test('with nothing queued it looks after five minutes, and at once when told', async () => {
    let looks = 0;
    const { institutionId, mail } = await house(async () => {
      looks += 1;
      return idle;
    });
    await wakeMail(client, institutionId, institutionId);
    await until('it waits', async () => (await timers(mail)).length === 1);
    await wakeMail(client, institutionId, institutionId);
    await until('it has looked again', () => looks === 2);
    assert.equal((await timers(mail))[0], 300);
  });

  test('an attempt due in four hours is not slept over: it looks every five minutes', async () => {
    const { institutionId, mail } = await house(async () => ({ ...idle, waitMs: 4 * 3_600_000 }));
    await wakeMail(client, institutionId, institutionId);
    await until('it waits', async () => (await timers(mail)).length === 1);
    assert.deepEqual(await timers(mail), [300]);
  });

  test('a mail server that refuses us is left alone for a minute, whoever has letters', async () => {
    let looks = 0;
    const { institutionId, mail } = await house(async () => {
      looks += 1;
      return { ...idle, waitMs: 0, stopped: { reason: 'SENDER_REFUSED', text: '535 5.7.8 authentication failed' } };
    });
    await wakeMail(client, institutionId, institutionId);
    await until('it waits', async () => (await timers(mail)).length === 1);
    for (let more = 0; more < 3; more += 1) await wakeMail(client, institutionId, institutionId);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual([looks, await timers(mail)], [1, [60]]);
    assert.match((await mail.query<Delivery>('lastDelivery')).stopped?.text ?? '', /535/);
  });

  test('paused by staff, it goes on as soon as it is told', async () => {
    let paused = true;
    let looks = 0;
    const { institutionId, mail } = await house(async () => {
      looks += 1;
      return { ...idle, stopped: paused ? { reason: 'PAUSED', text: 'Mail is paused by staff.' } : null };
    });
    await wakeMail(client, institutionId, institutionId);
    await until('it waits', async () => (await timers(mail)).length === 1);
    paused = false;
    await wakeMail(client, institutionId, institutionId);
    await until('it has looked again', () => looks === 2);
  });
});

test('its history is renewed, and the letters go on', async () => {
  let looks = 0;
  const { institutionId, mail } = await house(async () => {
    looks += 1;
    return looks < 60 ? { ...idle, sent: 50, waitMs: 0 } : idle;
  });
  await wakeMail(client, institutionId, institutionId);
  const first = (await mail.describe()).runId;
  await until('sixty pages are delivered', () => looks >= 60);
  await until('it runs under a new history', async () => (await mail.describe()).runId !== first);
  assert.equal((await mail.describe()).status.name, 'RUNNING');
});
