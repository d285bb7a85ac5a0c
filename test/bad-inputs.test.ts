/**
 * Bad input from the environment and the command line: the message names the place, the value and what was expected, and nothing was begun.
 *
 * Files of lines are in test/load/collections.test.ts, requests in test/api, data of letters in test/templates.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Command } from 'commander';
import { explainCommand } from '../cli/commands/explain.js';
import { lettersCommand } from '../cli/commands/letters.js';
import { loadCommand } from '../cli/commands/load.js';
import { previewCommand } from '../cli/commands/preview.js';
import { runCommand } from '../cli/commands/run.js';
import { runsCommand } from '../cli/commands/runs.js';
import { seedCommand } from '../cli/commands/seed.js';
import { startCommand } from '../cli/commands/start.js';
import { EnvironmentError, readEnvironment } from '../config/environment.js';

describe('the environment', () => {
  const port = 'a port from 0 to 65535';
  const bad: [name: string, value: string, shown: string, expectation: string][] = [
    ['PORT', 'http', 'http', `${port} (0: any free one)`],
    ['PORT', '-1', '-1', `${port} (0: any free one)`],
    ['PORT', '3000.5', '3000.5', `${port} (0: any free one)`],
    ['METRICS_PORT', '65536', '65536', port],
    ['MONGODB_URI', 'localhost:27017', 'localhost:27017', 'mongodb:// or mongodb+srv://, with w=majority and journal=true or without these two'],
    ['MONGODB_URI', 'mongodb://', 'mongodb://', 'mongodb:// or mongodb+srv://, with w=majority and journal=true or without these two'],
    ['TEMPORAL_ADDRESS', 'temporal.example.org', 'temporal.example.org', 'host:port'],
    ['TEMPORAL_NAMESPACE', 'a b', 'a b', 'the name of a namespace'],
    ['TEMPORAL_UI_URL', 'ftp://temporal.example.org', 'ftp://temporal.example.org', 'an http or https address'],
    ['SMTP_URL', 'mail.example.org:25', 'mail.example.org:25', 'smtp:// or smtps://, user and password included'],
    ['MAIL_FROM', 'The Library', 'The Library', 'address, or Name <address>'],
    ['MAIL_BOUNCE_DOMAIN', 'bounces@example.org', 'bounces@example.org', 'a domain name'],
    ['PUBLIC_URL', 'library.example.org', 'library.example.org', 'the http or https address that people open'],
    ['SESSION_SECRET', 'x'.repeat(31), '(hidden, 31 characters)', 'at least 32 characters'],
    ['LOG_LEVEL', 'verbose', 'verbose', 'fatal, error, warn, info, debug, trace or silent'],
    ['WORKER_QUEUES', 'jobs,post', 'jobs,post', 'a comma list of jobs, mail, system'],
  ];
  test.each(bad)('%s=%s is refused', (name, value, shown, expectation) => {
    assert.throws(() => readEnvironment({ [name]: value }), (error) => {
      assert.ok(error instanceof EnvironmentError);
      assert.deepEqual(error.faults, [`${name}=${shown}: expected ${expectation}.`]);
      return true;
    });
  });

  test('a configuration file of Temporal that is not there is refused', () => {
    assert.throws(
      () => readEnvironment({ TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', TEMPORAL_PROFILE: 'library' }),
      (error) => error instanceof EnvironmentError && /^TEMPORAL_\* cannot be read: /.test(error.faults[0] ?? ''),
    );
  });
});

const evergreen = ['--from', 'evergreen'];
const place = ['--institution', 'concerto', '--time-zone', 'America/New_York'];

describe('a command', () => {
  const noInstant = (text: string) => `--as-of "${text}" is not an instant: expected ISO 8601 with its offset, such as 2020-11-13T09:00:00Z.`;
  const bad: [make: () => Command, line: string[], said: string | RegExp][] = [
    [startCommand, ['--frehs'], /unknown option '--frehs'\n\(Did you mean --fresh\?\)/],
    [runCommand, [], /missing required argument 'job-key'/],
    [runCommand, ['loans-overdue-and-lost', '--as-of', 'yesterday'], noInstant('yesterday')],
    [previewCommand, ['loans-overdue-and-lost', '--as-of', '2020-13-01T00:00:00Z'], noInstant('2020-13-01T00:00:00Z')],
    [runCommand, ['loans-overdue-and-lost', '--as-of', '2020-11-13T09:00:00'], noInstant('2020-11-13T09:00:00')],
    [previewCommand, ['loans-overdue-and-lost', '--as-of', '2026-02-30T09:00:00Z'], noInstant('2026-02-30T09:00:00Z')],
    [explainCommand, ['loans-overdue-and-lost'], /missing required argument 'record'/],
    [lettersCommand, ['--state', 'LOST'], /^--state "LOST" is no state of a letter: expected /],
    [lettersCommand, ['--limit', '0'], '--limit "0" is not a whole number from 1 to 1000.'],
    [runsCommand, ['--limit', '1001'], '--limit "1001" is not a whole number from 1 to 1000.'],
    [seedCommand, ['--size', 'XL'], /'XL' is invalid\. Allowed choices are S, M, L\./],
    [seedCommand, ['--institution', 'Big Library'], '--institution "Big Library" is no code: expected 2 to 32 of a-z, 0-9 and -.'],
    [loadCommand, ['books', 'books.csv'], /^"books" cannot be loaded\. What can: libraries, locations, /],
    [loadCommand, ['users'], 'Which file? almanac load users <file.ndjson|file.csv>'],
    [loadCommand, ['users', 'nowhere.ndjson'], /^nowhere\.ndjson cannot be read: expected a file of lines \(ENOENT/],
    [loadCommand, ['users', import.meta.dirname], `${import.meta.dirname} is a folder: expected a file of lines.`],
    ...[['--time-zone', 'UTC'], ['--currency', 'EUR'], ['--name', 'Concerto'], ['--missing-email', '{barcode}@patrons.example']].map(
      ([option = '', value = '']): [() => Command, string[], string] => [
        loadCommand, ['users', import.meta.filename, option, value], `${option} "${value}" goes with --from alone: lines are loaded into an institution that is there already.`,
      ]),
    [loadCommand, ['--from', 'koha', 'dump', ...place], '--from koha: the systems that can be loaded from are: evergreen.'],
    [loadCommand, [...evergreen, 'dump', '--time-zone', 'America/New_York'], '--institution <code> says into which institution the dump goes.'],
    [loadCommand, [...evergreen, 'dump', '--institution', 'concerto'], /^--time-zone <zone> says which zone/],
    [loadCommand, [...evergreen, 'dump', 'more', ...place], '"more" is one too many: with --from the folder is the only argument.'],
    [loadCommand, [...evergreen, 'nowhere', ...place], 'nowhere is no folder: expected one with the tables of a dump, such as actor.usr.sql.'],
    [loadCommand, [...evergreen, 'dump', ...place, '--missing-email', 'nobody'], '--missing-email "nobody" is no pattern of an address.'],
  ];
  const refused = (make: () => Command, line: string[], said: string | RegExp) =>
    assert.rejects(make().exitOverride().configureOutput({ writeErr: () => undefined }).parseAsync(line, { from: 'user' }), { message: said });

  test.each(bad)('%o %j is refused before a server is started', refused);

  test('load of a CSV file whose first line names two columns alike is refused before a server is started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bad-'));
    await writeFile(join(folder, 'users.csv'), 'primaryId,lastName,primaryId\nU1,Byron,U1\n');
    await refused(loadCommand, ['users', join(folder, 'users.csv')], 'Two columns are called "primaryId" in the first line.');
    await rm(folder, { recursive: true });
  });
});

describe('almanac', () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'bad-')); });
  afterAll(() => rm(folder, { recursive: true }));

  const bin = resolve(import.meta.dirname, '../bin/almanac.mjs');
  const wrong = 'The environment cannot be right:\n  PORT=x: expected a port from 0 to 65535 (0: any free one).\n  LOG_LEVEL=loud: expected fatal, error, warn, info, debug, trace or silent.\n';

  test.each([
    [['strat'], {}, 1, "error: unknown command 'strat'\n(Did you mean start?)\n"],
    [['load', 'users', 'a.ndjson', '--currency', 'EUR'], {}, 1, '--currency "EUR" goes with --from alone: lines are loaded into an institution that is there already.\n'],
    [['load', ...evergreen, 'nowhere', ...place], {}, 1, 'nowhere is no folder: expected one with the tables of a dump, such as actor.usr.sql.\n'],
    [['start'], { PORT: 'x', LOG_LEVEL: 'loud' }, 78, wrong],
  ])('%j with %j ends with status %d, says why, and leaves no folder behind', async (line, variables, status, said) => {
    const { PATH = '', HOME = '' } = process.env;
    const DATA_DIR = join(folder, 'data');
    const ended = await new Promise<{ status: unknown; stdout: string; stderr: string }>((done) => {
      execFile(process.execPath, [bin, ...line], { env: { PATH, HOME, DATA_DIR, ...variables }, cwd: folder }, (error, stdout, stderr) =>
        done({ status: error?.code, stdout, stderr }));
    });
    assert.deepEqual(ended, { status, stdout: '', stderr: said });
    await assert.rejects(readdir(DATA_DIR), { code: 'ENOENT' });
  });
});
