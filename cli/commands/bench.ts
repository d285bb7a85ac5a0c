/** `almanac bench <name>`: measurements, each beside a bare script of the same run. */
import { InvalidArgumentError, Option } from 'commander';
import { benchDays } from '../../bench/days.js';
import { benchDispatchers } from '../../bench/dispatchers.js';
import { benchLoad } from '../../bench/load.js';
import { benchMail } from '../../bench/mail.js';
import { jobNights } from '../../bench/job-nights.js';
import { benchNight, type JobNight } from '../../bench/night.js';
import { overdueNight, renewalsNight } from '../../bench/overdue.js';
import type { LibrarySize } from '../../bench/overdue-library.js';
import { benchPages } from '../../bench/pages.js';
import { benchPlans } from '../../bench/plans.js';
import { benchSchedules } from '../../bench/schedules.js';
import { benchStart } from '../../bench/start.js';
import { Refusal } from '../../api/refusal.js';
import { command } from '../command.js';

interface Sizes {
  loans: number;
  overdue: number;
  due: 'mixed' | 'none';
  replicaSet: boolean;
  letters: number;
  runs: number;
  events: number;
  records: number;
  todo: number;
  rounds: number;
}

const benches: Record<string, (sizes: Sizes) => void | Promise<void>> = {
  days: benchDays,
  dispatchers: benchDispatchers,
  load: ({ loans, rounds }) => benchLoad(loans, rounds),
  mail: ({ letters, rounds }) => benchMail(letters, rounds),
  overdue: (sizes) => benchLoans(overdueNight, sizes),
  renewals: (sizes) => benchLoans(renewalsNight, sizes),
  pages: ({ runs, events, rounds }) => benchPages({ runs, events }, rounds),
  plans: ({ loans, overdue, runs, events }) => benchPlans({ loans, overdue, due: 'MIXED' }, { runs, events }),
  schedules: benchSchedules,
  start: ({ rounds }) => benchStart(rounds),
  ...Object.fromEntries(Object.entries(jobNights).map(([key, nightOf]) => [key, (sizes: Sizes) => benchJob(nightOf(sizes), sizes)])),
};

async function benchLoans(nightOf: (size: LibrarySize) => JobNight, { loans, overdue, due, replicaSet, rounds }: Sizes): Promise<void> {
  if (overdue > loans) throw new Refusal('validation-failed', `--overdue ${overdue}: there are only ${loans} loans.`);
  await benchNight(nightOf({ loans, overdue, due: due === 'none' ? 'NONE' : 'MIXED' }), replicaSet, rounds);
}

async function benchJob(night: JobNight, { records, todo, replicaSet, rounds }: Sizes): Promise<void> {
  if (todo > records) throw new Refusal('validation-failed', `--todo ${todo}: there are only ${records} records.`);
  await benchNight(night, replicaSet, rounds);
}

export function benchCommand() {
  return command(
    'bench [name]',
    'Measure; without a name, list what can be measured',
    'almanac bench overdue --loans 200000 --overdue 10000',
  )
    .argument('[name]', `one of ${Object.keys(benches).join(', ')}`)
    .option('--loans <n>', 'overdue, renewals, plans: open loans of the library; load: lines of the file', whole, 2_000_000)
    .option('--overdue <n>', 'overdue, renewals, plans: how many of them are overdue', whole, 100_000)
    .addOption(
      new Option('--due <what>', 'overdue: whether the overdue ones have something to be told')
        .choices(['mixed', 'none'])
        .default('mixed'),
    )
    .option('--records <n>', 'the key of a job: records of its library', whole, 200_000)
    .option('--todo <n>', 'the key of a job: how many of them it has something to do with', whole, 20_000)
    .option('--replica-set', 'nights: MongoDB as a replica set of one instead of standalone', false)
    .option('--letters <n>', 'mail: letters that wait to be sent', whole, 60_000)
    .option('--runs <n>', 'pages, plans: stored runs', whole, 3_000_000)
    .option('--events <n>', 'pages, plans: their events', whole, 10_000_000)
    .option('--rounds <n>', 'load, mail, nights, pages, start: rounds of which the median is told', whole, 3)
    .action(async (name: string | undefined, sizes: Sizes) => {
      if (name === undefined) {
        process.stdout.write(`${Object.keys(benches).join('\n')}\n`);
        return;
      }
      const bench = benches[name];
      if (bench === undefined)
        throw new Refusal(
          'validation-failed',
          `"${name}" is no benchmark: expected one of ${Object.keys(benches).join(', ')}.`,
        );
      await bench(sizes);
    });
}

function whole(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('expected a whole number');
  return number;
}
