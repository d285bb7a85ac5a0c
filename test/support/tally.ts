/**
 * A reporter of vitest for `npm test`: counts tests and names those that did not run, as one JSON object in the file
 * that ALMANAC_TEST_TALLY names.
 *
 * A file that failed because a server is missing counts as one skipped test, and as a failed one when CI=true.
 */
import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

export interface Tally {
  passed: number;
  /** Names. */
  failed: string[];
  /** Names with the reason. */
  skipped: string[];
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tally: Tally = { passed: 0, failed: unhandled.map(({ message }) => `outside of any test: ${message}`), skipped: [] };
    for (const module of modules) count(module, tally);
    const file = process.env.ALMANAC_TEST_TALLY;
    if (file !== undefined) writeFileSync(file, JSON.stringify(tally));
  }
}

function count(module: TestModule, tally: Tally): void {
  const file = module.relativeModuleId;
  const groups: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  const errors = groups.flatMap((group) => group.errors().map(({ message }) => message));
  const missing = errors.find((message) => message.includes('This test needs '));
  if (missing !== undefined) {
    (process.env.CI === 'true' ? tally.failed : tally.skipped).push(`${file}: ${missing}`);
    return;
  }
  tally.failed.push(...errors.map((message) => `${file}: ${message}`));
  for (const test of module.children.allTests()) {
    const result = test.result();
    const name = `${file} > ${test.fullName}`;
    if (result.state === 'passed') tally.passed += 1;
    else if (result.state === 'failed') tally.failed.push(name);
    // Tests of a group whose hook failed did not run; the hook is counted above.
    else tally.skipped.push(`${name}: ${(result.state === 'skipped' && result.note) || 'it did not run'}`);
  }
}
