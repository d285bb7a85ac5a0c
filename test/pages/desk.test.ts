/** The desk in a real browser: by scanner and keyboard, with JavaScript and without, and each page by axe (WCAG 2.2 AA), light and dark, wide and at 320 px. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { axeFinds, axePasses, bringAxe } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { deskHouse, type DeskHouse } from '../support/desk-house.js';

let house: DeskHouse;
let browser: Browser;
beforeAll(async () => {
  house = await deskHouse();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await house?.library.stop();
});

const words = async (page: Page, selector: string) => (await page.innerText(selector)).replace(/\s+/g, ' ').trim();

/** What a scanner does: it types into whatever has the focus, and sends Enter. Whoever scans sees the field first. */
async function scan(page: Page, code: string): Promise<void> {
  await page.locator('input[autofocus]:focus').waitFor();
  await page.keyboard.type(code);
  await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
  await page.waitForLoadState();
}

/** Cards and items one after the other, with no other key and no mouse; item `free` is on its shelf, `out` is overdue. */
async function aMorning(page: Page, free: string, out: string): Promise<void> {
  await page.goto('/desk');
  await scan(page, '4711');
  assert.match(await words(page, '.field-error'), /Nobody has the card or primary id “4711”/);
  await scan(page, 'U2');
  assert.equal(await words(page, 'h1'), 'Patron U2');
  await scan(page, free);
  assert.match(await words(page, '.told'), new RegExp(`^Title ${free} \\(${free}\\) Lent until`));
  await scan(page, '2000001');
  assert.equal(await words(page, 'h1'), 'Patron U1');

  await page.getByRole('link', { name: 'Returns' }).click();
  for (const code of [free, out]) await scan(page, code);
  assert.match(await words(page, '.answers'), new RegExp(`Title ${out} \\(${out}\\) Returned 2 days late\\. Overdue fine: 0\\.50 USD[^]*Title ${free} \\(${free}\\) Returned in time`));
  await page.locator('.answers a').first().click();
  assert.equal(await words(page, 'h1'), 'Patron U1');
}

describe('by scanner alone', () => {
  test('without JavaScript; the menu of a loan and a payment by keyboard', async () => {
    const page = await (await browser.newContext({ baseURL: house.library.address, javaScriptEnabled: false })).newPage();
    await house.signIn(page, 'clerk');
    await aMorning(page, 'S1', 'A1');
    await page.getByLabel('More for Title A5').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.told').waitFor();
    assert.match(await words(page, '.told'), /Found, and still with the patron/);
    await page.getByLabel('Amount, Overdue fine Title F1').fill('0.50');
    await page.keyboard.press('Enter');
    await page.getByText('Overdue fine: paid 0.50 USD.').waitFor();
    assert.match(await words(page, '.told'), /Left: 1\.00 USD\./);
  });

  test('with JavaScript, nothing else and no error; two clicks are one', async () => {
    const page = await (await browser.newContext({ baseURL: house.library.address })).newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && !message.text().includes('422') && problems.push(message.text()));
    await house.signIn(page, 'clerk');
    await aMorning(page, 'S2', 'A6');
    const fee = () => house.library.models.Fee.findOne({ institutionId: 'demo', _id: house.id('F1') }).orFail().lean();
    const before = await fee();
    await page.getByRole('button', { name: 'Pay', exact: true }).first().dblclick();
    await page.locator('.told').waitFor();
    const { balance, transactions } = await fee();
    assert.deepEqual([balance, transactions.length], [0, before.transactions.length + 1]);
    assert.deepEqual(problems, []);
  });
});

describe('every page', { timeout: 300_000 }, () => {
  test('has nothing that axe finds, light and dark, wide and narrow, with open menus, and nothing to scroll sideways', async () => {
    const page = await (await browser.newContext({ baseURL: house.library.address, reducedMotion: 'reduce' })).newPage();
    await bringAxe(page);
    await house.signIn(page, 'head');
    await page.goto(`/desk/patrons/${house.id('U1')}`);
    await scan(page, 'S3');
    const refused = new URL(page.url());
    const { id } = house;
    await house.library.models.Fee.updateOne({ institutionId: 'demo', _id: id('F2') }, { $set: { title: 'Remembering Forgotten Alphabets, volume 10' } });
    const paths = [
      '/desk', refused.pathname + refused.search, ...['A2', 'A3', 'A5'].map((loan) => `/desk/loans/${id(loan)}`), ...['F2', 'F3', 'F4'].map((fee) => `/desk/fees/${id(fee)}`),
      ...['block', 'charge'].map((form) => `/desk/patrons/${id('U1')}/${form}`), '/desk/returns', '/desk/returns?at=2025-03-03T20:00', '/desk/due-dates',
    ];
    const wrong: string[] = [];
    for (const path of paths) {
      await page.goto(path);
      const menu = page.locator('main details.menu summary').first();
      const hasMenu = (await menu.count()) > 0;
      for (const { colorScheme, width, rules } of axePasses) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const where = `${path}, ${colorScheme} at ${width} px`;
        wrong.push(...(await axeFinds(page, rules)).map((found) => `${where}: ${found}`));
        if (hasMenu) {
          // By itself: what it covers for the moment axe would call too small.
          await menu.click();
          wrong.push(...(await axeFinds(page, rules, 'main details.menu[open]')).map((found) => `${where}, menu: ${found}`));
        }
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        if (wide !== width) wrong.push(`${where}: ${String(wide)} px wide`);
        for (const popover of await page.locator('main details.menu[open] .popover').all()) {
          const box = await popover.boundingBox();
          assert.ok(box, `${where}: an open menu is shown`);
          if (box.x < 0 || box.x + box.width > width) wrong.push(`${where}: a menu that leaves the page`);
        }
        if (hasMenu) await menu.click();
      }
      assert.equal(await page.locator('h1').count(), 1, path);
    }
    assert.deepEqual(wrong, []);
  });
});
