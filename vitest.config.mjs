/**
 * Two kinds of test file, told apart by what they import: pure ones, and those with servers, which share one mongod and one Temporal.
 * Five at a time on two cores, because those with Temporal wait as long as they work; the longest begin. A process loads the program
 * once for all its files.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

const root = import.meta.dirname;
const serversModule = resolve(root, 'test/support/servers.ts');
/** @type {Map<string, Set<string>>} */
const needs = new Map();

/** Which of `mongo` and `temporal` a file of test/ imports, itself or through another file of test/. */
function serversOf(file) {
  const known = needs.get(file);
  if (known) return known;
  const found = new Set();
  needs.set(file, found); // before the imports, which may lead back here
  for (const [, names = '', specifier = ''] of readFileSync(file, 'utf8').matchAll(/^import\s([^'"]*?)\s*from\s*['"](\.[^'"]+)['"]/gm)) {
    const target = resolve(dirname(file), specifier.replace(/\.js$/, '.ts'));
    const isTest = target.startsWith(resolve(root, 'test')) && target.endsWith('.ts');
    const imported = target === serversModule ? names.match(/\b(mongo|temporal)\b/g) ?? [] : isTest ? serversOf(target) : [];
    for (const name of imported) found.add(name);
  }
  return found;
}

const files = readdirSync(resolve(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => resolve(root, 'test', name));
/** Tests of the embedded installation start servers of their own. */
const ownServers = [resolve(root, 'test/cli/stack'), resolve(root, 'test/killed/')];
const withTemporal = files.filter((file) => serversOf(file).has('temporal') || ownServers.some((start) => file.startsWith(start)));
const withMongo = files.filter((file) => serversOf(file).has('mongo') && !withTemporal.includes(file));
const pure = files.filter((file) => !withMongo.includes(file) && !withTemporal.includes(file));

/** Of ten seconds and more each, with every core at work. */
const longest = ['test/nights/', 'test/simulate/', 'test/pages/way-to-a-letter', 'test/workflows/dispatcher', 'test/killed/', 'test/activities/overdue-', 'test/workflows/run-life', 'test/fulfillment/loans-overdue-and-lost.overlap', 'test/cli/stack', 'test/pages/', 'test/bad-inputs', 'test/replay', 'test/domain/days', 'test/architecture'].map((start) => resolve(root, start));
const rankOf = ({ moduleId }) => {
  const long = longest.findIndex((start) => moduleId.startsWith(start));
  return long >= 0 ? long : longest.length + (withTemporal.includes(moduleId) ? 0 : 1);
};
/** A process ends where the next file is of the other project, and another has to load the program: so one project comes after the other. */
const isPure = ({ moduleId }) => Number(pure.includes(moduleId));
class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    return (await super.sort(specifications)).sort((a, b) => isPure(b) - isPure(a) || rankOf(a) - rankOf(b));
  }
}

// A machine that others use as well may be ten times slower: a limit ends what hangs, and says nothing of speed.
const common = { root, testTimeout: 180_000, hookTimeout: 600_000, pool: 'forks', maxWorkers: 5, isolate: false };
const withServers = { ...common, globalSetup: ['test/support/global-setup.ts'] };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...common, name: 'pure', include: pure } },
      { test: { ...withServers, name: 'servers', include: [...withMongo, ...withTemporal] } },
    ].filter(({ test }) => test.include.length > 0),
  },
});
