/**
 * Loads an Evergreen database dump into an institution.
 *
 * Rows become records under identifiers made of institution, table and row id, so that a repeat finds them. Bibs, copies, holds and
 * loans pass through as a stream; what they refer to (users' groups and ids, titles, call numbers, lent copies) is kept in memory.
 */
import type { Model } from 'mongoose';
import type { Now } from '../../../config/clock.js';
import { zoneOf } from '../../../domain/days.js';
import type { Versioned } from '../../../models/document.js';
import type { Models } from '../../../models/models.js';
import { makeScheduledJobs } from '../../../worker/scheduled-jobs.js';
import { loadMarkModel } from '../load-mark.js';
import { NotLoadable } from '../not-loadable.js';
import { recordIdOf } from '../record-id.js';
import type { TableReport } from '../table-report.js';
import { Writer, type Written } from '../writer.js';
import { loadBills, paymentTables } from './bills.js';
import { loadCopies, lookAtCallNumbers } from './copies.js';
import { Dump } from './dump.js';
import { loadHolds } from './holds.js';
import { loadClosings, loadHours } from './hours.js';
import { institutionFor, standardProfiles } from './institution.js';
import { lookAtLending } from './lending.js';
import type { Load } from './load-context.js';
import { loadLoans } from './loans.js';
import { loadPeople } from './people.js';
import { Places } from './places.js';
import { Terms } from './terms.js';
import { loadTitles } from './titles.js';

/** In the order of the report. */
const mappedTables = [
  'actor.org_unit',
  'actor.org_address',
  'actor.hours_of_operation',
  'actor.org_unit_closed',
  'asset.copy_location',
  'permission.grp_tree',
  'actor.usr',
  'actor.card',
  'actor.usr_address',
  'biblio.record_entry',
  'asset.call_number',
  'asset.call_number_prefix',
  'asset.call_number_suffix',
  'asset.copy',
  'action.circulation',
  'money.grocery',
  'money.billing',
  ...paymentTables,
  'action.hold_request',
  'biblio.monograph_part',
];

export interface EvergreenRequest {
  folder: string;
  institution: string;
  timeZone: string;
  currency: string | null;
  name: string | null;
  /** Pattern of an address for users without one; null leaves them without. */
  missingEmail: string | null;
}

export interface EvergreenReport {
  institution: { code: string; isNew: boolean };
  /** Names of the overdue profiles made for a new institution. */
  profiles: string[];
  tables: TableReport[];
  /** Mapped tables that the folder does not have. */
  missing: string[];
  /** Tables in the folder that nothing here is made of, with their rows. */
  notMapped: { table: string; rows: number }[];
  written: Written[];
}

export interface LoaderDependencies {
  models: Models;
  now: Now;
  /** Hears the bytes read and the bytes there are to read. */
  onProgress: (done: number, total: number) => void;
}

/** Tables that are read twice: once to know what is needed, once to load it. */
const lookedAt = ['actor.org_unit_type', 'actor.org_unit', 'actor.org_address', 'asset.copy_location', 'permission.grp_tree', 'actor.card',
  'actor.usr_address', 'actor.usr', 'asset.call_number', 'asset.call_number_prefix', 'asset.call_number_suffix', 'asset.copy',
  'action.hold_request', 'action.circulation', 'action.circulation', 'money.grocery'];

export async function loadEvergreen(dependencies: LoaderDependencies, request: EvergreenRequest): Promise<EvergreenReport> {
  const { models, now } = dependencies;
  let done = 0;
  const dump: Dump = await Dump.open(request.folder, (bytes) => {
    done += bytes;
    dependencies.onProgress(done, total);
  });
  const total = dump.size + lookedAt.reduce((sum, table) => sum + dump.sizeOf(table), 0);
  if (!mappedTables.some((table) => dump.has(table))) {
    throw new NotLoadable(`${request.folder} holds no table of Evergreen: files are named <schema>.<table>.sql, such as actor.usr.sql.`);
  }

  const { institution, isNew } = await institutionFor(models, {
    code: request.institution,
    timeZone: request.timeZone,
    currency: request.currency,
    name: request.name,
    allowedEmails: allowedBy(request.missingEmail),
  });
  const { institutionId } = institution;
  await makeScheduledJobs(models, institution, now());
  const marks = loadMarkModel(models.Institution.db);
  const written: Written[] = [];
  const load: Load = {
    dump,
    models,
    institutionId,
    zone: zoneOf(institution.timeZone),
    currency: institution.currency,
    idOf: (table, id) => recordIdOf('evergreen', institutionId, table, id),
    writerOf<T extends Versioned>(model: Model<T>) {
      const writer = new Writer(model, marks, institutionId, now);
      written.push(writer.written);
      return writer;
    },
  };

  await loadRecords(load, request.missingEmail);
  const notMapped = [];
  for (const table of dump.tables.filter((name) => !mappedTables.includes(name))) {
    let rows = 0;
    await dump.look(table, () => (rows += 1));
    notMapped.push({ table, rows });
  }
  return {
    institution: { code: institutionId, isNew },
    profiles: isNew ? standardProfiles.map(({ name, daysAfterDueDate }) => `${name} (day ${daysAfterDueDate})`) : [],
    tables: mappedTables.filter((table) => dump.has(table)).map((table) => dump.report(table)),
    missing: mappedTables.filter((table) => !dump.has(table)),
    notMapped,
    written: byCollection(written),
  };
}

async function loadRecords(load: Load, missingEmail: string | null): Promise<void> {
  const places = await Places.read(load);
  const people = await loadPeople(load, places, missingEmail);
  const lending = await lookAtLending(load, people);
  const { callNumbers, recordsWithCopies } = await lookAtCallNumbers(load);
  const titles = await loadTitles(load, recordsWithCopies);
  const copies = await loadCopies(load, places, titles, callNumbers, lending);
  const terms = new Terms(load);
  const loans = await loadLoans(load, people, copies, lending, terms);
  await terms.write();
  await loadBills(load, places, people, loans);
  await loadHolds(load, places, { people, titles, copies, callNumbers });
  await places.write();
  await loadHours(load, places);
  await loadClosings(load, places);
}

/** A sandbox may write to the addresses that were made up, and to nobody else. */
function allowedBy(missingEmail: string | null): string[] {
  const domain = missingEmail?.split('@')[1];
  return domain === undefined ? [] : [`*@${domain}`];
}

function byCollection(written: Written[]): Written[] {
  const sums = new Map<string, Written>();
  for (const one of written) {
    const sum = sums.get(one.collection);
    if (sum === undefined) sums.set(one.collection, { ...one });
    else for (const count of ['inserted', 'updated', 'unchanged', 'refused'] as const) sum[count] += one[count];
  }
  return [...sums.values()];
}
