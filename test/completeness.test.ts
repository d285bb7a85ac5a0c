/** An available job is there in every room (CONTRIBUTING.md, How to add a job): what is missing is told with its place. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { createExplainers } from '../activities/explain.js';
import type { JobDefinition } from '../catalogue/definition.js';
import { jobOf, jobs } from '../catalogue/jobs.js';
import type { Models } from '../models/models.js';
import { letters } from '../templates/letters.js';
import * as workflows from '../workflows/index.js';
import { root } from './support/imports.js';

/** Kinds of run of which a history is kept, if the job can have them. */
const runsKept = (job: JobDefinition) => ['whole', 'failed', ...(job.dryRun ? ['preview'] : []), ...(job.abortable ? ['aborted'] : []), ...(job.guarded ? ['approved'] : [])];

const explainers = Object.keys(createExplainers({} as Models)); // made from no store: none is asked
const specification = process.env.ALMANAC_SHARED_SPEC ?? join(root, '../shared/spec');

const sources = ['activities', 'domain'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(root, folder, name), 'utf8'))).join('\n');
/** How names of counters begin that are made of two: `notRenewed${reason}`. */
const beginnings = [...sources.matchAll(/`([a-z][A-Za-z]+)\$\{/g)].map(([, beginning = '']) => beginning);
/** A sum of money is called after what it adds up: `processFeesAmount`. */
const isCounted = (counter: string): boolean =>
  new RegExp(`\\b${counter.replace(/Amount$/, '')}(Amount)?\\b`).test(sources) || beginnings.some((beginning) => counter.startsWith(beginning));

/** What the job lacks, a sentence each. */
function missing(job: JobDefinition): string[] {
  const room = `${job.category.toLowerCase().replace('_', '-')}/${job.key}`;
  const histories = readdirSync(join(root, 'test/replay/histories'));
  const needed: [holds: boolean, sentence: string][] = [
    [existsSync(join(root, `catalogue/${room}.ts`)), `no definition catalogue/${room}.ts`],
    [job.key in workflows, `no workflow "${job.key}" in workflows/index.ts`],
    [existsSync(join(root, `domain/${room}.ts`)), `no rules domain/${room}.ts`],
    [existsSync(join(root, `activities/${room}.ts`)), `no activities activities/${room}.ts`],
    [explainers.includes(job.key), 'no explanation of a record in activities/explain.ts'],
    [job.explains !== null, 'no type of record that it explains'],
    [job.dryRun, 'no preview'],
    [job.counters.length > 0, 'no counters of its own'],
    ...job.counters.map(({ key }): [boolean, string] => [isCounted(key), `nothing in activities/ or domain/ that counts "${key}"`]),
    ...job.letters.map((code): [boolean, string] => [letters.some((letter) => letter.code === code), `no letter "${code}" in templates/letters.ts`]),
    ...runsKept(job).map((run): [boolean, string] => [histories.includes(`${job.key}.${run}.1.json`), `no history of a run "${run}" in test/replay/histories`]),
    [existsSync(join(root, `test/${room}.agrees.test.ts`)), `no proof that explanation, preview and run agree: test/${room}.agrees.test.ts`],
    [existsSync(join(root, `test/${room}.repeats.test.ts`)), `no proof that a page may be done twice: test/${room}.repeats.test.ts`],
  ];
  return needed.flatMap(([holds, sentence]) => (holds ? [] : [sentence]));
}

/** The examples of the job's section: number and title as the specification says them, `1.` where it gives no title. */
function examplesOf(job: JobDefinition): string[] {
  const texts = readdirSync(specification).filter((name) => name.endsWith('.md')).map((name) => readFileSync(join(specification, name), 'utf8'));
  const section = texts.flatMap((text) => text.split(/^## /m)).find((part) => part.startsWith(`${job.name}\n`));
  assert.ok(section, `no section "${job.name}" in the specification`);
  const [, examples = ''] = section.split('**Examples.**');
  return [...examples.split(/^\*\*/m)[0]!.matchAll(/^(\d+)\.(?: \*([^*]+)\.\*)?/gm)].map(([, number, title]) => (title === undefined ? `${number}.` : `${number}. ${title}`));
}

/** Those that no test is called after. */
function untested(job: JobDefinition, examples: readonly string[]): string[] {
  const text = readFileSync(join(root, `test/${job.category.toLowerCase()}/${job.key}.test.ts`), 'utf8');
  const names = [...text.matchAll(/\b(?:test|describe)\('(\d+\. [^']+)'/g)].map(([, name = '']) => name);
  return examples.filter((example) => !names.some((name) => name === example || name.startsWith(example.endsWith('.') ? `${example} ` : `${example}:`)));
}

const available: readonly JobDefinition[] = jobs.filter((job: JobDefinition) => job.available);

describe.each(available.map((job) => [job.key, job] as const))('%s', (_, job) => {
  test('is there in every room', () => {
    assert.deepEqual(missing(job), []);
  });

  test.runIf(existsSync(specification))('has a test for every example of its specification', () => {
    const examples = examplesOf(job);
    assert.ok(examples.length > 0, 'the section has no examples');
    assert.deepEqual(untested(job, examples), []);
  });
});

describe('what would be missing', () => {
  const job: JobDefinition = jobOf('loans-overdue-and-lost');

  test('of a job that is called available and is not there', () => {
    assert.deepEqual(missing({ ...jobOf('courses-activate-deactivate'), available: true, dryRun: false, guarded: false, letters: ['NoSuchLetter'], counters: [{ key: 'nobodyCountsMe', label: 'Of nobody', kind: 'TOTAL' }] }), [
      'no workflow "courses-activate-deactivate" in workflows/index.ts',
      'no rules domain/fulfillment/courses-activate-deactivate.ts',
      'no activities activities/fulfillment/courses-activate-deactivate.ts',
      'no explanation of a record in activities/explain.ts',
      'no type of record that it explains',
      'no preview',
      'nothing in activities/ or domain/ that counts "nobodyCountsMe"',
      'no letter "NoSuchLetter" in templates/letters.ts',
      'no history of a run "whole" in test/replay/histories',
      'no history of a run "failed" in test/replay/histories',
      'no history of a run "aborted" in test/replay/histories',
      'no proof that explanation, preview and run agree: test/fulfillment/courses-activate-deactivate.agrees.test.ts',
      'no proof that a page may be done twice: test/fulfillment/courses-activate-deactivate.repeats.test.ts',
    ]);
  });

  test('of an example whose test is gone or called otherwise', () => {
    assert.deepEqual(untested(job, ['10. Recall', '10. Recalled', '11. Eleventh']), ['10. Recalled', '11. Eleventh']);
    assert.deepEqual(untested(job, ['1.', '99.']), ['99.']);
  });
});
