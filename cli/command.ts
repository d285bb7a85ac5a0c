/** What all commands share: how they are described, their common options, how they answer. */
import { Command } from 'commander';

/** `example` is one line as it is typed, shown below the help. */
export function command(usage: string, summary: string, example: string): Command {
  return new Command()
    .name(usage.split(' ')[0] ?? usage)
    .usage([...usage.split(' ').slice(1), '[options]'].join(' '))
    .description(summary)
    .option('--json', 'answer in JSON', false)
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

/** `command(…).option(...institutionOption)`: of a command about the records of one institution. */
export const institutionOption = ['--institution <code>', 'the institution it is about; needed when there are several'] as const;

/** Writes the answer to standard output: the value with `--json`, else the lines for people. */
export function answer(json: boolean, value: unknown, lines: () => string[]): void {
  const text = json ? JSON.stringify(value, null, 2) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}
