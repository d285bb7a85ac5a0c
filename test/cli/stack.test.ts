/**
 * The embedded installation: what survives a kill, who is refused, what ends with what.
 *
 * The servers are real ones; a small script stands for the worker.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import { afterEach, beforeEach, test } from 'vitest';
import { now } from '../../config/clock.js';
import { readEnvironment } from '../../config/environment.js';
import { endLeftovers } from '../../cli/stack/folder.js';
import { isAlive, processRecord, recordOf } from '../../cli/stack/processes.js';
import { runningStack } from '../../cli/stack/stack-file.js';
import { announce, startStack, type Stack, type StackOptions } from '../../cli/stack/stack.js';

const standIn = { name: 'worker', entry: new URL('stack-process.mjs', import.meta.url).pathname };
let folder: string;
let said: string[];
let stacks: Stack[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-'));
  said = [];
  stacks = [];
});
afterEach(async () => {
  for (const stack of stacks) await stack.stop();
  await endLeftovers(folder, () => undefined);
  await rm(folder, { recursive: true });
});

const variables = () => {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, DATA_DIR: folder };
};

async function start(given: Partial<StackOptions> = {}, more: Record<string, string> = {}): Promise<Stack> {
  const stack = await startStack({
    environment: readEnvironment({ ...variables(), ...more }), now, report: (line) => said.push(line),
    commandLine: 'almanac start', usualPorts: false,
    parts: { temporal: true, mail: false, processes: [standIn] }, ...given,
  });
  stacks.push(stack);
  return stack;
}

const mongoOnly = { parts: { temporal: false, mail: false, processes: [] } };

async function childNamed(name: string) {
  const children = processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));
  const child = children.find((record) => record.name === name);
  assert.ok(child, `no ${name} among the children`);
  return child;
}

/** Kills the child and waits until the parent says that another has taken its place. */
async function killAndWait(name: string): Promise<void> {
  const child = await childNamed(name);
  process.kill(child.pid, 'SIGKILL');
  await eventually(() => said.includes(`${name} is ready again.`));
  assert.ok(said.includes(`${name} ended with SIGKILL; it is started again.`));
  assert.notEqual((await childNamed(name)).pid, child.pid);
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await holds())) {
    assert.ok(performance.now() < until, 'it did not come true within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function withDatabase<T>(uri: string | null, work: (db: mongoose.Connection) => Promise<T>): Promise<T> {
  const db = await mongoose.createConnection(uri ?? '').asPromise();
  return work(db).finally(() => db.close());
}
const loan = (title: string) => (db: mongoose.Connection) => db.collection('loan').insertOne({ title });
const loans = (db: mongoose.Connection) => db.collection('loan').find().map(({ title }) => String(title)).toArray();

test('a MongoDB that is killed is started again on the same port, with what it had acknowledged', async () => {
  const { environment } = await start(mongoOnly);
  await withDatabase(environment.mongodbUri, loan('Dubliners'));
  await killAndWait('mongod');
  assert.deepEqual(await withDatabase(environment.mongodbUri, loans), ['Dubliners']);
});

test('a Temporal server and a process of our own that are killed are started again', async () => {
  await start();
  await killAndWait('temporal');
  await killAndWait('worker');
});

test('a second start on the same folder is refused, and the first goes on', async () => {
  await start(mongoOnly);
  await assert.rejects(start(mongoOnly), {
    name: 'FolderTaken',
    message: `Another process works on ${folder}: almanac start, process ${process.pid}. End it first, or take another folder with DATA_DIR.`,
  });
  await withDatabase(stacks[0]?.environment.mongodbUri ?? null, loan('Ulysses'));
});

test('of two starts that find the folder of a killed one the first is refused', async () => {
  const pidFile = join(folder, 'almanac.pid');
  await writeFile(pidFile, JSON.stringify({ name: 'almanac start', pid: 4_194_304, startedAt: 'killed' }));
  const first = assert.rejects(start(mongoOnly), { name: 'FolderTaken', message: new RegExp(`almanac load, process ${process.ppid}\\.`) });
  await eventually(async () => (await readFile(pidFile, 'utf8').catch(() => '')).includes(`"pid":${process.pid},`));
  await writeFile(pidFile, JSON.stringify(await recordOf('almanac load', process.ppid))); // the second, which saw the dead owner too
  await first;
});

test('what was kept is there after a stop and another start, the session secret as well; a log that is full makes way for the next', async () => {
  const first = await start(mongoOnly);
  await withDatabase(first.environment.mongodbUri, loan('Dubliners'));
  await first.stop();
  const [log, before, full] = [join(folder, 'logs/mongod.log'), join(folder, 'logs/mongod.log.1'), 20 * 2 ** 20];
  await truncate(log, full);
  await writeFile(before, 'older still');
  const second = await start(mongoOnly);
  assert.deepEqual([(await stat(before)).size, (await stat(log)).size < full / 10], [full, true]);
  assert.match(await readFile(log, 'utf8'), /^\{"t":/, 'the first line of the new one is whole');
  assert.deepEqual(await withDatabase(second.environment.mongodbUri, loans), ['Dubliners']);
  assert.equal(second.environment.sessionSecret, first.environment.sessionSecret);
  assert.equal(second.environment.sessionSecret?.length, 64);
});

test('a fresh start removes what was kept', async () => {
  const first = await start(mongoOnly);
  await withDatabase(first.environment.mongodbUri, loan('Dubliners'));
  void first.stop();
  await first.stop(); // whoever asks again waits for the same end
  const second = await start({ ...mongoOnly, fresh: true });
  assert.deepEqual(await withDatabase(second.environment.mongodbUri, loans), []);
});

test('a folder that holds something else is not emptied', async () => {
  await writeFile(join(folder, 'thesis.txt'), 'years of work');
  await assert.rejects(start({ ...mongoOnly, fresh: true }), { message: `${folder} holds no installation of Almanac, so it is not emptied.` });
  assert.equal(await readFile(join(folder, 'thesis.txt'), 'utf8'), 'years of work');
});

test('a port that was asked for and is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  await assert.rejects(start(mongoOnly, { PORT: String(address.port) }), {
    name: 'PortTaken',
    message: `Another program listens on 127.0.0.1:${address.port} (PORT). End it, or choose another with PORT.`,
  });
  other.close();
});

test('an address that is none of this machine is named, not called taken', async () => {
  await assert.rejects(start(mongoOnly, { HOST: '192.0.2.1', PORT: '3000' }), {
    name: 'CannotListen',
    message: 'No server can listen on 192.0.2.1:3000 (HOST, PORT): listen EADDRNOTAVAIL: address not available 192.0.2.1:3000. '
      + 'Expected an address of this machine, and a port that its user may open.',
  });
});

test('a child that cannot become ready is named with its last words, and nothing is left running', async () => {
  const entry = join(folder, 'broken.mjs');
  await writeFile(entry, 'console.error("no such table"); process.exit(3);');
  const failed = start({ parts: { temporal: false, mail: false, processes: [{ name: 'worker', entry }] } });
  await assert.rejects(failed, { message: /^worker ended with status 3\n {2}no such table\n/ });
  await start(mongoOnly);
});

test('other commands find the installation while it is ready, and not before or after', async () => {
  const stack = await start(mongoOnly);
  assert.equal(await runningStack(folder), null);
  await announce(stack);
  assert.equal((await runningStack(folder))?.mongodbUri, stack.environment.mongodbUri);
  await stack.stop();
  assert.equal(await runningStack(folder), null);
});

/** Resolves when the parent says that it is ready; collects what it says. */
async function startParent() {
  const [source, entry] = ['../../bin/source.mjs', 'stack-parent.ts'].map((path) => new URL(path, import.meta.url).pathname);
  const parent = spawn(process.execPath, [source!, entry!], { env: variables(), stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface(parent.stdout).on('line', (line) => lines.push(line));
  await eventually(() => lines.includes('ready'));
  return { parent, lines };
}

test('after the parent was killed nothing of ours runs on, and the next start ends the servers and finds the data', async () => {
  const { parent } = await startParent();
  const [mongod, temporal, worker] = await Promise.all(['mongod', 'temporal', 'worker'].map(childNamed));
  assert.ok(mongod && temporal && worker);
  await withDatabase((await runningStack(folder))?.mongodbUri ?? null, loan('Dubliners'));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  assert.equal(await runningStack(folder), null);
  await eventually(async () => !(await isAlive(worker)));

  const { environment } = await start();
  assert.ok(said.includes(`Ending mongod (process ${mongod.pid}), left by a start that was killed.`));
  assert.ok(said.includes(`Ending temporal (process ${temporal.pid}), left by a start that was killed.`));
  assert.equal(await isAlive(mongod) || await isAlive(temporal), false);
  assert.deepEqual(await withDatabase(environment.mongodbUri, loans), ['Dubliners']);
});

test('Ctrl-C ends every child and gives the folder back', async () => {
  const { parent } = await startParent();
  const children = await Promise.all(['mongod', 'temporal', 'worker'].map(childNamed));
  parent.kill('SIGINT');
  assert.deepEqual(await once(parent, 'exit'), [0, null]);
  for (const child of children) assert.equal(await isAlive(child), false, child.name);
  await assert.rejects(access(join(folder, 'almanac.pid')));
});
