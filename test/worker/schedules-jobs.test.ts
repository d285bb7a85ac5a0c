import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { jobOf, jobs } from '../../catalogue/jobs.js';
import type { JobDefinition } from '../../catalogue/definition.js';
import { desiredScheduledJobs, type ExistingScheduledJob, type InstitutionFacts } from '../../worker/schedules/jobs.js';

const now = new Date('2026-05-12T08:00:00Z');
const institution = (given: Partial<InstitutionFacts> = {}): InstitutionFacts => ({
  institutionId: 'demo',
  kind: 'INSTITUTION',
  features: [],
  exists: [],
  acqDistributionJob: false,
  ...given,
});
const created = (given: Partial<InstitutionFacts> = {}, definitions: readonly JobDefinition[] = jobs) =>
  desiredScheduledJobs(institution(given), definitions, [], now).create;
const keysOf = (given: Partial<InstitutionFacts>) => new Set(created(given).map(({ jobKey }) => jobKey));
const existing = (given: Partial<ExistingScheduledJob> = {}): ExistingScheduledJob => ({
  _id: '65f000000000000000000001',
  jobKey: 'loans-overdue-and-lost',
  profileId: null,
  instanceKey: 'loans-overdue-and-lost::-:1',
  name: 'Loans – Overdue and Lost Item',
  deletedAt: null,
  ...given,
});
const existingOf = (given: Partial<InstitutionFacts>) =>
  created(given).map(({ jobKey, profileId, instanceKey, name }, index) =>
    existing({ _id: String(index).padStart(24, '0'), jobKey, profileId, instanceKey, name }),
  );

describe('a new institution', () => {
  test('gets the overdue job as its specification says', () => {
    const [job] = created({}, [jobOf('loans-overdue-and-lost')]);
    assert.deepEqual(job, {
      institutionId: 'demo',
      jobKey: 'loans-overdue-and-lost',
      variant: '',
      profileId: null,
      slot: 1,
      instanceKey: 'loans-overdue-and-lost::-:1',
      name: 'Loans – Overdue and Lost Item',
      nameFolded: 'loans - overdue and lost item',
      category: 'FULFILLMENT',
      active: false,
      inactiveReason: 'NOT_ENABLED',
      schedule: { kind: 'DAILY', times: ['04:00'] },
      creatorUserId: null,
      parameters: { singleLetterPerType: true, catchUpDays: 7 },
      guard: { enabled: true, factor: 5, minRecords: 500 },
      lastOccurrenceAt: now,
      lastRun: null,
      lastSuccessAt: null,
      medianDurationSec: null,
      medianSelected: null,
      deletedAt: null,
      deleteAfter: null,
    });
  });

  test('gets no job of a feature, a profile or a network it does not have', () => {
    const keys = keysOf({});
    assert.equal(keys.size, 34);
    for (const absent of [
      'courses-activate-deactivate',
      'metadata-import',
      'rs-distribute-central-configuration',
      'sushi-harvesting',
    ]) {
      assert.equal(keys.has(absent), false, absent);
    }
  });

  test('gets the jobs of its features, one of several being enough', () => {
    assert.equal(keysOf({ features: ['COURSES'] }).has('courses-activate-deactivate'), true);
    assert.equal(keysOf({ features: ['CATALOGUE'] }).has('saved-searches-alerts'), true);
  });

  test('gets the jobs that have something to work on', () => {
    assert.equal(keysOf({ exists: ['SUSHI_ACCOUNT'] }).has('sushi-harvesting'), true);
    assert.equal(keysOf({ exists: ['COMMUNITY_INSTITUTION'] }).has('cz-synchronize-changes'), true);
    assert.equal(keysOf({ kind: 'COMMUNITY', exists: ['COMMUNITY_INSTITUTION'] }).has('cz-synchronize-changes'), false);
  });

  test('gets two slots of a job that has two', () => {
    const slots = created({ kind: 'NETWORK' }).filter(({ jobKey }) => jobKey === 'rs-distribute-central-configuration');
    assert.deepEqual(
      slots.map(({ slot, name, schedule }) => [slot, name, schedule]),
      [
        [1, 'Distribute Central Resource Sharing Configuration (1)', { kind: 'DAILY', times: ['01:00'] }],
        [2, 'Distribute Central Resource Sharing Configuration (2)', { kind: 'DAILY', times: ['13:00'] }],
      ],
    );
  });

  test('has the archiving job unscheduled, so that the tab shows it once the operator schedules it', () => {
    const [archiving] = created({}, [jobOf('fulfillment-historical-archiving')]);
    assert.deepEqual([archiving?.schedule, archiving?.active], [{ kind: 'NONE' }, false]);
  });

  test('has every job inactive whose workflow does not exist, though it is active by default', () => {
    const renewal = jobOf('po-line-renewal');
    const states = (available: boolean) =>
      created({}, [{ ...renewal, available }]).map(({ active, inactiveReason }) => [active, inactiveReason]);
    assert.deepEqual(states(false), [[false, 'NOT_ENABLED']]);
    assert.deepEqual(states(true), [[true, null]]);
  });

  test('has the acquisition distribution active only where the setting says so', () => {
    const distribution = { ...jobOf('network-distribute-acquisition-changes'), available: true };
    const active = (acqDistributionJob: boolean) =>
      created({ kind: 'NETWORK', acqDistributionJob }, [distribution])[0]?.active;
    assert.deepEqual([active(false), active(true)], [false, true]);
  });
});

describe('an institution that has its jobs', () => {
  test('is left as it is, whatever staff changed', () => {
    const changes = desiredScheduledJobs(institution(), jobs, existingOf({}), now);
    assert.deepEqual(changes, { create: [], revive: [], rename: [], remove: [] });
  });

  test('gets back a removed job with its history', () => {
    const removed = existing({ deletedAt: new Date('2026-04-01T00:00:00Z') });
    const { create, revive } = desiredScheduledJobs(institution(), [jobOf('loans-overdue-and-lost')], [removed], now);
    assert.deepEqual(create, []);
    assert.deepEqual(revive, [
      { id: removed._id, name: 'Loans – Overdue and Lost Item', nameFolded: 'loans - overdue and lost item' },
    ]);
  });

  test('sees a job under the name of today', () => {
    const { rename } = desiredScheduledJobs(
      institution(),
      [jobOf('loans-overdue-and-lost')],
      [existing({ name: 'Lost Loans' })],
      now,
    );
    assert.deepEqual(
      rename.map(({ name }) => name),
      ['Loans – Overdue and Lost Item'],
    );
  });

  test('loses the jobs of a feature that is switched off, once', () => {
    const had = existingOf({ features: ['COURSES'] });
    const { remove } = desiredScheduledJobs(institution(), jobs, had, now);
    assert.deepEqual(
      remove,
      had.filter(({ jobKey }) => jobKey === 'courses-activate-deactivate').map(({ _id }) => _id),
    );
    const without = had.map((job) => (remove.includes(job._id) ? { ...job, deletedAt: now } : job));
    assert.deepEqual(desiredScheduledJobs(institution(), jobs, without, now).remove, []);
  });

  test('keeps a job that once had something to work on', () => {
    const had = existingOf({ exists: ['PDA_PROGRAM'] });
    assert.deepEqual(desiredScheduledJobs(institution(), jobs, had, now).remove, []);
  });
});
