/** `almanac seed`: the demonstration library. */
import { Option, type Command } from 'commander';
import { Refusal } from '../../api/refusal.js';
import { now } from '../../config/clock.js';
import { answer, command } from '../command.js';
import { isInstitutionCode } from '../institution-code.js';
import { withProgress } from '../load/progress.js';
import { withModels } from '../operating.js';
import { sizes, type SizeName } from '../seed/plan.js';
import { demonstrationInstitution, seedDemonstration, type SeedReport } from '../seed/seed.js';
import { demonstrationPassword } from '../seed/staff.js';

export function seedCommand(): Command {
  return command('seed', 'Make the demonstration library', 'almanac seed --size M --institution demo')
    .option('--institution <code>', 'the code that it gets', demonstrationInstitution)
    .addOption(new Option('--size <size>', 'S: 200 users and 400 loans; M: 10,000 and 20,000; L: 1,000,000 and 2,000,000')
      .choices(Object.keys(sizes)).default('S'))
    .action(async ({ institution, size, json }: { institution: string; size: SizeName; json: boolean }) => {
      if (!isInstitutionCode(institution)) throw new Refusal('validation-failed', `--institution "${institution}" is no code: expected 2 to 32 of a-z, 0-9 and -.`);
      const report = await withModels('almanac seed', (models) =>
        withProgress('Making the demonstration library', (onProgress) => seedDemonstration({ models, now, onProgress }, institution, sizes[size])));
      answer(json, report, () => linesOf(report));
    });
}

function linesOf({ institution, made, signIns }: SeedReport): string[] {
  const first = made ? `Institution ${institution} was made.` : `Institution ${institution} was there already; nothing was changed.`;
  if (signIns.length === 0) return [first, 'It is not the demonstration library, which needs a code of its own: --institution <code>.'];
  return [
    first,
    `Sign in with the password ${demonstrationPassword} as:`,
    ...signIns.map(({ institutionId, primaryId, role }) => `  ${institutionId.padEnd(5)} ${primaryId.padEnd(32)} ${role}`),
  ];
}
