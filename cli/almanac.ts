/** The `almanac` command. A subcommand is a file of cli/commands/, loaded when it is called or listed. */
import { Command } from 'commander';
import { Refusal } from '../api/refusal.js';
import { EnvironmentError } from '../config/environment.js';
import { NotLoadable } from './load/not-loadable.js';
import { ServerMissing } from './servers/find.js';
import { FolderTaken } from './stack/folder.js';
import { CannotListen } from './stack/ports.js';
import { PortTaken } from './stack/stack.js';
import { say } from './terminal.js';

const subcommands: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.js')).startCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  load: async () => (await import('./commands/load.js')).loadCommand(),
  seed: async () => (await import('./commands/seed.js')).seedCommand(),
  run: async () => (await import('./commands/run.js')).runCommand(),
  explain: async () => (await import('./commands/explain.js')).explainCommand(),
  preview: async () => (await import('./commands/preview.js')).previewCommand(),
  runs: async () => (await import('./commands/runs.js')).runsCommand(),
  letters: async () => (await import('./commands/letters.js')).lettersCommand(),
  build: async () => (await import('./commands/build.js')).buildCommand(),
  bench: async () => (await import('./commands/bench.js')).benchCommand(),
};

const program = new Command('almanac')
  .description('The scheduled jobs of a library')
  .addHelpText('after', '\nExample:\n  $ almanac start\n\nalmanac help <command> shows an example of each.');

const called = process.argv.slice(2).find((argument) => argument in subcommands);
const listed = called === undefined || process.argv[2] === 'help' ? Object.keys(subcommands) : [called];
for (const name of listed) {
  const subcommand = await subcommands[name]?.();
  if (subcommand !== undefined) program.addCommand(subcommand);
}

try {
  await program.parseAsync();
} catch (error) {
  // What a person can mend is said in its message; of anything else the place matters.
  const mendable = [EnvironmentError, Refusal, NotLoadable, ServerMissing, FolderTaken, PortTaken, CannotListen].some((kind) => error instanceof kind);
  say(error instanceof Error ? (mendable ? error.message : (error.stack ?? error.message)) : String(error));
  process.exitCode = error instanceof EnvironmentError ? 78 : 1; // 78: EX_CONFIG of sysexits
}
