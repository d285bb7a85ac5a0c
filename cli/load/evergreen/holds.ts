/** Holds become requests. */
import type { StoredRequest } from '../../../models/request.js';
import type { CallNumber, Copy } from './copies.js';
import { isOfCopy } from './lending.js';
import { withdrawing, type Load } from './load-context.js';
import type { Person } from './people.js';
import type { Places } from './places.js';
import { LeftOut, type Row } from './row.js';
import type { Title } from './titles.js';

interface Known {
  people: ReadonlyMap<string, Person>;
  titles: ReadonlyMap<string, Title>;
  copies: ReadonlyMap<string, Copy>;
  callNumbers: ReadonlyMap<string, CallNumber>;
}
type Part = Title & { label: string };

const TITLE_LEVEL = { level: 'TITLE' as const, itemId: null };

export async function loadHolds(load: Load, places: Places, known: Known): Promise<void> {
  const { dump } = load;
  const parts = new Map<string, Part>();
  await dump.each('biblio.monograph_part', async (row) => {
    const title = known.titles.get(row.text('record'));
    if (title === undefined) throw new LeftOut('its bibliographic record was not loaded', `record ${row.text('record')}`);
    parts.set(row.text('id'), { ...title, label: row.text('label') });
    return 'LATER';
  });

  const requests = load.writerOf(load.models.Request);
  const assigned = new Set<string>();
  const usedParts = new Set<string>();
  await dump.each('action.hold_request', async (row, report) => {
    const requester = known.people.get(row.text('usr'));
    if (requester === undefined) throw new LeftOut('its user was not loaded', `user ${row.text('usr')}`);
    const type = row.text('hold_type');
    if (type === 'P') usedParts.add(row.text('target'));
    if (type === 'V') report.remark('for one call number: loaded as a request for its title', row.label);
    if (row.flag('frozen') && isWaiting(row)) report.remark('suspended by its user: loaded as waiting', row.label);
    const request = {
      ...blankRequest(load, row),
      ...targetOf(type, row.text('target'), known, parts),
      ...standingOf(row),
      requesterUserId: requester.userId,
      userGroup: requester.userGroup,
      pickupLibraryCode: places.maybeLibraryOf(row.text('pickup_lib')),
    };
    const copy = request.active && request.status !== 'NOT_STARTED' ? known.copies.get(row.maybeText('current_copy') ?? '') : undefined;
    if (copy !== undefined && assigned.has(copy.itemId)) report.remark('its copy is already kept for another hold', row.label);
    const free = copy !== undefined && !assigned.has(copy.itemId) ? copy : undefined;
    if (free !== undefined) assigned.add(free.itemId);
    await requests.add({ ...request, ...assignmentOf(free, request._id) }, withdrawing(report, row.label));
    return 'MAPPED';
  });
  await requests.flush();

  const report = dump.report('biblio.monograph_part');
  for (const id of parts.keys()) {
    if (usedParts.has(id)) report.merged += 1;
    else report.leaveOut('no hold names it', `id ${id}`);
  }
}

function targetOf(type: string, target: string, known: Known, parts: ReadonlyMap<string, Part>) {
  if (isOfCopy(type)) {
    const copy = known.copies.get(target);
    if (copy === undefined) throw new LeftOut('its copy was not loaded', `copy ${target}`);
    return { level: 'ITEM' as const, itemId: copy.itemId, bibId: copy.bibId, title: copy.title.title, description: null };
  }
  if (type === 'P') {
    const part = parts.get(target);
    if (part === undefined) throw new LeftOut('its part was not loaded', `part ${target}`);
    return { ...TITLE_LEVEL, bibId: part.bibId, title: part.title, description: part.label };
  }
  if (type !== 'T' && type !== 'V') throw new LeftOut(type === 'M' ? 'for any record of a group of records' : `of type ${type}`);
  const recordId = type === 'T' ? target : known.callNumbers.get(target)?.recordId;
  const title = known.titles.get(recordId ?? '');
  if (title === undefined) throw new LeftOut('its title was not loaded', `${type} ${target}`);
  return { ...TITLE_LEVEL, bibId: title.bibId, title: title.title, description: null };
}

const isWaiting = (row: Row) => ['cancel_time', 'fulfillment_time', 'capture_time'].every((column) => row.maybeText(column) === null);

const FINAL = { active: false, step: 'DONE' };

/** Cancelled before fulfilled before on the shelf before on its way: the last of these that happened. */
function standingOf(row: Row) {
  const asked = row.instant('request_time');
  const [cancelled, fulfilled] = [row.maybeInstant('cancel_time'), row.maybeInstant('fulfillment_time')];
  const [captured, shelved] = [row.maybeInstant('capture_time'), row.maybeInstant('shelf_time')];
  if (cancelled !== null) {
    // config's cancel causes are the library's own words; who cancelled is known only where it was the patron.
    const cancelReason = row.maybeText('canceled_by') === row.maybeText('usr') ? 'PATRON' : 'STAFF';
    return { ...FINAL, status: 'CANCELLED' as const, cancelReason, stepEnteredAt: cancelled, closedAt: cancelled };
  }
  const open = { active: true, cancelReason: null, closedAt: null };
  if (fulfilled !== null) return { ...open, ...FINAL, status: 'COMPLETED' as const, stepEnteredAt: fulfilled, closedAt: fulfilled };
  if (shelved !== null) return { ...open, status: 'ON_HOLD_SHELF' as const, step: 'ON_HOLD_SHELF', stepEnteredAt: shelved };
  if (captured !== null) return { ...open, status: 'IN_PROCESS' as const, step: 'IN_TRANSIT', stepEnteredAt: captured };
  return { ...open, status: 'NOT_STARTED' as const, step: 'IN_QUEUE', stepEnteredAt: asked };
}

function assignmentOf(copy: Copy | undefined, requestId: string) {
  return {
    assignedItemId: copy?.itemId ?? null,
    assignedLibraryCode: copy?.libraryCode ?? null,
    assignedLocationCode: copy?.locationCode ?? null,
    assignmentKey: copy?.itemId ?? `#${requestId}`,
  };
}

function blankRequest(load: Load, row: Row) {
  const _id = load.idOf('action.hold_request', row.text('id'));
  const shelfDay = row.maybeDay('shelf_expire_time', load.zone);
  return {
    _id,
    institutionId: load.institutionId,
    requestType: 'PATRON_PHYSICAL',
    stepExpiryDate: shelfDay,
    stepExpirySource: shelfDay === null ? null : 'PICKUP_RULE',
    lastInterestDate: row.maybeDay('expire_time', load.zone),
    bookingStart: null,
    bookingEnd: null,
    pickupType: 'LIBRARY',
    priority: row.flag('cut_in_line') ? 10 : 50,
    activeKey: `#${_id}`,
    closedBy: null,
    deliveryAddress: null,
    pickupPerson: null,
    notes: [],
    anonymizedAt: null,
  } satisfies Partial<StoredRequest>;
}
