/** The house as style.md draws it: which room may know which, and what must be found in no room. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { importsOf, root, sourcesIn, type Import } from './support/imports.js';

interface Room {
  rooms: readonly string[];
  /** Packages; any where it is left out: shells and composition roots choose theirs. */
  packages?: readonly string[];
}

/** The table of style.md, with `formats/` beside `domain/` (design.md 2). A room may always know itself. */
const house: Record<string, Room> = {
  domain: { rooms: [], packages: [] },
  formats: { rooms: ['domain'], packages: ['saxes'] },
  catalogue: { rooms: ['domain'], packages: ['zod'] },
  models: { rooms: ['domain'], packages: ['mongoose'] },
  templates: { rooms: ['domain'], packages: ['handlebars', 'intl-messageformat', 'zod', 'node:fs', 'node:path'] },
  activities: { rooms: ['domain', 'catalogue', 'models', 'templates', 'formats'] },
  desk: { rooms: ['domain', 'models', 'templates'], packages: [] },
  workflows: { rooms: ['domain'], packages: ['@temporalio/workflow', '@temporalio/common'] },
  config: { rooms: [], packages: ['zod', '@temporalio/envconfig', 'pino', 'node:path', 'node:timers'] },
  worker: { rooms: ['domain', 'catalogue', 'models', 'templates', 'formats', 'activities', 'workflows', 'config'] },
  api: { rooms: ['domain', 'catalogue', 'models', 'templates', 'formats', 'desk', 'config'] },
};
/** They prove, measure and run the others, so they may know every room. */
const outside = ['cli', 'test', 'bench', 'chaos', 'simulate'];

/** Arrows beside the table, each with its reason. */
const allowed: readonly { from: string; to: string; because: string }[] = [
  { from: 'domain/terms-of-use.ts', to: 'zod', because: 'staff write policies as free values: reading them is a rule of the library, with its refusals' },
  { from: 'domain/rule-parameters.ts', to: 'zod', because: 'staff write rules as free values too: what a table refuses is a rule of the library' },
  { from: 'api/main.ts', to: 'activities/explain.ts', because: 'the composition root gives the API what explains a record' },
  { from: 'api/main.ts', to: 'activities/mail/wake.ts', because: 'the composition root gives the API what tells the delivery of a letter' },
  { from: 'api/main.ts', to: 'cli/mail-catcher.ts', because: 'the composition root gives the API the mailbox of the embedded installation' },
  { from: 'api/main.ts', to: 'worker/reconciliation.ts', because: 'the composition root gives the API what brings a saved schedule to the engine' },
  { from: 'config/search-attributes.ts', to: '@temporalio/common', because: 'workflows, starts and registration share the names and types of the attributes' },
  ...['activities/letters.ts', 'activities/fulfillment/patron-letters.ts', 'activities/fulfillment/notices/letter-parts.ts'].map((to) => (
    { from: 'desk/refund-letter.ts', to, because: 'a letter of the desk is queued and tells of loan and patron as those of the jobs' })),
  { from: 'workflows/run.ts', to: 'config/search-attributes.ts', because: 'names, not settings' },
];

const roomOf = (path: string): string => path.split('/')[0]!;

/** What an import does that the table does not allow, or null. */
function faultOf({ from, to, ours, typeOnly }: Import): string | null {
  const room = house[roomOf(from)]!;
  if (allowed.some((arrow) => arrow.from === from && arrow.to === to)) return null;
  if (!ours) return room.packages === undefined || room.packages.includes(to) ? null : `${from} imports the package ${to}`;
  if (roomOf(to) === roomOf(from) || room.rooms.includes(roomOf(to))) return null;
  if (roomOf(from) === 'workflows' && roomOf(to) === 'activities') return typeOnly ? null : `${from} loads ${to}: only its types cross`;
  if (roomOf(from) === 'activities' && to === 'config/search-attributes.ts') return null; // names, not settings
  return `${from} imports ${to}`;
}

const inTheHouse = Object.keys(house).flatMap((room) => sourcesIn(room));
const everything = [...inTheHouse, ...outside.flatMap((folder) => sourcesIn(folder))];

describe('imports point one way', () => {
  test('no room knows another that the table does not name', () => {
    assert.deepEqual(inTheHouse.flatMap(importsOf).flatMap((each) => faultOf(each) ?? []), []);
  });

  test('an arrow that is not allowed is found', () => {
    const arrow = (from: string, to: string, typeOnly = false): Import => ({ from, to, ours: to.includes('/') && !to.startsWith('@'), typeOnly });
    assert.equal(faultOf(arrow('domain/days.ts', 'models/loan.ts', true)), 'domain/days.ts imports models/loan.ts');
    assert.equal(faultOf(arrow('domain/days.ts', 'zod')), 'domain/days.ts imports the package zod');
    assert.equal(faultOf(arrow('workflows/run.ts', 'activities/runs.ts', true)), null);
    assert.equal(faultOf(arrow('workflows/run.ts', 'activities/runs.ts')), 'workflows/run.ts loads activities/runs.ts: only its types cross');
    assert.equal(faultOf(arrow('api/app.ts', 'activities/explain.ts')), 'api/app.ts imports activities/explain.ts');
    assert.equal(faultOf(arrow('worker/workers.ts', 'api/app.ts')), 'worker/workers.ts imports api/app.ts');
  });

  test('every exception to the table is used', () => {
    const stated = new Set(inTheHouse.flatMap(importsOf).map(({ from, to }) => `${from} → ${to}`));
    assert.deepEqual(allowed.map(({ from, to }) => `${from} → ${to}`).filter((arrow) => !stated.has(arrow)), []);
  });

  test('no file leads back to itself', () => {
    assert.deepEqual(cycles(new Map(everything.map((file) => [file, importsOf(file).filter(({ ours }) => ours).map(({ to }) => to)]))), []);
  });

  test('a circle is found', () => {
    assert.deepEqual(cycles(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]])), ['b → c → b']);
  });
});

/** One circle per file that closes it: `b → c → b`. */
function cycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}

describe('nothing is kept that nobody needs', () => {
  test('every file and every exported name has a user', async () => {
    const knip = ['node_modules/knip/bin/knip.js', '--config', 'test/knip.json', '--include', 'files,exports,types', '--reporter', 'json'];
    const { stdout } = await promisify(execFile)(process.execPath, knip, { cwd: root }).catch(
      (error: { stdout: string; stderr: string }) => (error.stdout === '' ? Promise.reject(new Error(error.stderr)) : error),
    );
    const { issues } = JSON.parse(stdout) as { issues: { file: string; files: { name: string }[]; exports: { name: string }[]; types: { name: string }[] }[] };
    assert.deepEqual(issues.flatMap(({ file, files, exports, types }) => [
      ...files.map(() => `${file} is imported by nobody`),
      ...[...exports, ...types].map(({ name }) => `${name} of ${file} is used by nobody else`),
    ]), []);
  });

  test('no file outside test/ and bench/ is longer than 350 lines', () => {
    const linesOf = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    const long = [...inTheHouse, ...sourcesIn('cli'), ...sourcesIn('chaos')].filter((file) => linesOf(file) > 350);
    assert.deepEqual(long.map((file) => `${file} has ${linesOf(file)} lines`), []);
  });
});

test('the engine has one protobufjs, 8.x, or it could read no kept history (engine.md 0)', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
  const copies = Object.entries(packages).filter(([path]) => path.endsWith('node_modules/protobufjs'));
  const ofTheEngine = copies.filter(([path]) => !path.includes('@grpc/proto-loader')); // which wants 7.x and shares nothing with it
  assert.deepEqual(ofTheEngine.map(([path, { version }]) => `${path} ${version.split('.')[0]}`), ['node_modules/protobufjs 8']);
});

describe('clock, chance, environment and the portable part of MongoDB are held by the linter', () => {
  const ambient = {
    'the clock': 'export const at = Date.now();\n',
    'the clock, by an object': 'export const at = new Date();\n',
    chance: 'export const at = Math.random();\n',
    'the environment': 'export const at = process.env.HOME;\n',
  };
  const unportable = {
    'an operator': "export const filter = { status: { $ne: 'CLOSED' } };\n",
    'an operator in quotes': "export const stage = { '$lookup': {} };\n",
    'a transaction': 'export const session = (client: { startSession(): void }) => client.startSession();\n',
    'a partial index': 'export const options = { partialFilterExpression: {} };\n',
  };
  const inRooms = (rooms: string[], texts: Record<string, string>, refused: string[]) =>
    rooms.flatMap((room) => Object.entries(texts).map(([what, text]) => ({ what, room, text, refused })));
  const samples = [
    ...inRooms(['domain', 'activities'], ambient, ['house(clock)']),
    ...inRooms(['config'], ambient, []),
    ...inRooms(['domain'], { 'a moment that was given': 'export const at = new Date(0);\n' }, []),
    ...inRooms(['models', 'workflows'], unportable, ['house(portable-mongodb)']),
  ].map((sample, index) => ({ ...sample, file: `${sample.room}/sample-${index}.ts` }));

  const printed = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });
  let said: z.infer<typeof printed>['diagnostics'];
  const folder = mkdtempSync(join(tmpdir(), 'almanac-lint-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    cpSync(join(root, 'lint'), join(folder, 'lint'), { recursive: true });
    for (const { room, file, text } of samples) {
      mkdirSync(join(folder, room), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const oxlint = [join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', ...samples.map(({ file }) => file)];
    const { stdout } = await promisify(execFile)(process.execPath, oxlint, { cwd: folder }).catch((error: { stdout: string }) => error);
    said = printed.parse(JSON.parse(stdout)).diagnostics;
  });

  test.each(samples)('$what in $room/: refused by $refused', ({ file, refused }) => {
    assert.deepEqual(said.filter(({ filename }) => filename === file).map(({ code }) => code), refused);
  });
});
