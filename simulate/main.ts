/**
 * `npm run simulate`: a year of days and nights of a library; ends with status 1 at the first night that breaks what must hold.
 *
 * The store before each tenth night is kept. From there `--go-on` lives on, and `--again` to the night that broke something, and from then on through
 * that night alone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { onlyMongodb, withServers } from '../bench/servers.js';
import { environment } from '../config/environment.js';
import { createIndexes, type Models } from '../models/models.js';
import { keepBefore, restoreBefore, type State } from './before.js';
import { everything, type Life } from './happening.js';
import { beginLife, lifeOf, passDayAndNight, type Fault } from './simulate.js';

const SHOWN = 20;
/** Of so many nights one looks at everything, and the store is kept. */
const EACH_TENTH = 10;
/** Nights after which everything has happened. */
const LONG = 40;
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
  goOn: boolean;
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
  .option('--loans <n>', 'open at the beginning, and about three in four of that at any time', whole, 40_000)
  .option('--explained <n>', 'loans that are explained before each job and looked at after it', whole, 200)
  .option('--again', 'the nights since the last that was kept, and the second time only the night that broke something, with the same seed, users and loans', false)
  .option('--go-on', 'where the life with the same seed, users and loans was ended', false)
  .parse();
const { seed, nights, users, loans, explained: sample, again, goOn } = program.opts<Given>();
const size = { users, items: loans * 5, loans };
const folder = join(environment().dataDir, 'simulate');
const say = (line: string) => process.stderr.write(`${line}\n`);

const startedAt = performance.now();
const state = again || goOn ? await left() : null;
if (state === null) await rm(folder, { recursive: true, force: true });
const { lived, faults } = await withServers(folder, onlyMongodb, {}, (_servers, models) => live(models, state));
if (faults.length === 0 && !again) await rm(folder, { recursive: true, force: true });
for (const { night, invariant, sentence } of faults.slice(0, SHOWN)) console.log(`night ${night}, ${invariant}: ${sentence}`);
console.log(`${lived} nights, ${users} users, ${loans} loans, seed ${seed}: ${faults.length} faults, ${Math.round((performance.now() - startedAt) / 1000)} s`);
if (faults.length > 0) console.log(`This night alone: npm run simulate -- --again --seed ${seed} --users ${users} --loans ${loans} --explained ${sample}`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Where the last life stood when its store was kept. */
async function left(): Promise<State> {
  const state = await restoreBefore(folder);
  if (state === null) throw new Error(`No night is kept in ${folder}: expected a life that was ended, or broke something`);
  if (state.seed !== seed || state.users !== users || state.loans !== loans) throw new Error(`${folder} keeps a life of seed ${state.seed}, ${state.users} users and ${state.loans} loans`);
  return state;
}

async function live(models: Models, from: State | null): Promise<Lived> {
  await createIndexes(models); // of a life that goes on too: the program may have got new ones since
  const life = from === null ? await beginLife(models, seed, size) : lifeOf(models, seed, size);
  let missed = from?.missed ?? 0;
  const happened = new Set<string>();
  for (let night = from?.night ?? 1; night <= nights; night += 1) {
    if (again || night % EACH_TENTH === 1) await keepBefore(models, folder, { night, missed, seed, users, loans });
    const { told, faults } = await pass(life, night, missed);
    for (const what of told.keys()) happened.add(what);
    if (faults !== null && faults.length > 0) return { lived: night, faults };
    missed = faults === null ? missed + 1 : 0;
  }
  const never = from === null && nights >= LONG ? everything.filter((what) => !happened.has(what)) : [];
  return { lived: nights, faults: never.map((what) => ({ night: nights, invariant: 'everything happens', sentence: `«${what}» never happened` })) };
}

async function pass(life: Life, night: number, missed: number): ReturnType<typeof passDayAndNight> {
  const startedAt = performance.now();
  const passed = await passDayAndNight(life, { night, missed, sample, everything: night % EACH_TENTH === 0 || night === nights });
  const happened = [...passed.told].sort().map(([what, count]) => `${what} ${count}`).join(', ');
  say(`night ${night}, ${Math.round(performance.now() - startedAt)} ms: ${passed.faults === null ? 'nothing runs; ' : ''}${happened}`);
  return passed;
}
