/** `almanac build`: what is made from sources ahead of time, so that no process has to. Part of an image; `npm start` needs none of it. */
import type { Command } from 'commander';
import { keptBundle, ours } from '../../worker/workflow-bundle.js';
import { answer, command } from '../command.js';
import { writeLetterTemplates } from '../letters/build.js';

export function buildCommand(): Command {
  return command('build', 'Compile the letters and bundle the workflows', 'almanac build')
    .action(async ({ json }: { json: boolean }) => {
      const letters = await writeLetterTemplates();
      const bundle = await keptBundle(ours);
      answer(json, { letters, bundle }, () => [`${letters.length} letters compiled.`, `Workflows bundled: ${bundle}`]);
    });
}
