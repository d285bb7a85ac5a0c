/** "Apply changes": what it will change, then the step itself; and the other way, discarding all drafts (fulfillment-loans.md, S2.6). */
import { Router } from 'express';
import { z } from 'zod';
import type { ChangedDay } from '../../domain/calendar-drafts.js';
import { weekday, type DayNumber, type Zone } from '../../domain/days.js';
import { calendarPreview, stretches, type CorrectionAhead, type PreviewedLibrary } from '../calendar-preview.js';
import { applyCalendar, discardCalendarDrafts } from '../calendar.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { count, dayWords, when } from '../format.js';
import { onceAsTyped } from '../idempotency.js';
import { Refusal } from '../refusal.js';
import { demandIn, viewerOf, type Viewer } from '../viewer.js';
import { calendarAt, calendarPath, calendarPaths } from './calendar-path.js';
import { hoursWords, recordLine, stretchWords, weekdayWords } from './calendar-words.js';
import { formOf, oneTimeValue, type Form } from './form.js';
import type { Present } from './present.js';

/** Of many, the first are named. */
const NAMED_LINES = 12;

export function calendarApplyPages(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(calendarPaths('/apply'), async (request, response) => {
    const viewer = viewerOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'the calendar');
    const { libraryCode, name, path } = await calendarAt(context, request);
    const { drafts, libraries, until, correction } = await calendarPreview(context, viewer, libraryCode);
    const loansDue = libraries.reduce((sum, library) => sum + library.loansDue, 0);
    present(request, response, 'calendar-apply', {
      title: `Apply changes: ${name}`,
      section: 'configuration',
      path, name,
      once: oneTimeValue(),
      seen: drafts.map(({ _id, version }) => `${_id} ${version}`).join(','),
      drafts: drafts.map((draft) => (
        { kind: draft.remove ? 'Removed' : draft.replacesRecordId === null ? 'New' : 'Changed to', line: recordLine(draft), description: draft.description })),
      libraries: libraries.map((each) => libraryRow(each, viewer.zone)),
      until: dayWords(until),
      loansDue: loansDue === 0 ? null : loansDue === 1 ? '1 open loan is' : `${count(loansDue)} open loans are`,
      correction: correctionWords(correction, viewer),
    });
  });

  router.post(calendarPaths('/apply'), async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const { libraryCode } = await calendarAt(context, request);
    const seen = seenDrafts(form);
    const asked = { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: request.path, key: form.text('once'), body: seen };
    await onceAsTyped(context, asked, async () => ({ change: (await applyCalendar(context, viewer, libraryCode, authorOf(viewer, request.id), seen))._id }));
    response.redirect(303, `${calendarPath(libraryCode)}?done=calendar-applied`);
  });

  router.post(calendarPaths('/discard'), async (request, response) => {
    const viewer = viewerOf(request);
    formOf(request);
    const { libraryCode } = await calendarAt(context, request);
    await discardCalendarDrafts(context, viewer, libraryCode);
    response.redirect(303, `${calendarPath(libraryCode)}?done=calendar-discarded`);
  });
  return router;
}

const seenDraft = z.string().regex(/^\S{1,100} \d{1,9}$/).transform((text) => {
  const [_id = '', version] = text.split(' ');
  return { _id, version: Number(version) };
});

function seenDrafts(form: Form) {
  const read = z.array(seenDraft).safeParse(form.text('seen').split(','));
  if (!read.success || form.text('once') === '') throw new Refusal('malformed-request', 'The form does not say which drafts it showed. Open the page again.');
  return read.data;
}

function libraryRow({ library: { code, name }, days, loansDue }: PreviewedLibrary, zone: Zone) {
  const of = (change: ChangedDay['change']) => days.filter((each) => each.change === change);
  return {
    name, href: calendarPath(code),
    closes: listed(of('CLOSES').length, dayLines(of('CLOSES').map(({ day }) => day))),
    opens: hoursChanges(of('OPENS'), zone),
    hours: hoursChanges(of('HOURS'), zone),
    loansDue: count(loansDue),
  };
}

/** A line for each stretch of days, or for each weekday where that makes fewer: `52 Sundays, Sun 3 Aug 2025 – Sun 26 Jul 2026`. */
function dayLines(days: readonly DayNumber[]): string[] {
  const inARow = stretches(days);
  const weekdays = new Map<number, DayNumber[]>();
  for (const day of days) weekdays.set(weekday(day), [...(weekdays.get(weekday(day)) ?? []), day]);
  if (inARow.length <= weekdays.size) return inARow.map(stretchWords);
  return [...weekdays].map(([ofWeek, all]) => {
    const span = stretchWords({ from: all[0]!, to: all.at(-1)! });
    return all.length === 1 ? span : `${all.length} ${weekdayWords[ofWeek] ?? ''}s, ${span}`;
  });
}

function hoursChanges(days: readonly ChangedDay[], zone: Zone) {
  const alike = new Map<string, DayNumber[]>();
  for (const { day, before, after } of days) {
    const text = `${hoursWords(zone, day, after)}, was ${hoursWords(zone, day, before)}`;
    alike.set(text, [...(alike.get(text) ?? []), day]);
  }
  return listed(days.length, [...alike].flatMap(([text, all]) => dayLines(all).map((line) => `${line}: ${text}`)));
}

const listed = (total: number, lines: readonly string[]) => ({
  total: total === 0 ? 'none' : total === 1 ? '1 day' : `${count(total)} days`,
  lines: lines.slice(0, NAMED_LINES),
  more: lines.length > NAMED_LINES ? `and ${count(lines.length - NAMED_LINES)} more` : null,
});

/** What the job does with an applied change, by its parameters and its schedule. */
export function correctionWords({ jobId, active, nextRunAt, keepManualDueDates, notify, pastDays }: CorrectionAhead, { zone }: Viewer) {
  return {
    href: jobId === null ? null : `/scheduled-jobs/${jobId}`,
    active,
    next: when(zone, nextRunAt),
    does: [
      'Loans due on closed time move to open time as their terms of use say; KEEP leaves them.',
      keepManualDueDates ? 'Due dates set by hand or in bulk stay.' : 'Due dates set by hand or in bulk move too.',
      notify ? 'Patrons are told by letter.' : 'Patrons are not told.',
      pastDays === 0 ? 'Days that are past are left alone.' : `Of days already past, the last ${pastDays} are corrected.`,
      'A day that opens again takes no earlier correction back.',
    ],
  };
}
