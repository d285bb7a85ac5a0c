/** `almanac seed`: the demonstration library. */
import { Option, type Command } from 'commander';
import { now } from '../../config/clock.js';
import { connectToMongo } from '../../models/connect.js';
import { createIndexes, createModels } from '../../models/models.js';
import { answer, command, institutionOption } from '../command.js';
import { withInstallation } from '../installation.js';
import { withProgress } from '../load/progress.js';
import { sizes, type SizeName } from '../seed/plan.js';
import { demonstrationInstitution, seedDemonstration, type SeedReport } from '../seed/seed.js';
import { demonstrationPassword } from '../seed/staff.js';

export function seedCommand(): Command {
  return command('seed', 'Make the demonstration library', 'almanac seed --size M')
    .option(...institutionOption)
    .addOption(new Option('--size <size>', 'S: 200 users and 400 loans; M: 10,000 and 20,000; L: 1,000,000 and 2,000,000')
      .choices(Object.keys(sizes)).default('S'))
    .action(async ({ size, json }: { size: SizeName; json: boolean }) => {
      const report = await withInstallation({ commandLine: 'almanac seed', servers: 'mongodb', processes: [] }, async ({ mongodbUri }) => {
        const connection = await connectToMongo(mongodbUri, 'almanac seed');
        try {
          const models = createModels(connection);
          await createIndexes(models);
          return await withProgress('Making the demonstration library', (onProgress) => seedDemonstration({ models, now, onProgress }, size));
        } finally {
          await connection.close();
        }
      });
      answer(json, report, () => linesOf(report));
    });
}

function linesOf({ made, signIns }: SeedReport): string[] {
  return [
    made ? `Institution ${demonstrationInstitution} was made.` : `Institution ${demonstrationInstitution} was there already; nothing was changed.`,
    `Sign in with the password ${demonstrationPassword} as:`,
    ...signIns.map(({ institutionId, primaryId, role }) => `  ${institutionId.padEnd(5)} ${primaryId.padEnd(32)} ${role}`),
  ];
}
