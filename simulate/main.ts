/**
 * `npm run simulate`: a year of days and nights of a library; ends with status 1 at the first night that breaks what must hold.
 *
 * The store before each tenth night is kept: `--again` lives from there to the night that broke something, and from then on through that night alone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { onlyMongodb, withServers } from '../bench/servers.js';
import { environment } from '../config/environment.js';
import { createIndexes, type Models } from '../models/models.js';
import { keepBefore, restoreBefore, type State } from './before.js';
import type { Life } from './day.js';
import { beginLife, lifeOf, passDayAndNight, type Fault } from './simulate.js';

const SHOWN = 20;
/** A copy of the store takes as long as a night of a small library. */
const KEPT_EACH = 10;
interface Lived {
  /** Up to which night. */
  lived: number;
  faults: Fault[];
}
interface Given {
  seed: number;
  nights: number;
  users: number;
  loans: number;
  explained: number;
  again: boolean;
}

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return number;
};

const program = new Command('npm run simulate --')
  .description('Let a library live through days and nights, and check after each night what must hold')
  .option('--nights <n>', 'how many', whole, 400)
  .option('--seed <n>', 'draws what people do, and when nothing runs', whole, 1)
  .option('--users <n>', 'of the library', whole, 20_000)
  .option('--loans <n>', 'open at the beginning, and about as many at any time', whole, 40_000)
  .option('--explained <n>', 'loans that are explained before each job and looked at after it', whole, 200)
  .option('--again', 'the nights since the last that was kept, and the second time only the night that broke something, with the same seed, users and loans', false)
  .parse();
const { seed, nights, users, loans, explained: sample, again } = program.opts<Given>();
const size = { users, items: loans * 5, loans };
const folder = join(environment().dataDir, 'simulate');
const say = (line: string) => process.stderr.write(`${line}\n`);

if (!again) await rm(folder, { recursive: true, force: true });
const startedAt = performance.now();
const { lived, faults } = await withServers(folder, onlyMongodb, {}, (_servers, models) => (again ? nightsAgain(models) : manyNights(models)));
if (faults.length === 0 && !again) await rm(folder, { recursive: true, force: true });
for (const { night, invariant, sentence } of faults.slice(0, SHOWN)) console.log(`night ${night}, ${invariant}: ${sentence}`);
console.log(`${lived} nights, ${users} users, ${loans} loans, seed ${seed}: ${faults.length} faults, ${Math.round((performance.now() - startedAt) / 1000)} s`);
if (faults.length > 0) console.log(`This night alone: npm run simulate -- --again --seed ${seed} --users ${users} --loans ${loans} --explained ${sample}`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function manyNights(models: Models): Promise<Lived> {
  await createIndexes(models);
  return live(await beginLife(models, seed, size), { night: 1, missed: 0 }, (night) => night % KEPT_EACH === 1);
}

async function nightsAgain(models: Models): Promise<Lived> {
  const state = await restoreBefore(models);
  if (state === null) throw new Error(`No night is kept in ${folder}: expected one that broke something before`);
  await createIndexes(models); // the program may have got new ones since
  return live(lifeOf(models, seed, size), state, () => true);
}

async function live(life: Life, from: State, isKept: (night: number) => boolean): Promise<Lived> {
  let { missed } = from;
  for (let { night } = from; night <= nights; night += 1) {
    if (isKept(night)) await keepBefore(life.models, { night, missed });
    const faults = await pass(life, night, missed);
    if (faults !== null && faults.length > 0) return { lived: night, faults };
    missed = faults === null ? missed + 1 : 0;
  }
  return { lived: nights, faults: [] };
}

async function pass(life: Life, night: number, missed: number): Promise<Fault[] | null> {
  const startedAt = performance.now();
  const { told, faults } = await passDayAndNight(life, { night, missed, sample });
  const happened = [...told].sort().map(([what, count]) => `${what} ${count}`).join(', ');
  say(`night ${night}, ${Math.round(performance.now() - startedAt)} ms: ${faults === null ? 'nothing runs; ' : ''}${happened}`);
  return faults;
}
