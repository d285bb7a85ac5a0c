/**
 * The pages in a real browser over a real engine: the way from the sign-in to a letter, with JavaScript and without, and
 * every page by axe (WCAG 2.2 AA), light and dark, wide and at 320 px.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { axeFinds, axePasses, bringAxe } from '../support/axe.js';
import { openPages, signIn, TEMPORAL_UI, type PagesHouse } from '../support/pages.js';
import { mongo, temporal } from '../support/servers.js';

let pages: PagesHouse;
/** What the first walk came by. */
let proposals: string;
let report: string;
let letter: string;
let caughtMail: string;
let loan: string;

beforeAll(async () => {
  mongo();
  temporal();
  pages = await openPages('pages');
  const closing = { level: 'LIBRARY', libraryCode: 'MAIN', type: 'EXCEPTION', status: 'CLOSED', validFrom: '2030-05-02', validTo: '2030-05-02', state: 'DRAFT' } as const;
  await pages.house.models.CalendarRecord.create({ institutionId: pages.institutionId, ...closing });
});
afterAll(() => pages?.close());

const words = async (page: Page, selector: string) => ((await page.textContent(selector)) ?? '').replace(/\s+/g, ' ').trim();
const pathOf = (page: Page) => new URL(page.url()).pathname;

/** From home to the page of the job. */
async function openJob(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Scheduled', exact: true }).click();
  await page.getByLabel('Name contains').fill('overdue and lost');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('link', { name: 'Loans – Overdue and Lost Item', exact: true }).click();
  assert.equal(await page.locator('.next-runs li').count(), 5);
}

/** Presses the button of a form and waits for the run that it starts; answers with its report open. */
async function start(page: Page, link: string): Promise<void> {
  await page.getByRole('link', { name: link }).click();
  await page.locator('main form button.primary').click();
  const run = await pages.house.models.Run.findOne({ institutionId: pages.institutionId, processId: Number(pathOf(page).split('/').pop()) }).lean();
  assert.ok(run !== null, pathOf(page));
  await pages.house.finished(run.institutionId, run._id);
  await page.goto(pathOf(page));
  const inTheEngine = await page.getByRole('link', { name: 'Temporal Web UI' }).getAttribute('href');
  assert.equal(inTheEngine, `${TEMPORAL_UI}/namespaces/pages/workflows/${run.workflowId}`);
}

describe('from the sign-in to a letter', () => {
  test('without JavaScript, on the first night', async () => {
    const page = await pages.open({ javaScriptEnabled: false });
    await signIn(page, 'fulfillment-administrator');
    await openJob(page);
    await start(page, 'Preview');
    await page.getByRole('link', { name: 'What it would do' }).click();
    proposals = pathOf(page);
    assert.ok((await page.locator('main tbody tr').count()) > 20);

    await openJob(page);
    await start(page, 'Run now');
    report = pathOf(page);
    assert.match(await words(page, '.head'), /Loans – Overdue and Lost Item.*Completed with Warnings/);

    await page.locator('section:has(#letters)').locator('a[href*="OverdueAndLostLoanNotificationLetter"][href$="state=SENT"]').click();
    await page.locator('table tbody th a').first().click();
    letter = pathOf(page);
    assert.match((await page.frameLocator('iframe').locator('body').textContent()) ?? '', /Demonstration Library[^]*reader\d{6}/);

    await page.locator('section:has(#causes) a').first().click();
    loan = pathOf(page);
    assert.match(await words(page, 'main'), /Loans – Overdue and Lost Item/);
    await openJob(page);
    await page.getByRole('link', { name: 'Explain a record' }).click();
    await page.getByLabel('Loan id or barcode').fill(loan.split('/')[3] ?? '');
    await page.getByRole('button', { name: 'Explain' }).click();
    assert.match(await words(page, 'section:has(#answer)'), /the job leaves it alone/);
    assert.match(await words(page, 'section:has(#questions)'), /Due date \w{3} \d{1,2} \w{3} \d{4} \d\d:\d\d E[SD]T/, 'the due date by the clock of the library');

    await page.goto('/mail');
    await page.locator('table tbody th a').first().click();
    caughtMail = pathOf(page);
    assert.match(await words(page, 'main'), /As the reader sees it/);
  });

  test('with JavaScript, on the same night again: everybody has been told', async () => {
    const page = await pages.open();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await signIn(page, 'fulfillment-administrator');
    const { Letter } = pages.house.models;
    const before = await Letter.countDocuments({});
    await openJob(page);
    await start(page, 'Run now');
    assert.match(await words(page, '.head'), /Completed Successfully/);
    assert.equal(await Letter.countDocuments({}), before);
    assert.deepEqual(problems, []);
  });
});

/** Every kind of page, by its path. */
async function everyPath(): Promise<string[]> {
  const pathOfJob = async (jobKey: string) => `/scheduled-jobs/${(await pages.house.models.ScheduledJob.findOne({ institutionId: pages.institutionId, jobKey }).orFail().lean())._id}`;
  const jobPath = await pathOfJob('loans-overdue-and-lost');
  return [
    '/', '/monitor-jobs/scheduled', '/monitor-jobs/running', '/monitor-jobs/history', jobPath, ...['run', 'preview', 'explain', 'schedule', 'parameters', 'activation'].map((form) => `${jobPath}/${form}`),
    `${await pathOfJob('loans-due-date-correction')}/preview`,
    proposals, report, `${report}/events`, `${report}/rerun`, '/letters/sent', letter, loan, '/configuration', '/overdue-profiles', '/overdue-profiles/new', '/fines-profiles', '/fines-profiles/new', '/terms-of-use', '/new-terms-of-use', '/terms-of-use/BOOK', '/fulfillment-units', '/new-fulfillment-unit', '/fulfillment-units/RESERVES', '/fulfillment-units/RESERVES/rules/new?type=LOAN', '/api-keys', '/api-keys/new', '/mail', caughtMail, '/help', '/nothing-here',
    '/block-definitions/new', '/patron-limits?example=1&userGroup=STUDENT&owed=60&overdueLoans=2&overdueRecalls=0',
    '/demerit-rules', '/demerit-settings', '/fulfillment-settings', '/libraries', '/libraries/new', '/institution', '/anonymization-rules/loans/new', '/block-preferences',
    '/calendars', '/calendars/institution', '/calendars/library/MAIN', '/calendars/library/MAIN/new/hours', '/calendars/library/MAIN/apply', '/calendars/library/MAIN/year?year=2030',
  ];
}

/** Of hundreds that look alike. */
async function firstOfProposals(): Promise<void> {
  const { RunBatch } = pages.house.models;
  for (const { _id, institutionId, proposals } of await RunBatch.find({ 'proposals.0': { $exists: true } }).lean()) {
    await RunBatch.updateOne({ institutionId, _id }, { $set: { proposals: ['letter', 'loan'].flatMap((type) => proposals.filter(({ recordType }) => recordType === type).slice(0, 15)) } });
  }
}

describe('every page', { timeout: 300_000 }, () => {
  test('has a title and a main heading of its own, nothing that axe finds, light and dark, wide and narrow, and nothing to scroll sideways', async () => {
    const page = await pages.open({ reducedMotion: 'reduce' }); // a colour on its way is neither of the two
    await bringAxe(page);
    await signIn(page, 'general-system-administrator');
    await firstOfProposals();
    const wrong: string[] = [];
    const titles: string[] = [];
    for (const path of await everyPath()) {
      await page.goto(path);
      assert.equal(await page.locator('h1').count(), 1, path);
      titles.push(await page.title());
      for (const { colorScheme, width, rules } of axePasses) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const where = `${path}, ${colorScheme} at ${width} px`;
        wrong.push(...(await axeFinds(page, rules)).map((found) => `${where}: ${found}`));
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        if (wide !== width) wrong.push(`${where}: ${String(wide)} px wide`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(titles.filter((title, index) => titles.indexOf(title) !== index), []);
  });

  test('is reached by keyboard: the first stop skips to the content, and focus is seen', async () => {
    const page = await pages.open();
    await signIn(page, 'general-system-administrator');
    await page.keyboard.press('Tab');
    assert.equal(await words(page, ':focus'), 'Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.locator('main :focus').count() === 1);
    assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
  });
});
