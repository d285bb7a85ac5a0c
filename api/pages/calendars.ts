/** Calendars: all of them side by side, and one with what is in force, what is drafted and what was applied (fulfillment-loans.md, S2). */
import { Router } from 'express';
import { dayNumber, dayText, localDay } from '../../domain/days.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import { calendarOverviews, latestCalendarChanges, type CalendarOverview, type PastCalendarChange } from '../calendar-overview.js';
import { correctionAhead } from '../calendar-preview.js';
import { calendarRecordsOf } from '../calendar.js';
import type { ApiContext } from '../context.js';
import { briefly, count, dayWords } from '../format.js';
import { mayConfigureFulfillment, viewerOf, type Viewer } from '../viewer.js';
import { calendarAt, calendarPath, calendarPaths, CALENDARS } from './calendar-path.js';
import { hoursWords, recordLine, recordWords, stretchWords } from './calendar-words.js';
import { correctionWords } from './calendar-apply.js';
import type { Present } from './present.js';
import { Query } from './query.js';

/** Hours that end sooner are called out: afterwards every day counts as open. */
const ENDS_SOON_DAYS = 60;
const LATEST_CHANGES = 10;

const sections = [
  { type: 'STANDARD', kind: 'hours', heading: 'Weekly opening hours', fresh: { text: 'New hours' }, heads: ['Weekday', 'Hours', 'Valid'], empty: '' },
  { type: 'EXCEPTION', kind: 'exception', heading: 'Closed days and other exceptions', fresh: { text: 'New exception' }, heads: ['Days', 'On', 'What'], empty: 'There is none.' },
  { type: 'EVENT', kind: 'event', heading: 'Events that loans are due on', fresh: { text: 'New event' }, heads: ['Event', 'Day', 'Due at'], empty: 'There is none.' },
] as const;

export function calendarPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { now, models } = context;

  router.get(CALENDARS, async (request, response) => {
    const viewer = viewerOf(request);
    const overviews = await calendarOverviews(context, viewer);
    present(request, response, 'calendars', { title: 'Calendars', section: 'configuration', rows: overviews.map((each) => overviewRow(each, viewer, now())) });
  });

  router.get(calendarPaths(), async (request, response) => {
    const viewer = viewerOf(request);
    const { libraryCode, name, path } = await calendarAt(context, request);
    const institutionId = viewer.institution.code;
    const [records, ofInstitution, library, changes, correction] = await Promise.all([
      calendarRecordsOf(context, viewer, libraryCode),
      libraryCode === null ? [] : calendarRecordsOf(context, viewer, null),
      libraryCode === null ? null : models.Library.findOne({ institutionId, code: libraryCode }).lean(),
      latestCalendarChanges(context, viewer, libraryCode, LATEST_CHANGES),
      correctionAhead(context, viewer),
    ]);
    const today = dayText(localDay(viewer.zone, now().getTime()));
    const past = Query.of(request).text('past') === '1';
    const shown = records.filter((record) => past || isAhead(record, today));
    const drafts = records.filter(({ state }) => state === 'DRAFT').length;
    present(request, response, 'calendar', {
      title: `Calendar: ${name}`,
      section: 'configuration',
      path,
      mayChange: mayConfigureFulfillment(viewer),
      drafts: drafts === 0 ? null : drafts === 1 ? '1 draft waits' : `${count(drafts)} drafts wait`,
      sections: sections.map(({ type, kind, empty, ...section }) => ({
        ...section, id: kind, fresh: { ...section.fresh, href: `${path}/new/${kind}` },
        empty: type === 'STANDARD' ? emptyHours(libraryCode, ofInstitution) : empty,
        rows: recordRows(shown.filter((record) => record.type === type), path),
      })),
      hiddenPast: records.length - shown.length,
      inherited: library === null ? null : inheritedLines(ofInstitution, library.inheritsCalendar, today),
      changes: changes.map((each) => changeRow(each, viewer, now())),
      open: changes.some(({ change }) => change.processedAt === null),
      correction: correctionWords(correction, viewer),
    });
  });
  return router;
}

function overviewRow({ library, hours, hoursUntil, drafts, calendar }: CalendarOverview, { zone, institution }: Viewer, now: Date) {
  const today = localDay(zone, now.getTime());
  const endsSoon = hoursUntil !== null && dayNumber(hoursUntil) < today + ENDS_SOON_DAYS;
  return {
    href: calendarPath(library?.code ?? null),
    name: library?.name ?? institution.name,
    code: library?.code ?? 'the institution',
    hours: library === null ? institutionHours[hours] : hoursOwner[hours],
    exceptions: library === null ? 'for libraries that inherit them' : library.inheritsCalendar ? 'the institution’s and its own' : 'only its own',
    until: hoursUntil === null ? '' : hoursUntil >= '9999' ? 'without end' : dayWords(dayNumber(hoursUntil)),
    ends: endsSoon ? { text: dayNumber(hoursUntil) < today ? 'Ended' : 'Ends soon', tone: 'warning', icon: 'warning' } : null,
    missing: library !== null && hours === 'NONE' ? { text: 'No hours: counts as open', tone: 'warning', icon: 'warning' } : null,
    today: calendar === null ? '' : hoursWords(zone, today, calendar.openIntervals(today)),
    drafts: drafts === 0 ? null : { text: `${count(drafts)} ${drafts === 1 ? 'draft' : 'drafts'}`, tone: 'busy', icon: 'hand' },
  };
}
const institutionHours = { OWN: 'for libraries without hours of their own', INSTITUTION: '', NONE: 'none: each library has its own' };
const hoursOwner = { OWN: 'its own', INSTITUTION: 'the institution’s', NONE: '' };

const isAhead = ({ type, eventDate, validTo, state }: StoredCalendarRecord, today: string): boolean =>
  state === 'DRAFT' || ((type === 'EVENT' ? eventDate : null) ?? validTo) >= today;

/** Each record in force, with its draft right below it; new ones in their place among them. */
function recordRows(records: readonly StoredCalendarRecord[], path: string) {
  const changes = new Map(records.flatMap((record) => (record.replacesRecordId === null ? [] : [[record.replacesRecordId, record] as const])));
  const standing = records.filter(({ replacesRecordId }) => replacesRecordId === null).toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)));
  // A record whose draft was applied by half is gone; its draft is still there to be applied.
  const left = [...changes.values()].filter(({ replacesRecordId }) => !standing.some(({ _id }) => _id === replacesRecordId));
  return [...standing, ...left].flatMap((record) => {
    const change = changes.get(record._id);
    return change === undefined ? [recordRow(record, path, false)] : [recordRow(record, path, true), recordRow(change, path, false)];
  });
}

/** Hours by their validity, then through the week; the others by day. */
const orderOf = ({ type, validFrom, dayOfWeek, fromTime, eventDate }: StoredCalendarRecord): string =>
  `${type === 'EVENT' ? (eventDate ?? '') : validFrom} ${dayOfWeek ?? 0} ${fromTime ?? ''}`;

function recordRow(record: StoredCalendarRecord, path: string, hasDraft: boolean) {
  const { _id, version, description, state } = record;
  const draft = state === 'DRAFT';
  const at = `${path}/records/${_id}`;
  const [first, second, third] = recordWords(record);
  return {
    first, second, third, description, draft, version: String(version), hasDraft,
    about: recordLine(record),
    badge: draft ? { text: draftWords(record), tone: 'busy', icon: 'hand' } : { text: 'In force', tone: 'good', icon: 'check' },
    change: record.remove || hasDraft ? null : at,
    remove: draft || hasDraft ? null : `${at}/remove`,
    discard: draft ? `${at}/discard` : null,
  };
}
const draftWords = ({ remove, replacesRecordId }: StoredCalendarRecord): string =>
  (remove ? 'Draft: removed' : replacesRecordId === null ? 'Draft: new' : 'Draft: changed to this');

function emptyHours(libraryCode: string | null, ofInstitution: readonly StoredCalendarRecord[]): string {
  if (libraryCode === null) return 'There are none: each library needs hours of its own.';
  const inherited = ofInstitution.some(({ type, state }) => type === 'STANDARD' && state === 'APPLIED');
  return inherited ? 'It has none of its own: those of the institution count.' : 'There are none, nor has the institution any: every day counts as open.';
}

/** What the institution's calendar says here: its exceptions where the library takes them over, its events in any case. */
function inheritedLines(ofInstitution: readonly StoredCalendarRecord[], inheritsCalendar: boolean, today: string) {
  const ahead = ofInstitution.filter((record) => record.state === 'APPLIED' && isAhead(record, today)).toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)));
  const lines = (type: StoredCalendarRecord['type']) => ahead.filter((record) => record.type === type).map((record) => ({ line: recordLine(record), description: record.description }));
  const drafts = ofInstitution.filter(({ state }) => state === 'DRAFT').length;
  return {
    inheritsCalendar, href: calendarPath(null), exceptions: inheritsCalendar ? lines('EXCEPTION') : [], events: lines('EVENT'),
    drafts: drafts === 0 ? null : drafts === 1 ? '1 draft' : `${count(drafts)} drafts`,
  };
}

function changeRow({ change, run }: PastCalendarChange, { zone }: Viewer, now: Date) {
  const { fromDate, toDate, appliedAt, processedAt } = change;
  const moved = (run?.counters['movedLater'] ?? 0) + (run?.counters['movedEarlier'] ?? 0);
  return {
    days: stretchWords({ from: dayNumber(fromDate), to: dayNumber(toDate) }),
    applied: briefly(zone, appliedAt, now),
    processed: briefly(zone, processedAt, now),
    badge: processedAt === null
      ? { text: 'Waits for the due date correction', tone: 'waiting', icon: 'clock' }
      : { text: 'Worked through', tone: 'good', icon: 'check' },
    run: run === null ? null : { href: `/runs/${run.processId}`, text: `Run ${run.processId}`, moved: moved === 1 ? '1 due date moved' : `${count(moved)} due dates moved` },
  };
}
