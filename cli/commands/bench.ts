/** `almanac bench <name>`: measurements, each beside a bare script of the same run. */
import { benchDays } from '../../bench/days.js';
import { Refusal } from '../../api/refusal.js';
import { command } from '../command.js';

const benches: Record<string, () => void | Promise<void>> = { days: benchDays };

export function benchCommand() {
  return command('bench [name]', 'Measure; without a name, list what can be measured', 'almanac bench days')
    .argument('[name]', `one of ${Object.keys(benches).join(', ')}`)
    .action(async (name: string | undefined) => {
      if (name === undefined) {
        process.stdout.write(`${Object.keys(benches).join('\n')}\n`);
        return;
      }
      const bench = benches[name];
      if (bench === undefined) throw new Refusal('validation-failed', `"${name}" is no benchmark: expected one of ${Object.keys(benches).join(', ')}.`);
      await bench();
    });
}
