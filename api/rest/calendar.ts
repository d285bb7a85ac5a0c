/** Calendars: records, drafts, and the step that applies them (fulfillment-loans.md, S2). */
import { z } from 'zod';
import { dayText } from '../../domain/days.js';
import type { StoredCalendarChange, StoredCalendarRecord } from '../../models/library.js';
import { calendarPreview } from '../calendar-preview.js';
import {
  applyCalendar, calendarDraftFields, calendarDraftSchema, calendarRecordOf, calendarRecordsOf, changeCalendarDraft, discardCalendarDraft, draftCalendarRecords,
  openCalendarChanges,
} from '../calendar.js';
import { endpoint } from './endpoint.js';
import { demandVersion } from './serve.js';
import { day, id, idPath, instant, iso, isoOrNull, maybeInstant, none } from './values.js';

const tag = 'Calendars';
const libraryCode = z.string().min(1).max(100).nullable().default(null).describe('null: of the institution.');

const ofCalendar = z.strictObject({ libraryCode: z.string().min(1).max(100).optional().describe('Left out: of the institution.') });

const record = z.object({ id: z.string(), ...calendarDraftFields.shape, state: z.enum(['DRAFT', 'APPLIED']), version: z.int() }).meta({ id: 'CalendarRecord' });
const shownRecord = (stored: StoredCalendarRecord): z.output<typeof record> =>
  ({ id: stored._id, ...calendarDraftFields.strip().parse(stored), state: stored.state, version: stored.version });

const appliedChange = z
  .object({
    id, libraryCode: z.string().nullable(), fromDate: day, toDate: day, appliedAt: instant,
    processedAt: maybeInstant.describe('When loans-due-date-correction had worked it through.'),
  })
  .meta({ id: 'CalendarChange' });
const shownChange = ({ _id, libraryCode, fromDate, toDate, appliedAt, processedAt }: StoredCalendarChange): z.output<typeof appliedChange> =>
  ({ id: _id, libraryCode, fromDate, toDate, appliedAt: iso(appliedAt), processedAt: isoOrNull(processedAt) });

const list = endpoint({
  method: 'get', at: '/calendar-records', tag, summary: 'The hours, exceptions and events of a calendar, applied and drafted',
  path: none, query: ofCalendar, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(record), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer, query }) => ({ body: { items: (await calendarRecordsOf(context, viewer, query.libraryCode ?? null)).map(shownRecord), next: null } }),
});

const draft = endpoint({
  method: 'post', at: '/calendar-records', tag, summary: 'Draft a record, a change of one, or its removal; no rule sees it until it is applied',
  path: none, query: none, body: calendarDraftSchema,
  status: 201, answer: record,
  refusals: ['forbidden', 'validation-failed', 'duplicate', 'not-possible'],
  handle: async (context, { viewer, body }) => {
    const [drafted] = await draftCalendarRecords(context, viewer, [body]);
    return { body: shownRecord(drafted!), version: drafted!.version };
  },
});

const change = endpoint({
  method: 'put', at: '/calendar-records/{id}', tag, summary: 'Replace what a draft says; its calendar, type and record stay',
  path: idPath, query: none, body: calendarDraftSchema,
  status: 200, answer: record, ifMatch: true,
  refusals: ['forbidden', 'validation-failed', 'duplicate', 'not-possible'],
  handle: async (context, { viewer, path, version, body }) => {
    const before = await calendarRecordOf(context, viewer, body.libraryCode, path.id);
    demandVersion(before, version, 'The draft');
    const saved = await changeCalendarDraft(context, viewer, before, body);
    return { body: shownRecord(saved), version: saved.version };
  },
});

const discard = endpoint({
  method: 'delete', at: '/calendar-records/{id}', tag, summary: 'Discard a draft',
  path: idPath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(),
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => {
    await discardCalendarDraft(context, viewer, path.id);
    return { body: undefined };
  },
});

const changes = endpoint({
  method: 'get', at: '/calendar-changes', tag, summary: 'Applied changes whose loans are still to be looked at',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(appliedChange), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await openCalendarChanges(context, viewer)).map(shownChange), next: null } }),
});

const previewedDays = z.array(day);
const preview = endpoint({
  method: 'get', at: '/calendar-changes/preview', tag, summary: 'What applying the drafts of a calendar would change, and the open loans that are due on days that close',
  path: none, query: ofCalendar, body: z.undefined(),
  status: 200,
  answer: z
    .object({
      drafts: z.int(), until: day.describe('Last day looked at.'),
      libraries: z.array(z.object({ libraryCode: z.string(), closes: previewedDays, opens: previewedDays, otherHours: previewedDays, loansDue: z.int() })),
      correction: z.object({ active: z.boolean(), nextRunAt: maybeInstant }).describe('The job that moves due dates afterwards.'),
    })
    .meta({ id: 'CalendarPreview' }),
  refusals: [],
  handle: async (context, { viewer, query }) => {
    const { drafts, until, libraries, correction } = await calendarPreview(context, viewer, query.libraryCode ?? null);
    return {
      body: {
        drafts: drafts.length, until: dayText(until),
        libraries: libraries.map(({ library, days, loansDue }) => {
          const that = (change: (typeof days)[number]['change']) => days.filter((each) => each.change === change).map((each) => dayText(each.day));
          return { libraryCode: library.code, closes: that('CLOSES'), opens: that('OPENS'), otherHours: that('HOURS'), loansDue };
        }),
        correction: { active: correction.active, nextRunAt: isoOrNull(correction.nextRunAt) },
      },
    };
  },
});

const apply = endpoint({
  method: 'post', at: '/calendar-changes', tag, summary: 'Apply the drafts of a calendar; the next due date correction moves the loans concerned',
  path: none, query: none, body: z.strictObject({ libraryCode }),
  status: 201, answer: appliedChange, onceOnly: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, body, author }) => ({ body: shownChange(await applyCalendar(context, viewer, body.libraryCode, author(), null)) }),
});

export const calendarEndpoints = [list, draft, change, discard, changes, preview, apply];
