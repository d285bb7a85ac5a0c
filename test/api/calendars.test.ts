/** The calendars by their pages: drafts beside what is in force, what applying will change, what is refused, who may (fulfillment-loans.md, S2; platform.md 11). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { calendar, demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at, ofMain } from '../support/fixture-a.js';
import { everythingOf } from '../support/store.js';
import { demoStaff, aRun, type Visitor } from './library.js';
import { openApi, type ApiLibrary } from './rest.js';

const INSTITUTION = '/calendars/institution';
const MAIN = '/calendars/library/MAIN';
let library: ApiLibrary;
let administrator: Visitor;
let manager: Visitor;
let buyer: Visitor;
let nextDoor: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  for (const institutionId of ['demo', 'next-door']) {
    await demoLibrary(models, institutionId);
    await models.Library.create({ institutionId, code: 'EAST', name: 'East Branch', inheritsCalendar: false });
    await calendar(models, institutionId, [{ ...ofMain({ dayOfWeek: 4, fromTime: '10:00', toTime: '18:00' }), libraryCode: 'EAST', validTo: '2025-07-01' }]);
    await models.CalendarRecord.create({
      institutionId, level: 'INSTITUTION', libraryCode: null, type: 'EXCEPTION', status: 'CLOSED', validFrom: '2025-08-01', validTo: '2025-08-01', state: 'DRAFT', description: 'Drafted before',
    });
    await loan(models, institutionId, 'due on Juneteenth', { dueDate: new Date(at('2025-06-19 21:00')) });
    await loan(models, institutionId, 'due the day after', { dueDate: new Date(at('2025-06-20 21:00')) });
    await loan(models, institutionId, 'returned', { dueDate: new Date(at('2025-06-19 21:00')), status: 'COMPLETE' });
    await loan(models, institutionId, 'of EAST', { dueDate: new Date(at('2025-06-19 18:00')), libraryCode: 'EAST' });
  }
  nextDoor = await everythingOf(models, 'next-door');
  await demoStaff(library, { fulfil: 'FULFILLMENT_ADMINISTRATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR' });
  library.clock.now = new Date('2025-06-12T14:00:00.000Z'); // Thursday, 10:00 in New York
  [administrator, manager, buyer] = [await library.signIn('fulfil', 'demo'), await library.signIn('head', 'demo'), await library.signIn('buyer', 'demo')];
});
afterAll(() => library.stop());

const records = (given: object) => library.models.CalendarRecord.find({ institutionId: 'demo', ...given }).sort({ createdAt: 1, _id: 1 }).lean();
const draftsOf = (libraryCode: string | null) => records({ libraryCode, state: 'DRAFT' });
const idFor = async (given: object) => (await records(given))[0]!._id;
/** The text of a page without its marks, blanks as one. */
const words = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ').replaceAll('&#x27;', '’');
const rowsOf = (html: string, heading: string) =>
  [...(html.split(`${heading}</h2>`)[1] ?? '').split('</section>')[0]!.matchAll(/<tr role="row"[^>]*>(?!<th role="columnheader")([^]*?)<\/tr>/g)]
    .map(([, row = '']) => words(row.replaceAll(/<details[^]*?<\/details>/g, '')).trim());
const problemsOf = (html: string) => [...html.matchAll(/<li><a href="#([^"]+)">([^<]+)<\/a>/g)].map(([, field, message]) => `${field}: ${words(message!)}`);
const submit = (visitor: Visitor, page: string, fields: Record<string, string | string[]>, action = page) => visitor.submit(page, fields, action);

test('all calendars are listed: whose hours count, until when, what is drafted', async () => {
  const html = await manager.page('/calendars');
  const rows = [...html.split('<tbody')[1]!.matchAll(/<tr role="row">([^]*?)<\/tr>/g)].map(([, row = '']) => words(row).trim());
  assert.deepEqual(rows, [
    'Demo Library the institution none: each library has its own for libraries that inherit them 1 draft',
    'East Branch EAST 10:00–18:00 its own Tue 1 Jul 2025 Ends soon only its own',
    'Main Library MAIN 09:00–21:00 its own Tue 31 Dec 2030 the institution’s and its own',
    'West Branch WEST open all day No hours: counts as open the institution’s and its own',
  ]);
});

describe('a draft', () => {
  test('of hours is made for each weekday that is ticked, and shown beside what is in force', async () => {
    const answer = await submit(administrator, `${MAIN}/new/hours`, { dayOfWeek: ['1', '3'], fromTime: '07:00', toTime: '08:00', validFrom: '2025-07-01', validTo: '2025-07-31', description: 'Early birds' });
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, `${MAIN}?done=calendar-draft`]);
    const rows = rowsOf(await administrator.page(MAIN), 'Weekly opening hours');
    assert.deepEqual(rows, [
      ...['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'].map((day) => `${day} 09:00–21:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 In force`),
      'Saturday 10:00–17:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 In force',
      ...['Monday', 'Wednesday'].map((day) => `${day} 07:00–08:00 Tue 1 Jul 2025 – Thu 31 Jul 2025 Early birds Draft: new`),
    ]);
  });
  test('of hours past midnight is two: until the end of the day, and from the beginning of the next', async () => {
    await submit(administrator, `${MAIN}/new/hours`, { dayOfWeek: '7', fromTime: '20:00', toTime: '02:00', nextDay: '1', validFrom: '2025-09-01', validTo: '2025-09-30' });
    const made = (await draftsOf('MAIN')).slice(2).map(({ dayOfWeek, fromTime, toTime, validFrom, validTo }) => [dayOfWeek, fromTime, toTime, validFrom, validTo]);
    assert.deepEqual(made, [[7, '20:00', '23:59', '2025-09-01', '2025-09-30'], [1, '00:00', '02:00', '2025-09-02', '2025-10-01']]);
    assert.match(words(await administrator.page(MAIN)), /Sunday 20:00–24:00 .*Monday 00:00–02:00 /);
  });
  test('of an exception is of one day where no last day is given', async () => {
    await submit(administrator, `${INSTITUTION}/new/exception`, { status: 'CLOSED', validFrom: '2025-06-19', validTo: '', dayOfWeek: '', fromTime: '', toTime: '', description: 'Juneteenth' });
    assert.equal(rowsOf(await administrator.page(INSTITUTION), 'Closed days and other exceptions')[0], 'Thu 19 Jun 2025 Closed all day Juneteenth Draft: new');
  });
  test('of the institution is hinted at on the pages of its libraries', async () => {
    assert.match(words(await manager.page(MAIN)), /From the calendar of the institution Closed all day, Fri 4 Jul 2025 Closed all day, Thu 27 .* It has 2 drafts beside, to be applied there\./);
  });
  test('of an event counts on its day', async () => {
    await submit(administrator, `${INSTITUTION}/new/event`, { eventName: 'END_OF_TERM', eventDate: '2025-12-19', eventTime: '17:00', description: '' });
    const [event] = await records({ type: 'EVENT' });
    assert.deepEqual([event?.eventName, event?.eventDate, event?.eventTime, event?.validFrom, event?.validTo, event?.state], ['END_OF_TERM', '2025-12-19', '17:00', '2025-12-19', '2025-12-19', 'DRAFT']);
    assert.deepEqual(rowsOf(await administrator.page(INSTITUTION), 'Events that loans are due on'), ['END_OF_TERM Fri 19 Dec 2025 17:00 Draft: new']);
  });
  test('of a change stands below what is in force, which cannot be changed a second time', async () => {
    const path = `${MAIN}/records/${await idFor({ libraryCode: 'MAIN', type: 'STANDARD', dayOfWeek: 6 })}`;
    assert.match(words(await administrator.page(path)), /In force: Saturday 10:00–17:00, Wed 1 Jan 2020 – Tue 31 Dec 2030\./);
    const fields = { dayOfWeek: '6', fromTime: '10:00', toTime: '18:00', validFrom: '2020-01-01', validTo: '2030-12-31', description: '' };
    assert.equal((await submit(administrator, path, fields)).status, 303);
    const rows = rowsOf(await administrator.page(MAIN), 'Weekly opening hours').filter((row) => row.startsWith('Saturday'));
    assert.deepEqual(rows, [
      'Saturday 10:00–17:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 In force until the draft below is applied',
      'Saturday 10:00–18:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 Draft: changed to this',
    ]);
    const again = await submit(administrator, path, { ...fields, toTime: '19:00' });
    assert.deepEqual([again.status, problemsOf(await again.text())], [422, ['replacesRecordId: This record has a draft already: change that, or discard it']]);
  });
  test('is changed by its own form, and not over a later version', async () => {
    const path = `${MAIN}/records/${await idFor({ state: 'DRAFT', toTime: '18:00' })}`;
    const fields = { dayOfWeek: '6', fromTime: '10:00', toTime: '19:00', validFrom: '2020-01-01', validTo: '2030-12-31', description: 'Longer' };
    assert.equal((await submit(administrator, path, fields)).status, 303);
    const overtaken = await submit(administrator, path, { ...fields, toTime: '20:00', version: '1' });
    assert.equal(overtaken.status, 412);
    assert.match(words(await administrator.page(MAIN)), /Saturday 10:00–19:00 .* Longer Draft: changed to this/);
  });
  test('of a removal leaves the record in force', async () => {
    const id = await idFor({ libraryCode: 'MAIN', type: 'STANDARD', dayOfWeek: 5 });
    assert.equal((await submit(administrator, MAIN, {}, `${MAIN}/records/${id}/remove`)).status, 303);
    assert.deepEqual(rowsOf(await administrator.page(MAIN), 'Weekly opening hours').filter((row) => row.startsWith('Friday')), [
      'Friday 09:00–21:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 In force until the draft below is applied',
      'Friday 09:00–21:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 Draft: removed',
    ]);
  });
  test('is discarded by itself, and what is in force stays', async () => {
    const id = await idFor({ state: 'DRAFT', remove: true });
    assert.equal((await submit(administrator, MAIN, {}, `${MAIN}/records/${id}/discard`)).headers.get('location'), `${MAIN}?done=calendar-discarded`);
    assert.deepEqual(rowsOf(await administrator.page(MAIN), 'Weekly opening hours').filter((row) => row.startsWith('Friday')), ['Friday 09:00–21:00 Wed 1 Jan 2020 – Tue 31 Dec 2030 In force']);
  });
});

describe('what makes no sense is refused beside its field, with what was typed', () => {
  const hours = { dayOfWeek: '1', fromTime: '09:00', toTime: '21:00', validFrom: '2026-01-01', validTo: '2026-12-31' };
  const closing = { status: 'CLOSED', validFrom: '2025-06-26', validTo: '', dayOfWeek: '', fromTime: '', toTime: '' };
  test.each([
    ['hours on no weekday', MAIN, 'hours', { ...hours, dayOfWeek: [] as string[] }, 'dayOfWeek: On: nothing was given; expected 1 to 7, as the type is STANDARD'],
    ['a closing time before the opening', MAIN, 'hours', { ...hours, toTime: '02:00' }, 'toTime: Closes: 02:00 was given; expected a time after 09:00'],
    ['one time of two', INSTITUTION, 'exception', { ...closing, fromTime: '15:00' }, 'toTime: To: one of two times was given; expected both, or none for whole days'],
    ['a last day before the first', INSTITUTION, 'exception', { ...closing, validTo: '2025-06-25' }, 'validTo: To day: 2025-06-25 was given; expected 2025-06-26 or later'],
    ['an event without a day', INSTITUTION, 'event', { eventName: 'BREAK', eventDate: '' }, 'eventDate: Day: nothing was given; expected a day, as the type is EVENT'],
    ['the same closing twice', INSTITUTION, 'exception', { ...closing, validFrom: '2025-07-04' }, 'validFrom: From day: The same is in force already'],
    ['the same draft twice', INSTITUTION, 'exception', { ...closing, validFrom: '2025-06-19' }, 'validFrom: From day: The same has been drafted already'],
  ])('%s', async (_what, calendarPage, kind, fields, problem) => {
    const before = await records({});
    const answer = await submit(administrator, `${calendarPage}/new/${kind}`, fields);
    const html = await answer.text();
    assert.deepEqual([answer.status, problemsOf(html)], [422, [problem]]);
    const typed = Object.entries(fields).filter(([name, value]) => value !== '' && !/dayOfWeek|status/.test(name));
    for (const [name, value] of typed) assert.match(html, new RegExp(`name="${name}"[^>]* value="${String(value)}"`), name);
    assert.deepEqual(await records({}), before);
  });
  test('a day that is none', async () => {
    const answer = await submit(administrator, `${INSTITUTION}/new/event`, { eventName: 'BREAK', eventDate: '2025-02-30' });
    assert.deepEqual([answer.status, problemsOf(await answer.text()).map((problem) => problem.split(':')[0])], [422, ['eventDate']]);
  });
});

describe('before they are applied', () => {
  test('the days that close are told, with the open loans due on them, and what the job will do', async () => {
    const html = await administrator.page(`${INSTITUTION}/apply`);
    assert.deepEqual(rowsOf(html, 'What will change'), [
      'Main Library 2 days Thu 19 Jun 2025 Fri 1 Aug 2025 none none 1',
    ]);
    assert.match(words(html), /1 open loan is due on a day that closes\./);
    assert.match(words(html), /Next run of Due Date Correction : Fri 13 Jun 2025 00:15 EDT /);
    assert.match(words(html), /Due dates set by hand or in bulk stay\. Patrons are told by letter\. Of days already past, the last 7 are corrected\./);
  });
  test('of a library, the days with other hours and how they were', async () => {
    const cells = [...(await administrator.page(`${MAIN}/apply`)).matchAll(/data-label="(?:Close|Open|Other hours)">([^]*?)<\/td>/g)].map(([, cell = '']) => words(cell.replaceAll('<li>', '| ')).trim());
    assert.deepEqual(cells, [
      'none',
      '4 days | 4 Sundays, Sun 7 Sep 2025 – Sun 28 Sep 2025: 20:00–24:00, was closed',
      [
        '66 days', '53 Saturdays, Sat 7 Jun 2025 – Sat 13 Jun 2026: 10:00–19:00, was 10:00–17:00',
        '5 Wednesdays, Wed 2 Jul 2025 – Wed 30 Jul 2025: 07:00–08:00, 09:00–21:00, was 09:00–21:00',
        '4 Mondays, Mon 7 Jul 2025 – Mon 28 Jul 2025: 07:00–08:00, 09:00–21:00, was 09:00–21:00',
        '4 Mondays, Mon 8 Sep 2025 – Mon 29 Sep 2025: 00:00–02:00, 09:00–21:00, was 09:00–21:00',
      ].join(' | '),
    ]);
  });
  test('where the job is not active that is said', async () => {
    const named = { institutionId: 'demo', jobKey: 'loans-due-date-correction' };
    await library.models.ScheduledJob.updateOne(named, { $set: { active: false } });
    assert.match(words(await administrator.page(`${INSTITUTION}/apply`)), /Due Date Correction is not active: due dates stay until somebody runs it\./);
    await library.models.ScheduledJob.updateOne(named, { $set: { active: true } });
  });
});

describe('applied', () => {
  test('are the drafts that were shown, and not over one that somebody changed meanwhile', async () => {
    const seen = /name="seen" value="([^"]+)"/.exec(await administrator.page(`${INSTITUTION}/apply`))![1]!;
    const path = `${INSTITUTION}/records/${await idFor({ description: 'Drafted before' })}`;
    await submit(administrator, path, { status: 'CLOSED', validFrom: '2025-08-02', validTo: '2025-08-02', dayOfWeek: '', fromTime: '', toTime: '', description: 'Drafted before' });
    assert.equal((await submit(administrator, `${INSTITUTION}/apply`, { seen })).status, 412);
    assert.equal((await draftsOf(null)).length, 3);

    const shown = await administrator.page(`${INSTITUTION}/apply`);
    const [now, once] = ['seen', 'once'].map((name) => new RegExp(`name="${name}" value="([^"]+)"`).exec(shown)![1]!) as [string, string];
    await submit(administrator, `${INSTITUTION}/new/exception`, { status: 'CLOSED', validFrom: '2025-10-13', validTo: '', dayOfWeek: '', fromTime: '', toTime: '', description: 'Drafted meanwhile' });
    const answer = await submit(administrator, `${INSTITUTION}/apply`, { seen: now, once });
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, `${INSTITUTION}?done=calendar-applied`]);
    assert.equal((await submit(administrator, `${INSTITUTION}/apply`, { seen: now, once })).status, 303, 'the second click on the button');
    assert.equal(await library.models.CalendarChange.countDocuments({ institutionId: 'demo' }), 1);
    assert.deepEqual((await draftsOf(null)).map(({ description }) => description), ['Drafted meanwhile']);
  });
  test('they are in force, wait for the due date correction, and are in the audit', async () => {
    const html = await administrator.page(INSTITUTION);
    assert.equal(rowsOf(html, 'Closed days and other exceptions')[0], 'Thu 19 Jun 2025 Closed all day Juneteenth In force');
    assert.deepEqual(rowsOf(html, 'Applied changes'), ['Thu 19 Jun 2025 – Fri 19 Dec 2025 12 Jun 10:00 Waits for the due date correction']);
    assert.match(words(html), /Next run of Due Date Correction : Fri 13 Jun 2025 00:15 EDT/);
    const entry = await library.models.AuditEntry.findOne({ institutionId: 'demo', action: 'APPLY' }).orFail().lean();
    assert.deepEqual([entry.actor.name, entry.targetLabel], ['fulfil', 'Institution, 2025-06-19 to 2025-12-19']);
  });
  test('and once the job has worked the change through, its run is named with what it moved', async () => {
    const run = await aRun(library, 'loans-due-date-correction', { institutionId: 'demo', counters: { movedLater: 2, movedEarlier: 1 } });
    const processed = { processedAt: new Date('2025-06-13T04:15:00.000Z'), processedRunId: run._id };
    await library.models.CalendarChange.updateOne({ institutionId: 'demo' }, { $set: processed });
    const html = await manager.page(INSTITUTION);
    assert.deepEqual(rowsOf(html, 'Applied changes'), [`Thu 19 Jun 2025 – Fri 19 Dec 2025 12 Jun 10:00 Worked through 13 Jun 00:15 Run ${run.processId} : 3 due dates moved`]);
    assert.doesNotMatch(words(html), /Next run of Due Date Correction/, 'no change waits for it');
  });
  test('the drafts of a library are not touched by it, and are discarded all at once', async () => {
    assert.equal((await draftsOf('MAIN')).length, 5);
    const before = await records({ state: 'APPLIED' });
    assert.equal((await submit(administrator, MAIN, {}, `${MAIN}/discard`)).headers.get('location'), `${MAIN}?done=calendar-discarded`);
    assert.deepEqual([await draftsOf('MAIN'), await records({ state: 'APPLIED' })], [[], before]);
    assert.match(words(await administrator.page(`${MAIN}/apply`)), /There are no drafts/);
  });
});

describe('the year', () => {
  /** The cells of a month as they are read out, by day. */
  const daysOf = (html: string, month: string) =>
    new Map([...html.split(`<caption>${month}</caption>`)[1]!.split('</table>')[0]!.matchAll(/<td class="[^"]*" title="([^"]*)"[^>]*>(\d+)<span[^>]*>[^<]*<\/span><span class="sr">, ([^<]*)</g)]
      .map(([, hours, day, said]) => [Number(day), `${said}: ${hours}`]));
  const linesOf = (html: string, month: string) =>
    [...html.split(`<caption>${month}</caption>`)[1]!.split('</ul>')[0]!.matchAll(/<li[^>]*>([^]*?)<\/li>/g)].map(([, line = '']) => words(line).trim());
  const totalsOf = (html: string) => [...html.matchAll(/<tr><th scope="row">([^<]+)<\/th>([^]*?)<\/tr>/g)].map(([, name, cells = '']) => `${name}:${words(cells)}`.trim());

  test('tells each day by words: open, closed, with other hours; what is not as every week is listed below its month', async () => {
    const html = await manager.page(`${MAIN}/year`);
    assert.match(html, /<h1>Main Library in 2025<\/h1>/);
    const november = daysOf(html, 'November 2025');
    assert.equal(november.size, 30);
    assert.deepEqual([22, 23, 24, 26, 27].map((day) => november.get(day)), ['open: 10:00–17:00', 'closed: closed', 'open: 09:00–21:00', 'other hours: 09:00–15:00', 'closed: closed']);
    assert.deepEqual(linesOf(html, 'November 2025'), ['26 09:00–15:00', '27–28 closed']);
    assert.deepEqual(linesOf(html, 'June 2025'), ['19 closed (Juneteenth)']);
    assert.deepEqual(linesOf(html, 'December 2025'), ['19 END_OF_TERM', '24–27, 29–31 closed']);
    assert.match(html, /aria-current="date">12</);
    // 52 Sundays, and 13 other days: 26 May, 19 June, 4 July, 2 August, 27 and 28 November, 24 to 27 and 29 to 31 December.
    assert.deepEqual(totalsOf(html), ['Open days: 300', 'Closed days: 65', 'Of the open, with other hours: 1']);
  });
  test('shows beside them what the drafts of the calendar make of them, and not those of another', async () => {
    await submit(administrator, `${MAIN}/new/hours`, { dayOfWeek: '7', fromTime: '13:00', toTime: '17:00', validFrom: '2025-11-01', validTo: '2025-11-30', description: '' });
    await submit(administrator, `${MAIN}/new/exception`, { status: 'OPEN', validFrom: '2025-11-26', validTo: '', dayOfWeek: '', fromTime: '15:00', toTime: '18:00', description: 'After all' });
    const html = await administrator.page(`${MAIN}/year?year=2025`);
    const november = daysOf(html, 'November 2025');
    assert.deepEqual([23, 24, 26].map((day) => november.get(day)), [
      'closed, with the drafts open: closed → 13:00–17:00', 'open: 09:00–21:00', 'other hours, with the drafts other hours: 09:00–15:00 → 09:00–18:00',
    ]);
    assert.deepEqual(linesOf(html, 'November 2025'), ['2, 9, 16, 23, 30 Draft: 13:00–17:00, was closed', '26 Draft: 09:00–18:00 (After all), was 09:00–15:00', '27–28 closed']);
    assert.deepEqual(totalsOf(html), ['Open days: 300 305', 'Closed days: 65 60', 'Of the open, with other hours: 1 1']);
    assert.equal(daysOf(html, 'October 2025').get(13), 'open: 09:00–21:00', 'drafted for the institution alone');
    assert.equal(daysOf(await administrator.page(`${INSTITUTION}/year`), 'October 2025').get(13), 'open, with the drafts closed: open all day → closed');
    await submit(administrator, MAIN, {}, `${MAIN}/discard`);
  });
  test('leads to the years around it; what is no year is this one', async () => {
    const html = await manager.page(`${MAIN}/year?year=2026`);
    assert.deepEqual([...html.matchAll(/rel="(?:prev|next)" href="([^"]+)"/g)].map(([, href]) => href!.replaceAll('&#x3D;', '=')), [`${MAIN}/year?year=2025`, `${MAIN}/year?year=2027`]);
    assert.match(linesOf(html, 'January 2026').join(), /^1 closed$/);
    assert.match(await manager.page(`${MAIN}/year?year=99999`), /<h1>Main Library in 2025<\/h1>/);
  });
  test('of a library without hours says that it counts as open, of an institution without them shows its closings', async () => {
    assert.equal(daysOf(await manager.page('/calendars/library/WEST/year'), 'July 2025').get(4), 'no hours, counts as open: open all day');
    const html = await manager.page(`${INSTITUTION}/year`);
    assert.deepEqual([daysOf(html, 'July 2025').get(4), daysOf(html, 'July 2025').get(5)], ['closed: closed', 'open: open all day']);
    assert.match(html, /The institution has no weekly hours/);
  });
  test('is light enough to be sent at once', async () => {
    assert.ok((await manager.page(`${MAIN}/year`)).length < 100_000);
  });
});

test('a circulation desk manager reads calendars and changes none; a purchasing operator does not see them; nobody sees a library next door', async () => {
  const html = await manager.page(MAIN);
  assert.doesNotMatch(html, /New hours|<form method="post" action="\/calendars/);
  for (const path of [`${MAIN}/new/hours`, `${MAIN}/apply`, `${MAIN}/records/${await idFor({ libraryCode: 'MAIN' })}`]) assert.equal((await manager.fetch(path)).status, 403, path);
  const token = /name="token" value="([^"]+)"/.exec(html)![1]!;
  for (const path of [`${MAIN}/new/exception`, `${MAIN}/apply`, `${MAIN}/discard`]) {
    assert.equal((await manager.post(path, { token, seen: 'a 1', once: 'a', status: 'CLOSED', validFrom: '2025-09-09' })).status, 403, path);
  }
  for (const path of ['/calendars', MAIN, INSTITUTION, `${MAIN}/apply`, `${MAIN}/year`]) assert.equal((await buyer.fetch(path)).status, 404, path);
  assert.equal((await administrator.fetch('/calendars/library/GONE')).status, 404);
  assert.equal((await administrator.fetch(`${MAIN}/records/${idOf('next-door', 'any')}`)).status, 404);
});

test('nothing was written next door', async () => {
  assert.deepEqual(await everythingOf(library.models, 'next-door'), nextDoor);
});
