/** Opening hours and closings become calendar records. Hours are local to the institution's zone, and so are the days of closings. */
import { dayText, localDay, localMinutes, startOfDay, type DayNumber } from '../../../domain/days.js';
import type { StoredCalendarRecord } from '../../../models/library.js';
import { loadMarkModel } from '../load-mark.js';
import type { Loaded } from '../writer.js';
import { withdrawing, type Load } from './load-context.js';
import type { Places } from './places.js';
import { LeftOut, type Row } from './row.js';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
// Evergreen's hours are valid until they are changed.
const ALWAYS = { validFrom: '1970-01-01', validTo: '9999-12-31' };
const END_OF_DAY = 24 * 60;

/** Each org unit has one row with a pair of times for every weekday, `dow_0` being Monday; a pair of equal times is a closed day. */
export async function loadHours(load: Load, places: Places): Promise<void> {
  const records = load.writerOf(load.models.CalendarRecord);
  const known = new Set<string>();
  await load.dump.each('actor.hours_of_operation', async (row, report) => {
    const unitId = row.text('id');
    const libraryCode = places.maybeLibraryOf(unitId);
    if (libraryCode === null) {
      for (const index of WEEKDAYS.keys()) known.add(load.idOf('actor.hours_of_operation', `${unitId}:${index}`));
      throw new LeftOut('the org unit is no library', `org unit ${unitId}`);
    }

    const open: Loaded<StoredCalendarRecord>[] = [];
    for (const [index, name] of WEEKDAYS.entries()) {
      const hours = hoursOf(row, index);
      if (hours === 'CLOSED') continue;
      if (typeof hours === 'string') {
        report.remark(hours, `${libraryCode} ${name} ${row.maybeText(`dow_${index}_open`)}–${row.maybeText(`dow_${index}_close`)}`);
        continue;
      }
      open.push({
        ...blankRecord(load, 'actor.hours_of_operation', `${unitId}:${index}`, libraryCode),
        ...ALWAYS,
        type: 'STANDARD',
        dayOfWeek: index + 1,
        fromTime: hours.from,
        toTime: hours.to,
        description: row.maybeText(`dow_${index}_note`) ?? '',
      });
    }
    if (open.length === 0) throw new LeftOut('open on no day', libraryCode);
    for (const record of open) {
      known.add(record._id);
      await records.add(record, () => undefined);
    }
    return 'MAPPED';
  });
  await records.flush();
  await removeGone(load, 'actor.hours_of_operation', 'STANDARD', known);
}

/** A remark where the times make no sense: the library then counts as closed on that weekday. */
function hoursOf(row: Row, weekday: number): { from: string; to: string } | 'CLOSED' | string {
  const [from, to] = [row.maybeText(`dow_${weekday}_open`), row.maybeText(`dow_${weekday}_close`)];
  if (from === null || to === null || from === to) return 'CLOSED';
  const [opens, closes] = [wallTime(from), wallTime(to)];
  if (opens === null || closes === null) return 'a weekday left closed: its hours are no times';
  if (closes <= opens) return 'a weekday left closed: it closes before it opens';
  return { from: opens, to: closes };
}

/** `HH:mm`; seconds are cut, so 23:59:59 becomes the 23:59 that means the end of the day. */
function wallTime(text: string): string | null {
  return /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00/.test(text) ? text.slice(0, 5) : null;
}

export async function loadClosings(load: Load, places: Places): Promise<void> {
  const records = load.writerOf(load.models.CalendarRecord);
  const known = new Set<string>();
  await load.dump.each('actor.org_unit_closed', async (row, report) => {
    const unitId = row.text('org_unit');
    const libraryCode = places.maybeLibraryOf(unitId);
    if (libraryCode === null) {
      const id = row.text('id');
      for (const one of [id, `${id}:0`, `${id}:1`, `${id}:2`]) known.add(load.idOf('actor.org_unit_closed', one));
      throw new LeftOut('the org unit is no library', `org unit ${unitId}`);
    }
    const parts = closedParts(load, row);
    for (const [index, part] of parts.entries()) {
      const id = parts.length === 1 ? row.text('id') : `${row.text('id')}:${index}`;
      const record = { ...blankRecord(load, 'actor.org_unit_closed', id, libraryCode), ...part };
      known.add(record._id);
      const refuse = index === 0 ? withdrawing(report, row.label) : () => undefined;
      await records.add({ ...record, type: 'EXCEPTION', status: 'CLOSED', description: row.maybeText('reason') ?? '' }, refuse);
    }
    return 'MAPPED';
  });
  await records.flush();
  await removeGone(load, 'actor.org_unit_closed', 'EXCEPTION', known);
}

/**
 * Removes what earlier loads made of a table and this one did not: the dump is the source of its own hours and closings. What staff entered has no mark.
 * What they changed since, or have a draft of, is theirs: the load was not the last to write it. Of a table that is not in the folder nothing goes, nor
 * of an org unit that is no library: the folder may lack the tables that tell.
 */
async function removeGone({ dump, models: { CalendarRecord }, institutionId }: Load, table: string, type: StoredCalendarRecord['type'], known: ReadonlySet<string>): Promise<void> {
  if (!dump.has(table)) return;
  const all = await CalendarRecord.find({ institutionId, level: 'LIBRARY' }).lean();
  const drafted = new Set(all.map(({ replacesRecordId }) => replacesRecordId));
  const others = all.filter((record) => record.type === type && !known.has(record._id));
  const LoadMark = loadMarkModel(CalendarRecord.db);
  const marks = await LoadMark.find({ institutionId, _id: { $in: others.map(({ _id }) => _id) } }, { updatedAt: 1 }).lean();
  const loadedAt = new Map(marks.map(({ _id, updatedAt }) => [_id, updatedAt.getTime()]));
  for (const { _id, version, updatedAt, libraryCode, dayOfWeek, validFrom, validTo } of others) {
    const loaded = loadedAt.get(_id);
    if (loaded === undefined) continue;
    const untouched = loaded === updatedAt.getTime() && !drafted.has(_id);
    const { deletedCount } = untouched ? await CalendarRecord.deleteOne({ institutionId, _id, version }) : { deletedCount: 0 };
    if (deletedCount === 1) await LoadMark.deleteOne({ institutionId, _id }); // or it would count as changed by staff once it came back
    const said = `no longer in the dump, and ${deletedCount === 1 ? 'removed' : 'kept, as staff changed it'}`;
    dump.report(table).remark(said, `${libraryCode} ${dayOfWeek === null ? `${validFrom} to ${validTo}` : WEEKDAYS[dayOfWeek - 1]}`);
  }
}

type ClosedPart = Pick<StoredCalendarRecord, 'validFrom' | 'validTo' | 'fromTime' | 'toTime'>;

/** Whole days are one record; a closing that begins or ends within a day is up to three: first day, days between, last day. */
function closedParts({ zone }: Load, row: Row): ClosedPart[] {
  const [start, end] = [row.instant('close_start').getTime(), row.instant('close_end').getTime()];
  if (end <= start) throw new LeftOut('ends before it begins', `${row.text('close_start')} – ${row.text('close_end')}`);
  const first = localDay(zone, start);
  const endDay = localDay(zone, end);
  // An end at midnight belongs to the evening before.
  const last = end === startOfDay(zone, endDay) ? endDay - 1 : endDay;
  const from = row.flag('full_day') ? 0 : Math.floor(localMinutes(zone, start));
  const ends = row.flag('full_day') || last < endDay ? END_OF_DAY : Math.floor(localMinutes(zone, end));
  const to = ends === END_OF_DAY - 1 ? END_OF_DAY : ends; // 23:59:59 is how the end of a day is written

  if (first === last) return [part(first, last, from, to)];
  const whole = (begin: DayNumber, until: DayNumber) => (begin <= until ? [part(begin, until, 0, END_OF_DAY)] : []);
  const evening = from > 0 ? [part(first, first, from, END_OF_DAY)] : [];
  const morning = to < END_OF_DAY ? [part(last, last, 0, to)] : [];
  return [...evening, ...whole(first + evening.length, last - morning.length), ...morning];
}

function part(first: DayNumber, last: DayNumber, from: number, to: number): ClosedPart {
  const wholeDay = from === 0 && to === END_OF_DAY;
  const days = { validFrom: dayText(first), validTo: dayText(last) };
  return wholeDay ? { ...days, fromTime: null, toTime: null } : { ...days, fromTime: clock(from), toTime: clock(to) };
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`.replace('24:00', '23:59');

const blankRecord = (load: Load, table: string, id: string, libraryCode: string) => ({
  _id: load.idOf(table, id),
  institutionId: load.institutionId,
  level: 'LIBRARY' as const,
  libraryCode,
  dayOfWeek: null,
  fromTime: null,
  toTime: null,
  status: null,
  eventName: null,
  eventDate: null,
  eventTime: null,
  state: 'APPLIED' as const,
  replacesRecordId: null,
  remove: false,
});
