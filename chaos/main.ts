/** `npm run chaos`: kills, and says in a line of zeros that nothing came of it; ends with status 1 where something did. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { chaos, differencesIn, type Chaos, type Night } from './chaos.js';
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
  seed: number;
  kills: number;
  loans: number;
  sabotage?: Sabotage;
}

const wholeUpTo = (most: number) => (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > most) throw new InvalidArgumentError(`expected a whole number up to ${most}`);
  return number;
};

const program = new Command('npm run chaos --')
  .description('Kill workers, Temporal, MongoDB and the mail while nights are at work, and compare with an undisturbed night')
  .addOption(new Option('--job <key>', 'whose nights').choices(Object.keys(scenarios)).default('loans-overdue-and-lost'))
  .option('--seed <n>', 'draws library, kills and faults of the mail server', wholeUpTo(2 ** 31), 1)
  .option('--kills <n>', 'until so many were struck', wholeUpTo(10_000), 12)
  .option('--loans <n>', 'of each night', wholeUpTo(MOST_LOANS), 400)
  .addOption(new Option('--sabotage <protection>', 'switch one off, to see what is doubled or lost').choices(sabotages))
  .parse();
const { job, seed, kills, loans, sabotage } = program.opts<Given>();

const startedAt = performance.now();
const done = await chaos({
  scenario: scenarios[job]!, seed, loans,
  kills: sabotage === undefined ? kills : 0,
  sabotage: sabotage === undefined ? [] : [sabotage],
  report: (line) => process.stderr.write(`${line}\n`),
});
const nights = [...done.nights, ...done.sabotaged.values()];
print(tableOf(done, nights));
const differ = [...nights.map(told), ...done.outages].filter(({ reckoning }) => differencesIn(reckoning) > 0);
if (differ.length > 0) {
  const again = sabotage === undefined ? `--kills ${kills}` : `--sabotage ${sabotage}`;
  print([...differ.flatMap(faultsOf), '', `Again: npm run chaos -- --job ${job} --seed ${seed} ${again} --loans ${loans}`]);
}
process.exitCode = differ.length === 0 ? 0 : 1;

function told({ institutionId, struck, reckoning }: Night): Outage {
  const blows = struck.filter((each) => each.struck).map(({ blow }) => blowText(blow));
  return { what: blows.join('; '), institutionId, reckoning };
}

function tableOf({ mailFaults, outages }: Chaos, nights: readonly Night[]): string[] {
  const times = new Map<string, { struck: number; missed: number }>();
  for (const { blow, struck } of nights.flatMap((night) => night.struck)) {
    const what = blowText(blow);
    const row = times.get(what) ?? { struck: 0, missed: 0 };
    times.set(what, { struck: row.struck + Number(struck), missed: row.missed + Number(!struck) });
  }
  const rows = [...times].sort(([a], [b]) => a.localeCompare(b));
  const total = rows.reduce((sum, [, { struck }]) => sum + struck, 0);
  return [
    'struck  not come to',
    ...rows.map(([what, { struck, missed }]) => `${String(struck).padStart(6)}  ${String(missed).padStart(11)}  ${what}`),
    `${String(total).padStart(6)}  in ${nights.length} nights of ${loans} loans, seed ${seed}, ${Math.round((performance.now() - startedAt) / 1000)} s`,
    `mail: ${[...mailFaults].sort(([a], [b]) => a.localeCompare(b)).map(([fault, count]) => `${fault} ${count}`).join(', ')}`,
    ...outages.map(({ what, reckoning }) => `schedule ${what}: ${differencesIn(reckoning)} differences`),
    subjects.map((subject) => `${subject} ${[...nights, ...outages].reduce((sum, { reckoning }) => sum + reckoning[subject].length, 0)}`).join('  '),
  ];
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
