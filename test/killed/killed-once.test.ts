/**
 * Nothing twice, nothing lost (design.md 1): a night whose worker, workflow server or store is killed ends as one that
 * nobody disturbed.
 *
 * Real processes: the embedded servers on folders of their own, worker/main.ts, SIGKILL. Every institution has the same
 * night's work and comes to its own failpoint in one worker, so that one kill tries all of them.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loansOverdueAndLost } from '../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { worker } from '../../cli/stack/own-processes.js';
import { processRecord } from '../../cli/stack/processes.js';
import type { Models } from '../../models/models.js';
import { failpoints, type Failpoint, type Sabotage } from './failpoints.js';
import { nightsWork } from './night.js';
import { differences, pictureOf } from './picture.js';
import { eventually, openStack, type OwnStack } from './stack.js';

const places = Object.keys(failpoints) as Failpoint[];
const undisturbed = 'k00';
const killedAt = new Map(places.map((place, index) => [place, `k${String(index + 1).padStart(2, '0')}`]));
const mailKilled = killedAt.get('the delivery has claimed letters')!;
/** Where the switched-off protection is needed: after the loans have left the selection, and after fees were charged. */
const sabotaged: Record<Sabotage, { institutionId: string; place: Failpoint }> = {
  CLAIMS_FORGOTTEN: { institutionId: 's01', place: 'its loans are lost' },
  FEES_WITHOUT_KEYS: { institutionId: 's02', place: 'its fees are charged' },
};

const stacks: OwnStack[] = [];
const pictures = new Map<string, string[]>();
const unlike = (institutionId: string) => differences(pictures.get(undisturbed)!, pictures.get(institutionId)!);

beforeAll(async () => {
  const [ofWorkers, ofServers] = await Promise.all([openStack([]), openStack([worker])]);
  stacks.push(ofWorkers, ofServers);
  await Promise.all([killWorker(ofWorkers), killServers(ofServers)]);
}, 400_000);
afterAll(async () => {
  for (const stack of stacks) await stack.stop();
});

async function killWorker(stack: OwnStack): Promise<void> {
  const { models } = stack;
  const sabotages = Object.entries(sabotaged) as [Sabotage, { institutionId: string; place: Failpoint }][];
  const sabotage = Object.fromEntries(sabotages.map(([what, { institutionId }]) => [institutionId, what]));
  const armed = Object.fromEntries([
    ...[...killedAt].map(([place, institutionId]) => [institutionId, place] as const),
    ...sabotages.map(([, { institutionId, place }]) => [institutionId, place] as const),
  ]);
  const all = [undisturbed, ...Object.keys(armed)];

  const first = stack.armedWorker({ failpoints: armed, sabotage });
  const jobs = await Promise.all(all.map(async (institutionId) => ({ institutionId, jobId: await nightsWork(models, institutionId) })));
  await first.child.ready;
  for (const { institutionId, jobId } of jobs) await stack.begin(institutionId, jobId);
  await eventually(90_000, () => {
    const missing = Object.keys(armed).filter((each) => !first.reached.has(each));
    return missing.length === 0 ? null : `nobody came to where ${missing.map((each) => armed[each]).join('; ')}`;
  });
  await stack.ended([undisturbed]);
  await mailIsQuiet(models);

  process.kill(first.child.pid!, 'SIGKILL');
  assert.equal(await first.child.ended, 'worker ended with SIGKILL');
  await fiveMinutesPass(models, mailKilled);
  await stack.armedWorker({ failpoints: {}, sabotage }).child.ready;

  await stack.ended(all);
  for (const each of all) pictures.set(each, await pictureOf(models, each, stack.mailFolder));
}

/** A letter handed to the mail server at the moment of a kill is SMTP's one unknowable gap; none is, but where it is meant. */
async function mailIsQuiet(models: Models): Promise<void> {
  const underWay = () => models.Letter.countDocuments({ institutionId: { $in: [undisturbed, ...killedAt.values()].filter((each) => each !== mailKilled) }, state: 'SENDING' });
  const sent = () => models.Letter.countDocuments({ institutionId: { $in: [...killedAt.values()] }, state: 'SENT' });
  let before = -1;
  await eventually(60_000, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [now, moving] = [await sent(), await underWay()];
    const quiet = now === before && moving === 0;
    before = now;
    return quiet ? null : 'letters are still leaving';
  });
}

/** The lease of the letters that were under way ends. */
async function fiveMinutesPass(models: Models, institutionId: string): Promise<void> {
  const past = new Date(0);
  const left = await models.Letter.updateMany({ institutionId, state: 'SENDING' }, { $set: { leaseUntil: past, nextAttemptAt: past } });
  assert.ok(left.modifiedCount > 0);
}

async function killServers(stack: OwnStack): Promise<void> {
  const { models, mailFolder } = stack;
  for (const [server, institutionId] of [['temporal', 't01'], ['mongod', 'm01']] as const) {
    await stack.begin(institutionId, await nightsWork(models, institutionId));
    await eventually(60_000, async () =>
      (await models.LoanNotice.countDocuments({ institutionId, state: 'LETTER_PENDING' })) > 0 ? null : 'the run did not begin its work');
    await kill(stack, server);
    await stack.ended([institutionId]);
    pictures.set(institutionId, await pictureOf(models, institutionId, mailFolder));
  }
}

/** The parent of the server starts another on the same file. */
async function kill({ folder, said, models }: OwnStack, server: string): Promise<void> {
  const children = processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));
  process.kill(children.find(({ name }) => name === server)!.pid, 'SIGKILL');
  await eventually(60_000, () => (said.includes(`${server} is ready again.`) ? null : `there is no ${server} again`));
  assert.ok(await models.Run.exists({ institutionId: server === 'temporal' ? 't01' : 'm01', endedAt: null }), 'the kill came too late');
}

test('the undisturbed night has work of every kind, and each letter is in the mailbox once', () => {
  const picture = pictures.get(undisturbed)!;
  const counted = (counter: string) => {
    const line = picture.find((each) => each.startsWith(`{"counter":"${counter}`));
    return line === undefined ? 0 : Number(/"value":(\d+)/.exec(line)![1]);
  };
  assert.deepEqual(loansOverdueAndLost.counters.filter(({ key }) => counted(key) === 0).map(({ key }) => key), []);
  const mails = picture.filter((line) => line.startsWith('{"mail"'));
  assert.equal(mails.length, picture.filter((line) => /^\{"letter".*"state":"SENT"/.test(line)).length);
});

describe('a worker killed when', () => {
  test.each([...killedAt])('%s: another takes over, and the night ends as if nothing had happened', (_, institutionId) => {
    assert.deepEqual(unlike(institutionId), []);
  });
});

test('Temporal killed in the middle of a run and started again on its file: the night ends as if nothing had happened', () => {
  assert.deepEqual(unlike('t01'), []);
});

test('MongoDB killed in the middle of a run and started again on its folder: the night ends as if nothing had happened', () => {
  assert.deepEqual(unlike('m01'), []);
});

test('no run is left open, in the store or in the engine, and no letter under way', async () => {
  for (const { models, client } of stacks) {
    assert.equal(await models.Run.countDocuments({ endedAt: null }), 0);
    assert.equal(await models.Letter.countDocuments({ state: { $in: ['QUEUED', 'SENDING'] } }), 0);
    assert.equal(await models.LoanNotice.countDocuments({ state: { $in: ['DECIDED', 'LETTER_PENDING'] } }), 0);
    assert.equal((await client.workflow.count('WorkflowType = "loans-overdue-and-lost" AND ExecutionStatus = "Running"')).count, 0);
  }
});

test('no place is held: at its next look every dispatcher finds nobody, and ends', async () => {
  for (const { models, client } of stacks) {
    for (const institutionId of await models.Run.distinct('institutionId')) {
      const dispatcher = client.workflow.getHandle(`dispatcher-${institutionId}`);
      await dispatcher.signal('look').catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error; // it had ended before
      });
      await dispatcher.result();
    }
  }
});

describe('the comparison can fail', () => {
  test('a page that forgets which loans it claimed loses what the first attempt did', () => {
    const lost = unlike(sabotaged.CLAIMS_FORGOTTEN.institutionId);
    assert.ok(lost.some((line) => line.startsWith('lost {"counter":"changedToLost"')), lost.join('\n'));
  });

  test('fees without their keys are charged twice', () => {
    const fees = unlike(sabotaged.FEES_WITHOUT_KEYS.institutionId).filter((line) => line.includes('{"fee"'));
    assert.ok(fees.filter((line) => line.startsWith('more')).length > fees.filter((line) => line.startsWith('lost')).length, fees.join('\n'));
  });
});
