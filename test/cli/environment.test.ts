/** The environment of a process: what is refused, and what is understood. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'vitest';
import { EnvironmentError, readEnvironment, required } from '../../config/environment.js';

const faultsOf = (variables: Record<string, string>): string[] => {
  try {
    readEnvironment(variables);
    return [];
  } catch (error) {
    assert.ok(error instanceof EnvironmentError);
    return error.faults;
  }
};

test('without a setting everything has its usual value, and no server is given', () => {
  const read = readEnvironment({});
  assert.deepEqual(
    [read.mongodbUri, read.temporal, read.smtpUrl, read.port, read.host, read.publicUrl, read.dataDir, read.logLevel],
    [null, null, null, 3000, '127.0.0.1', 'http://127.0.0.1:3000', resolve('.almanac'), 'info'],
  );
  assert.deepEqual(read.workerQueues, ['jobs', 'mail', 'system']);
});

test('all wrong settings are named at once, with value and expectation', () => {
  assert.deepEqual(faultsOf({ PORT: '70000', LOG_LEVEL: 'loud', PUBLIC_URL: 'library.example.org', WORKER_QUEUES: 'mail,post' }), [
    'PUBLIC_URL=library.example.org: expected the http or https address that people open.',
    'PORT=70000: expected a port from 0 to 65535 (0: any free one).',
    'LOG_LEVEL=loud: expected fatal, error, warn, info, debug, trace or silent.',
    'WORKER_QUEUES=mail,post: expected a comma list of jobs, mail, system.',
  ].sort((one, other) => order.indexOf(one.split('=')[0] ?? '') - order.indexOf(other.split('=')[0] ?? '')));
});
const order = ['PORT', 'PUBLIC_URL', 'LOG_LEVEL', 'WORKER_QUEUES'];

test('a secret is not repeated in the message that refuses it', () => {
  assert.deepEqual(faultsOf({ SESSION_SECRET: 'short' }), ['SESSION_SECRET=(hidden, 5 characters): expected at least 32 characters.']);
  assert.deepEqual(faultsOf({ SMTP_URL: 'http://post:sesame@mail.example.org' }), [
    'SMTP_URL=http://…@mail.example.org: expected smtp:// or smtps://, user and password included.',
  ]);
});

test('a name of ours that is no setting is refused, those of the tests are not', () => {
  assert.deepEqual(faultsOf({ ALMANAC_SHAREDDATA: '/data', ALMANAC_TEST_MONGODB_URI: 'x' }), [
    'ALMANAC_SHAREDDATA is no setting of Almanac: a slip of the pen?',
  ]);
});

test('an empty value counts as not set', () => {
  assert.equal(readEnvironment({ PORT: '', MONGODB_URI: '' }).port, 3000);
});

test.each([
  ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/?w=majority&journal=true'],
  ['mongodb://127.0.0.1:27017/almanac', 'mongodb://127.0.0.1:27017/almanac?w=majority&journal=true'],
  ['mongodb://a:1,b:2/almanac?replicaSet=rs', 'mongodb://a:1,b:2/almanac?replicaSet=rs&w=majority&journal=true'],
  ['mongodb+srv://db.example.org/almanac?w=majority', 'mongodb+srv://db.example.org/almanac?w=majority&journal=true'],
])('writes to %s are acknowledged by the majority and the journal', (given, read) => {
  assert.equal(readEnvironment({ MONGODB_URI: given }).mongodbUri, read);
});

test.each(['?w=1', '?w=0', '?journal=false', '?W=1'])('a MongoDB address that asks for less is refused: %s', (query) => {
  assert.deepEqual(faultsOf({ MONGODB_URI: `mongodb://staff:sesame@db.example.org/almanac${query}` }), [
    `MONGODB_URI=mongodb://…@db.example.org/almanac${query}: expected mongodb:// or mongodb+srv://, with w=majority and journal=true or without these two.`,
  ]);
});

test('a Temporal server is given by its address; its namespace is `default` without another', () => {
  // The SDK's reader also names what it found nothing about, as undefined, in one release and not in another.
  const given = readEnvironment({ TEMPORAL_ADDRESS: '127.0.0.1:7233' }).temporal;
  assert.equal(given?.connectionOptions.address, '127.0.0.1:7233');
  assert.equal(given.namespace, 'default');
  const { temporal } = readEnvironment({ TEMPORAL_ADDRESS: 'x.example.org:7233', TEMPORAL_NAMESPACE: 'library', TEMPORAL_API_KEY: 'k' });
  assert.equal(temporal?.namespace, 'library');
  assert.equal(temporal?.connectionOptions.apiKey, 'k');
});

test('what a process cannot do without is named', () => {
  assert.throws(() => required('MONGODB_URI', null), /MONGODB_URI is not set/);
});
