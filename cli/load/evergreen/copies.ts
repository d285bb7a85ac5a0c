/**
 * Call numbers and copies become holdings and items.
 *
 * A call number has no location in Evergreen, a holding has one here: a call number whose copies stand in two locations becomes two
 * holdings.
 */
import type { Holding, Item } from '../../../models/catalogue-records.js';
import { withdrawing, type Load } from './load-context.js';
import type { Lending } from './lending.js';
import type { Places } from './places.js';
import { LeftOut, type Row } from './row.js';
import type { Title } from './titles.js';

export interface CallNumber {
  recordId: string;
  text: string;
}

/** What loans and holds say of a copy. */
export interface Copy {
  itemId: string;
  bibId: string;
  title: Title;
  barcode: string;
  libraryCode: string;
  locationCode: string;
  itemPolicy: string | null;
  callNumber: string;
}

type State = Pick<Item, 'baseStatus' | 'processType'>;
const IN_PLACE: State = { baseStatus: 'IN_PLACE', processType: null };
const away = (processType: Item['processType']): State => ({ baseStatus: 'NOT_IN_PLACE', processType });

// config.copy_status of every installation. Checked out, lost and long overdue follow from the loan; without one they are missing.
const STATES = new Map<string, State>([
  ['0', IN_PLACE],
  ['2', away('WORK_ORDER_DEPARTMENT')], // bindery
  ['3', away('MISSING')],
  ['4', away('MISSING')],
  ['5', away('WORK_ORDER_DEPARTMENT')], // in process
  ['6', away('TRANSIT')],
  ['7', IN_PLACE], // reshelving
  ['8', away('HOLDSHELF')],
  ['9', away('ACQ')], // on order
  ['10', away('ILL')],
  ['11', away('WORK_ORDER_DEPARTMENT')], // cataloguing
  ['12', IN_PLACE], // reserves
  ['14', away('WORK_ORDER_DEPARTMENT')], // damaged
  ['15', away('HOLDSHELF')],
  ['16', away('MISSING')], // long overdue
  ['17', away('LOST_LOAN_AND_PAID')],
  ['18', away('TRANSIT')], // cancelled transit
]);

/** A first look at the call numbers, and at which records have copies that are not deleted. */
export async function lookAtCallNumbers(load: Load): Promise<{ callNumbers: Map<string, CallNumber>; recordsWithCopies: Set<string> }> {
  const { dump } = load;
  const affixes = new Map<string, string>();
  for (const table of ['prefix', 'suffix']) {
    await dump.look(`asset.call_number_${table}`, (row) => affixes.set(`${table} ${row.text('id')}`, row.text('label')));
  }
  const callNumbers = new Map<string, CallNumber>();
  await dump.look('asset.call_number', (row) => {
    const affix = (name: string) => affixes.get(`${name} ${row.maybeText(name) ?? ''}`);
    const text = [affix('prefix'), row.text('label'), affix('suffix')].filter((part) => part !== undefined).join(' ');
    callNumbers.set(row.text('id'), { recordId: row.text('record'), text });
  });
  const recordsWithCopies = new Set<string>();
  await dump.look('asset.copy', (row) => {
    const callNumber = callNumbers.get(row.text('call_number'));
    if (callNumber !== undefined && !row.flag('deleted')) recordsWithCopies.add(callNumber.recordId);
  });
  return { callNumbers, recordsWithCopies };
}

/** Answers, by Evergreen's id, the copies that are lent or asked for: those loans and holds will want to know. */
export async function loadCopies(
  load: Load,
  places: Places,
  titles: ReadonlyMap<string, Title>,
  callNumbers: ReadonlyMap<string, CallNumber>,
  lending: Lending,
): Promise<ReadonlyMap<string, Copy>> {
  const holdings = load.writerOf(load.models.Holding);
  const items = load.writerOf(load.models.Item);
  const copies = new Map<string, Copy>();
  const holdingsWritten = new Map<string, Set<string>>();

  await load.dump.each('asset.copy', async (row, report) => {
    const id = row.text('id');
    const deleted = row.flag('deleted');
    if (deleted && !lending.copies.has(id)) throw new LeftOut('deleted');
    const callNumberId = row.text('call_number');
    const callNumber = callNumbers.get(callNumberId);
    if (callNumber === undefined) throw new LeftOut('its call number is not in the dump', callNumberId);
    const title = titles.get(callNumber.recordId);
    if (title === undefined) throw new LeftOut('its bibliographic record was not loaded', `record ${callNumber.recordId}`);
    const barcode = row.text('barcode');
    const [unitId, shelfId] = [row.text('circ_lib'), row.text('location')];
    const libraryCode = places.libraryOf(unitId);
    const locationCode = places.locationOf(unitId, shelfId);

    const place = `${callNumberId}:${unitId}:${shelfId}`;
    const holdingId = load.idOf('asset.call_number', place);
    const ofCallNumber = holdingsWritten.get(callNumberId) ?? new Set();
    if (!ofCallNumber.has(place)) {
      holdingsWritten.set(callNumberId, ofCallNumber.add(place));
      await holdings.add(
        {
          _id: holdingId,
          institutionId: load.institutionId,
          pid: [callNumberId, unitId.padStart(6, '0'), shelfId.padStart(6, '0')].join(''),
          bibId: title.bibId,
          libraryCode,
          locationCode,
          callNumber: callNumber.text,
          suppressed: false,
          importKey: `evergreen:${place}`,
          deletedAt: null,
          deleteAfter: null,
        } satisfies Omit<Holding, 'createdAt' | 'updatedAt' | 'version'>,
        () => undefined,
      );
    }

    const _id = load.idOf('asset.copy', id);
    const price = row.maybeAmount('price', load.currency);
    const itemPolicy = row.maybeText('circ_modifier');
    await items.add(
      {
        _id,
        institutionId: load.institutionId,
        pid: id,
        bibId: title.bibId,
        holdingId,
        barcode,
        barcodeKey: deleted ? `#${_id}` : barcode,
        libraryCode,
        locationCode,
        inTemporaryLocation: false,
        currentLibraryCode: libraryCode,
        currentLocationCode: locationCode,
        itemPolicy,
        materialType: null,
        ...stateOf(row, lending, (remark) => report.remark(remark, `${barcode}: status ${row.maybeText('status')}`)),
        callNumber: callNumber.text,
        copyId: row.maybeText('copy_number'),
        description: null,
        replacementCost: price === null ? null : { amount: price, currency: load.currency },
        importKey: `evergreen:${id}`,
        // Kept, whatever its age: a loan is open on it.
        deletedAt: deleted ? row.instant('edit_date') : null,
        deleteAfter: null,
      } satisfies Omit<Item, 'createdAt' | 'updatedAt' | 'version'>,
      withdrawing(report, row.label),
    );
    if (deleted) report.remark('deleted, but lent: loaded as a deleted item', barcode);
    if (lending.copies.has(id)) {
      copies.set(id, { itemId: _id, bibId: title.bibId, title, barcode, libraryCode, locationCode, itemPolicy, callNumber: callNumber.text });
    }
    return 'MAPPED';
  });
  await holdings.flush();
  await items.flush();
  await accountForCallNumbers(load, holdingsWritten);
  return copies;
}

/** An open loan says where the item is; without one the status of the copy does. */
function stateOf(row: Row, lending: Lending, remark: (text: string) => void) {
  const loan = lending.openLoans.get(row.text('id'));
  if (loan !== undefined) return { ...away(loan.processType), processTypeAt: loan.since, currentLoanId: loan.loanId };
  const status = row.text('status');
  const state = STATES.get(status);
  if (status === '1') remark('checked out, but no open loan in the dump: loaded as not in place');
  else if (state === undefined) remark('a status of the installation’s own: loaded as not in place');
  const { baseStatus, processType } = state ?? away(null);
  const since = row.maybeInstant('status_changed_time');
  return { baseStatus, processType, processTypeAt: processType === null ? null : since, currentLoanId: null };
}

async function accountForCallNumbers(load: Load, holdings: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
  await load.dump.each('asset.call_number', async (row, report) => {
    const made = holdings.get(row.text('id'))?.size ?? 0;
    if (made > 1) report.remark('with copies in several locations: a holding for each', row.label);
    if (made > 0) return 'MAPPED';
    if (row.maybeText('label') === '##URI##') throw new LeftOut('an electronic address, no call number', row.label);
    throw new LeftOut(row.flag('deleted') ? 'deleted' : 'without copies', row.label);
  });
  for (const affix of ['asset.call_number_prefix', 'asset.call_number_suffix']) await load.dump.each(affix, async () => 'MERGED');
}
