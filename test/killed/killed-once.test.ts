/**
 * Nothing twice, nothing lost (design.md 1): a night whose worker, workflow server or store is killed ends as one that
 * nobody disturbed.
 *
 * Real processes: the embedded servers on a folder of their own, worker/main.ts, SIGKILL. Every institution has the same
 * night's work and comes to its own failpoint in one worker, so that one kill tries all of them.
 */
import assert from 'node:assert/strict';
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loansOverdueAndLost } from '../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { listMail } from '../../cli/mail-catcher.js';
import { differences } from '../../chaos/differences.js';
import { failpoints, type Failpoint } from '../../chaos/failpoints.js';
import { openInstallation, type Installation } from '../../chaos/installation.js';
import { asOf } from '../../chaos/library.js';
import { pictureOf } from '../../chaos/picture.js';
import { placesWithout, scenarios } from '../../chaos/scenarios.js';
import { armedWorker, ended } from './armed-workers.js';
import type { Sabotage } from './arming.js';

const undisturbed = 'k00';
const nights = scenarios['loans-overdue-and-lost']!;
const ofNights = (Object.keys(failpoints) as Failpoint[]).filter((place) => !placesWithout(nights).includes(place));
const killedAt = new Map(ofNights.map((place, index) => [place, `k${String(index + 1).padStart(2, '0')}`]));
const rests = { t01: 'its notices are written', m01: 'its fees are charged' } as const;
/** Where the switched-off protection is needed: after the loans have left the selection, and after fees were charged. */
const sabotaged: Record<Sabotage, { institutionId: string; place: Failpoint }> = {
  CLAIMS_FORGOTTEN: { institutionId: 's01', place: 'its loans are lost' },
  FEES_WITHOUT_KEYS: { institutionId: 's02', place: 'its fees are charged' },
};
const sabotage = Object.fromEntries((Object.keys(sabotaged) as Sabotage[]).map((what) => [sabotaged[what].institutionId, what]));

/** A draw with work of every kind, which the first test asks for. */
const size = { seed: 1, loans: 30 };

let stack: Installation;
const pictures = new Map<string, string[]>();
const unlike = (institutionId: string) => differences(pictures.get(undisturbed)!, pictures.get(institutionId)!);

beforeAll(async () => {
  stack = await openInstallation({ commandLine: 'npm test', smtpUrl: null });
  const { models, mailFolder } = stack;
  const placeOf: Record<string, Failpoint> = Object.fromEntries([
    ...[...killedAt].map(([place, institutionId]) => [institutionId, place]),
    ...Object.values(sabotaged).map(({ institutionId, place }) => [institutionId, place]),
  ]);
  const [ofServers, ofWorker] = [Object.keys(rests), Object.keys(placeOf)];
  const all = [...ofServers, ...ofWorker, undisturbed];

  const starting = armedWorker(stack, { stops: stopsOf(placeOf), rests, sabotage });
  const jobOf = new Map<string, string>();
  // One after the other: together they would wait for connections for longer than a program may.
  for (const institutionId of all) jobOf.set(institutionId, await nights.prepare(models, institutionId, size));
  const first = await starting;
  const begin = (institutionIds: readonly string[]) => Promise.all(institutionIds.map((each) => stack.begin(each, jobOf.get(each)!, asOf)));

  await begin(ofServers);
  await first.reaches(rests);
  // The store first: while it is away, no letter is on its way to the mail server.
  await stack.killServer('mongod', () => first.goOn('m01'));
  await stack.killServer('temporal', () => first.goOn('t01'));

  await begin(ofWorker);
  await first.reaches(placeOf);
  await ended(models, ofServers);
  await first.kill();
  await fiveMinutesPass();

  await armedWorker(stack, { stops: {}, rests: {}, sabotage });
  await begin([undisturbed]);
  await ended(models, all);
  const arrived = await listMail(mailFolder, { limit: Infinity });
  for (const each of all) pictures.set(each, await pictureOf(models, each, arrived));
}, 600_000);
afterAll(() => stack.stop(), 60_000);

/**
 * An institution's letters do not leave before the kill: one that was just handed to the mail server would be SMTP's
 * unknowable gap. Only a run that is to be closed needs them gone.
 */
function stopsOf(placeOf: Record<string, Failpoint>): Record<string, Failpoint[]> {
  const stops = Object.entries(placeOf).map(([institutionId, place]) => [institutionId, place === 'the run is closed' ? [place] : [place, 'the delivery has claimed letters']]);
  return Object.fromEntries(stops) as Record<string, Failpoint[]>;
}

/** The lease of the letters that were under way ends. */
async function fiveMinutesPass(): Promise<void> {
  const past = new Date(0);
  const left = await stack.models.Letter.updateMany({ state: 'SENDING' }, { $set: { leaseUntil: past, nextAttemptAt: past } });
  assert.ok(left.modifiedCount > 0);
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
  const { models, client } = stack;
  assert.equal(await models.Run.countDocuments({ endedAt: null }), 0);
  assert.equal(await models.Letter.countDocuments({ state: { $in: ['QUEUED', 'SENDING'] } }), 0);
  const institutionId = { $in: [undisturbed, ...killedAt.values(), ...Object.keys(rests)] }; // not where a protection is off
  assert.equal(await models.LoanNotice.countDocuments({ institutionId, state: { $in: ['DECIDED', 'LETTER_PENDING'] } }), 0);
  assert.equal((await client.workflow.count('WorkflowType = "loans-overdue-and-lost" AND ExecutionStatus = "Running"')).count, 0);
});

test('no place is held: at its next look every dispatcher finds nobody, and ends', async () => {
  const { models, client } = stack;
  for (const institutionId of await models.Run.distinct('institutionId')) {
    const dispatcher = client.workflow.getHandle(`dispatcher-${institutionId}`);
    await dispatcher.signal('look').catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error; // it had ended before
    });
    await dispatcher.result();
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
