/** Forms of a calendar: new hours, exceptions and events, a change of what is in force or drafted, its removal (fulfillment-loans.md, S2). */
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { pastMidnight } from '../../domain/calendar-drafts.js';
import { dayText, localDay } from '../../domain/days.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import { calendarDraftFields, calendarRecordOf, changeCalendarDraft, discardCalendarDraft, draftCalendarRecords, type CalendarDraftFields } from '../calendar.js';
import type { ApiContext } from '../context.js';
import { Refusal } from '../refusal.js';
import { demandIn, viewerOf } from '../viewer.js';
import { calendarAt, calendarPath, calendarPaths, type PagedCalendar } from './calendar-path.js';
import { recordLine, weekdayWords } from './calendar-words.js';
import { demandFormOf, formOf, messageFor, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { options } from './query.js';
import { shownFields, typed, typedIn, type Typed } from './typed.js';

type RecordType = StoredCalendarRecord['type'];
const kinds = {
  hours: { type: 'STANDARD', fresh: 'New opening hours', change: 'Change opening hours' },
  exception: { type: 'EXCEPTION', fresh: 'New exception', change: 'Change exception' },
  event: { type: 'EVENT', fresh: 'New event', change: 'Change event' },
} as const satisfies Record<string, { type: RecordType; fresh: string; change: string }>;
type Kind = keyof typeof kinds;
const kindOf = (type: RecordType): Kind => (type === 'STANDARD' ? 'hours' : type === 'EXCEPTION' ? 'exception' : 'event');

const fields = ['dayOfWeek', 'fromTime', 'toTime', 'nextDay', 'status', 'validFrom', 'validTo', 'eventName', 'eventDate', 'eventTime', 'description'] as const;
type TypedRecord = Typed<(typeof fields)[number]>;

export function calendarRecordForms(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { now } = context;

  router.get(calendarPaths('/new/:kind'), async (request, response) => {
    const calendar = await calendarAt(context, request);
    const today = dayText(localDay(viewerOf(request).zone, now().getTime()));
    const fresh: Partial<Record<keyof TypedRecord, string>> = { status: 'CLOSED', validFrom: today };
    await show(request, response, calendar, freshKind(request), null, typed(fields, (field) => (fresh[field] === undefined ? [] : [fresh[field]])), []);
  });

  router.post(calendarPaths('/new/:kind'), async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const calendar = await calendarAt(context, request);
    const kind = freshKind(request);
    const given = typedIn(fields, form);
    const problems = await problemsOf(() => draftCalendarRecords(context, viewer, draftInputs(kind, given, calendar.libraryCode)));
    if (problems.length > 0) return show(request, response, calendar, kind, null, given, problems);
    response.redirect(303, `${calendar.path}?done=calendar-draft`);
  });

  router.get(calendarPaths('/records/:id'), async (request, response) => {
    const calendar = await calendarAt(context, request);
    const record = await recordAt(request, calendar);
    await show(request, response, calendar, kindOf(record.type), record, typedFrom(record), []);
  });

  router.post(calendarPaths('/records/:id'), async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const calendar = await calendarAt(context, request);
    const record = await recordAt(request, calendar);
    demandFormOf({ name: 'This record', version: record.version }, form);
    const kind = kindOf(record.type);
    const given = typedIn(fields, form);
    const replacesRecordId = record.state === 'DRAFT' ? record.replacesRecordId : record._id;
    const [input] = draftInputs(kind, given, calendar.libraryCode);
    const problems = await problemsOf(() => (record.state === 'DRAFT'
      ? changeCalendarDraft(context, viewer, record, { ...input, replacesRecordId })
      : draftCalendarRecords(context, viewer, [{ ...input, replacesRecordId }])));
    if (problems.length > 0) return show(request, response, calendar, kind, record, given, problems);
    response.redirect(303, `${calendar.path}?done=calendar-draft`);
  });

  router.post(calendarPaths('/records/:id/remove'), async (request, response) => {
    const form = formOf(request);
    const calendar = await calendarAt(context, request);
    const record = await recordAt(request, calendar);
    demandFormOf({ name: 'This record', version: record.version }, form);
    const said = calendarDraftFields.strip().parse(record);
    await draftCalendarRecords(context, viewerOf(request), [{ ...said, replacesRecordId: record._id, remove: true }]);
    response.redirect(303, `${calendar.path}?done=calendar-draft`);
  });

  router.post(calendarPaths('/records/:id/discard'), async (request, response) => {
    const form = formOf(request);
    const calendar = await calendarAt(context, request);
    const record = await recordAt(request, calendar);
    demandFormOf({ name: 'This record', version: record.version }, form);
    await discardCalendarDraft(context, viewerOf(request), record._id);
    response.redirect(303, `${calendarPath(calendar.libraryCode)}?done=calendar-discarded`);
  });

  const recordAt = (request: Request, { libraryCode }: PagedCalendar) => calendarRecordOf(context, viewerOf(request), libraryCode, String(request.params['id']));

  async function show(
    request: Request, response: Response, calendar: PagedCalendar, kind: Kind, record: StoredCalendarRecord | null, given: TypedRecord, problems: readonly FieldProblem[],
  ): Promise<void> {
    demandIn(viewerOf(request), 'FULFILLMENT', 'CONFIGURE', 'the calendar');
    const { type, fresh, change } = kinds[kind];
    present(request, response, 'calendar-record', {
      title: `${record === null ? fresh : change}: ${calendar.name}`,
      section: 'configuration',
      path: calendar.path,
      name: calendar.name,
      action: record === null ? `${calendar.path}/new/${kind}` : `${calendar.path}/records/${record._id}`,
      version: record === null ? '' : String(record.version),
      inForce: record?.state === 'APPLIED' ? recordLine(record) : null,
      isNew: record === null,
      isHours: type === 'STANDARD', isException: type === 'EXCEPTION', isEvent: type === 'EVENT',
      ...withProblems(problems),
      other: messageFor(problems, 'replacesRecordId'),
      f: shownFields(given, problems),
      weekdays: options(weekdayWords, given.dayOfWeek),
      everyDay: options({ '': 'Every day', ...weekdayWords }, given.dayOfWeek.length === 0 ? [''] : given.dayOfWeek),
      statuses: options({ CLOSED: 'Closed', OPEN: 'Open' }, given.status),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

function freshKind(request: Request): Kind {
  const kind = z.enum(['hours', 'exception', 'event']).safeParse(request.params['kind']);
  if (!kind.success) throw new Refusal('not-found', `There is nothing at ${request.path}.`);
  return kind.data;
}

const typedFrom = (record: StoredCalendarRecord): TypedRecord => typed(fields, (field) => {
  if (field === 'nextDay') return [];
  const value = record[field];
  return value === null ? [] : [String(value)];
});

/** The bodies that the form says: hours for each weekday that is ticked, and two where they end on the day after. */
function draftInputs(kind: Kind, given: TypedRecord, libraryCode: string | null): Record<string, unknown>[] {
  const text = (field: (typeof fields)[number]) => given[field][0]?.trim() ?? '';
  const orNull = (field: (typeof fields)[number]) => (text(field) === '' ? null : text(field));
  const { type } = kinds[kind];
  const all = { libraryCode, type, description: text('description') };
  if (kind === 'event') {
    const eventDate = orNull('eventDate');
    // An event counts on its day alone. What is no day is refused as that, not as the validity that nobody typed.
    const valid = z.iso.date().catch('1970-01-01').parse(eventDate);
    return [{ ...all, eventName: orNull('eventName'), eventDate, eventTime: orNull('eventTime'), validFrom: valid, validTo: valid }];
  }
  const ticked = given.dayOfWeek.filter((day) => day !== '').map(Number);
  const days = ticked.length === 0 ? [null] : ticked;
  const validFrom = text('validFrom');
  const validTo = text('validTo') === '' && kind === 'exception' ? validFrom : text('validTo');
  const spans = days.map((dayOfWeek) => ({
    ...all, dayOfWeek, fromTime: orNull('fromTime'), toTime: orNull('toTime'), validFrom, validTo, status: kind === 'exception' ? text('status') : null,
  }));
  return given.nextDay.length === 0 ? spans : spans.flatMap((span) => overnight(span));
}

type Span = Pick<CalendarDraftFields, 'dayOfWeek' | 'fromTime' | 'toTime' | 'validFrom' | 'validTo'>;
const timed = z.object({ fromTime: z.string(), toTime: z.string(), validFrom: z.iso.date(), validTo: z.iso.date() });

/** What is no time or day yet stays one record, so that the refusal can name it. */
function overnight<T extends Span>(span: T): T[] {
  return timed.safeParse(span).success ? pastMidnight(span) : [span];
}
