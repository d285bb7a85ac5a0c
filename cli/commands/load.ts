/** `almanac load`: a library's own data, from another system's dump or from files of lines. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { now } from '../../config/clock.js';
import { zoneOf } from '../../domain/days.js';
import { answer, command, institutionOption } from '../command.js';
import { expectReadable, isCollection, loadables, loadFile, type FileReport } from '../load/collections/load-file.js';
import { loadEvergreen } from '../load/evergreen/load-evergreen.js';
import { reportLines } from '../load/evergreen/print.js';
import { NotLoadable } from '../load/not-loadable.js';
import { withProgress } from '../load/progress.js';
import { withModels } from '../operating.js';

interface Options {
  from?: string;
  institution?: string;
  timeZone?: string;
  currency?: string;
  name?: string;
  missingEmail?: string;
  json: boolean;
}

const COMMAND = 'almanac load';
const EVERGREEN = 'almanac load --from evergreen dump/ --institution concerto --time-zone America/New_York';

export function loadCommand(): Command {
  return command('load <collection> <file> | --from evergreen <folder>', 'Load data: a file of lines, or the dump of another system', EVERGREEN)
    .option(...institutionOption)
    .argument('<collection or folder>', `one of ${Object.keys(loadables).join(', ')}; with --from the folder of the dump`)
    .argument('[file]', 'NDJSON (a record a line), or CSV when it ends in .csv')
    .option('--from <system>', 'the system a dump is from: evergreen')
    .option('--time-zone <zone>', 'IANA name of the institution’s time zone; needed with --from')
    .option('--currency <code>', 'ISO 4217 code; USD for a new institution')
    .option('--name <name>', 'name of a new institution; its code without')
    .option('--missing-email <pattern>', 'address for users without one, such as "{barcode}@patrons.example"')
    .action((place: string, file: string | undefined, options: Options) =>
      options.from === undefined ? loadLines(place, file, options) : loadDump(place, file, options));
}

async function loadDump(folder: string, file: string | undefined, options: Options): Promise<void> {
  const { institution, timeZone, missingEmail = null } = options;
  demand(options.from === 'evergreen', `--from ${options.from}: the systems that can be loaded from are: evergreen.`);
  demand(file === undefined, `"${file}" is one too many: with --from the folder is the only argument.`);
  demand(institution !== undefined, '--institution <code> says into which institution the dump goes.');
  demand(timeZone !== undefined, '--time-zone <zone> says which zone its libraries are in, such as America/New_York.');
  demand(missingEmail === null || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(missingEmail), `--missing-email "${missingEmail}" is no pattern of an address.`);
  const isFolder = await stat(folder).then((found) => found.isDirectory(), () => false);
  demand(isFolder, `${folder} is no folder: expected one with the tables of a dump, such as actor.usr.sql.`);
  const request = { folder, institution, timeZone, currency: options.currency ?? null, name: options.name ?? null, missingEmail };
  const report = await withModels(COMMAND, (models) =>
    withProgress(`Loading ${folder}`, (onProgress) => loadEvergreen({ models, now, onProgress }, request)),
  );
  answer(options.json, report, () => reportLines(report));
}

async function loadLines(collection: string, file: string | undefined, options: Options): Promise<void> {
  demand(isCollection(collection), `"${collection}" cannot be loaded. What can: ${Object.keys(loadables).join(', ')}.`);
  demand(file !== undefined, `Which file? almanac load ${collection} <file.ndjson|file.csv>`);
  for (const [option, value] of [['--time-zone', options.timeZone], ['--currency', options.currency], ['--name', options.name], ['--missing-email', options.missingEmail]]) {
    demand(value === undefined, `${option} "${value}" goes with --from alone: lines are loaded into an institution that is there already.`);
  }
  await expectReadable(file);
  const report = await withModels(COMMAND, async (models) => {
    const institutions = await models.Institution.find({ kind: { $in: ['INSTITUTION', 'NETWORK', 'COMMUNITY'] } }).lean();
    const known = institutions.map(({ code }) => code).join(', ') || 'none yet';
    const wanted = options.institution ?? (institutions.length === 1 ? institutions[0]?.code : undefined);
    demand(wanted !== undefined, `--institution <code> says which one is meant. There are: ${known}.`);
    const institution = institutions.find(({ code }) => code === wanted);
    demand(institution !== undefined, `There is no institution ${wanted}. There are: ${known}.`);
    const { institutionId, currency, timeZone } = institution;
    const destination = { models, institutionId, currency, zone: zoneOf(timeZone), now };
    return withProgress(`Loading ${file}`, (onProgress) => loadFile(destination, collection, file, onProgress));
  });
  answer(options.json, report, () => linesOf(report));
  if (report.refused > 0) process.exitCode = 1;
}

function linesOf({ collection, lines, inserted, updated, unchanged, replaced, refused, refusedFile }: FileReport): string[] {
  return [
    `${collection}: ${lines} lines, ${inserted} new, ${updated} changed, ${unchanged} as they were, ${replaced} replaced by a later line, ${refused} refused.`,
    ...(refusedFile === null ? [] : [`Refused lines with their reasons: ${refusedFile}`]),
  ];
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new NotLoadable(message);
}
