/**
 * `npm run chaos`: kills, and says in a line of zeros that nothing came of it; ends with status 1 where something did. With `--sabotage` it is
 * to find what a protection that is switched off would have kept away, and ends with status 1 where it does not.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { chaos, differencesIn, type Chaos, type Night, type SabotagedNight } from './chaos.js';
import { sabotages, type Sabotage } from './orders.js';
import type { Outage } from './outage.js';
import { blowText } from './programme.js';
import { subjects } from './reckoning.js';
import { scenarios } from './scenarios.js';

/** Barcodes of the library have three digits of base 36. */
const MOST_LOANS = 36 ** 3;
/** Of what differs, so many sentences a subject are printed, and so much of each. */
const SHOWN = 10;
const SHOWN_SIGNS = 300;

interface Given {
  job: string;
  seed: number[];
  kills: number;
  loans: number;
  sabotage?: Sabotage | 'all';
}

const wholeUpTo = (most: number) => (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > most) throw new InvalidArgumentError(`expected a whole number up to ${most}`);
  return number;
};

/** `4`, or the first and the last of a row: `1..10`. */
function seedsOf(text: string): number[] {
  const [first, last] = text.split('..').map(wholeUpTo(2 ** 31));
  if (last !== undefined && last < first!) throw new InvalidArgumentError('expected the smaller seed first');
  return Array.from({ length: (last ?? first!) - first! + 1 }, (_, index) => first! + index);
}

const program = new Command('npm run chaos --')
  .description('Kill workers, Temporal, MongoDB and the mail while nights are at work, and compare with an undisturbed night')
  .addOption(new Option('--job <key>', 'whose nights').choices(Object.keys(scenarios)).default('loans-overdue-and-lost'))
  .option('--seed <n>', 'draws library, kills and faults of the mail server; 1..10: each of them, one after the other', seedsOf, [1])
  .option('--kills <n>', 'of each seed, until so many were struck', wholeUpTo(10_000), 12)
  .option('--loans <n>', 'of each night', wholeUpTo(MOST_LOANS), 400)
  .addOption(new Option('--sabotage <protection>', 'instead of kills: switch one off, or each in turn, to see what is doubled or lost').choices([...sabotages, 'all']))
  .parse();
const { job, seed: seeds, kills, loans, sabotage } = program.opts<Given>();
const switchedOff = sabotage === undefined ? [] : sabotage === 'all' ? sabotages : [sabotage];

/** What a seed has come to. */
interface Sown {
  seed: number;
  nights: readonly Night[];
  outages: readonly Outage[];
  sabotaged: readonly SabotagedNight[];
  mailFaults: Chaos['mailFaults'];
}

const startedAt = performance.now();
const say = (line: string) => process.stderr.write(`${line}\n`);
const sown: Sown[] = [];
for (const seed of seeds) {
  const done: Sown = { seed, ...await chaos({ scenario: scenarios[job]!, seed, loans, kills: sabotage === undefined ? kills : 0, sabotage: switchedOff, report: say }) };
  say(`seed ${seed}: ${done.nights.flatMap(({ struck }) => struck).filter(({ struck }) => struck).length} blows struck, ${differing(done).length} nights differ`);
  sown.push(done);
}
if (sabotage === undefined) print(table());
for (const each of sown.filter((one) => differing(one).length > 0)) {
  print([...differing(each).flatMap(faultsOf), ...again(each, `--kills ${kills}`)]);
  process.exitCode = 1;
}
for (const each of sown) {
  for (const { protection, seen, ...night } of each.sabotaged) {
    print([...faultsOf(told(night)), '', `Seed ${each.seed}, ${protection} switched off: ${seen ? 'seen' : 'NOT SEEN'}`]);
    if (seen) continue;
    print(again(each, `--sabotage ${protection}`));
    process.exitCode = 1;
  }
}

function again({ seed }: Sown, what: string): string[] {
  return ['', `Again: npm run chaos -- --job ${job} --seed ${seed} ${what} --loans ${loans}`];
}

function differing({ nights, outages }: Sown): Outage[] {
  return [...nights.map(told), ...outages].filter(({ reckoning }) => differencesIn(reckoning) > 0);
}

function told({ institutionId, struck, reckoning }: Night): Outage {
  const blows = struck.filter((each) => each.struck).map(({ blow }) => blowText(blow));
  return { what: blows.join('; '), institutionId, reckoning };
}

/** Over all seeds. */
function table(): string[] {
  const [nights, outages] = [sown.flatMap((each) => each.nights), sown.flatMap((each) => each.outages)];
  const blows = nights.flatMap((night) => night.struck).map(({ blow, struck }) => ({ what: blowText(blow), struck }));
  const struck = sums(blows.map((each) => [each.what, Number(each.struck)]));
  const missed = sums(blows.map((each) => [each.what, Number(!each.struck)]));
  const faults = sums(sown.flatMap(({ mailFaults }) => [...mailFaults]));
  const ofSeeds = seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`;
  return [
    'struck  not come to',
    ...struck.map(([what, times], index) => `${String(times).padStart(6)}  ${String(missed[index]![1]).padStart(11)}  ${what}`),
    `${String(blows.filter((each) => each.struck).length).padStart(6)}  in ${nights.length} nights of ${loans} loans, ${ofSeeds}, ${Math.round((performance.now() - startedAt) / 1000)} s`,
    `mail: ${faults.map(([fault, count]) => `${fault} ${count}`).join(', ')}`,
    ...sums(outages.map(({ what, reckoning }) => [what, differencesIn(reckoning)])).map(([what, count]) => `schedule ${what}: ${count} differences`),
    subjects.map((subject) => `${subject} ${[...nights, ...outages].reduce((sum, { reckoning }) => sum + reckoning[subject].length, 0)}`).join('  '),
  ];
}

/** Of each name, in their order. */
function sums(counted: readonly (readonly [string, number])[]): [string, number][] {
  const sum = new Map<string, number>();
  for (const [what, count] of counted) sum.set(what, (sum.get(what) ?? 0) + count);
  return [...sum].sort(([a], [b]) => a.localeCompare(b));
}

function faultsOf({ what, institutionId, reckoning }: Outage): string[] {
  return [
    '', `Night ${institutionId} differs, after: ${what}`,
    ...subjects.flatMap((subject) => {
      const faults = reckoning[subject];
      return [...faults.slice(0, SHOWN).map((fault) => fault.slice(0, SHOWN_SIGNS)), ...(faults.length > SHOWN ? [`and ${faults.length - SHOWN} more of ${subject}`] : [])];
    }),
  ];
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
