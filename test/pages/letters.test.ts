/** The letters in a real browser, as a reader's mail program shows them: every sample in every language, narrow and wide, light and dark. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { languages } from '../../templates/labels.js';
import { letters } from '../../templates/letters.js';
import { renderLetter } from '../../templates/render.js';
import { axeFinds, bringAxe } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';

/** Dark, it is the colours that are others. */
const looks = [['light', ['wcag2a', 'wcag2aa', 'wcag21aa']], ['dark', ['color-contrast']]] as const;
/** A mail program's column, and a small telephone. */
const widths = [600, 320] as const;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  page = await (await browser.newContext()).newPage();
  await bringAxe(page);
  await page.goto('about:blank');
});
afterAll(() => browser?.close());

const html = (code: string, sample: unknown, language: string) => renderLetter(code, 'EMAIL', sample, { language, defaultLanguage: 'en' }).html ?? '';

describe.each(letters.map(({ code, samples }) => ({ code, samples })))('$code', ({ code, samples }) => {
  test('fits its window in every language', async () => {
    const tooWide: string[] = [];
    for (const [name, sample] of Object.entries(samples)) {
      for (const language of languages) {
        await page.setContent(html(code, sample, language));
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          const needed = await page.evaluate('document.documentElement.scrollWidth');
          if (needed !== width) tooWide.push(`${name}, ${language}: ${String(needed)} px on ${width}`);
        }
      }
    }
    assert.deepEqual(tooWide, []);
  });

  test.each(looks)('can be read, %s: contrast, headings, links and tables by axe', async (colorScheme, rules) => {
    const wrong: string[] = [];
    await page.emulateMedia({ colorScheme });
    for (const [name, sample] of Object.entries(samples)) {
      await page.setContent(html(code, sample, 'de'));
      wrong.push(...(await axeFinds(page, rules)).map((found) => `${name}: ${found}`));
    }
    assert.deepEqual(wrong, []);
  });

  test('is dark on a dark screen and asks nothing of the world', async () => {
    const asked: string[] = [];
    const listen = (request: { url: () => string }) => asked.push(request.url());
    page.on('request', listen);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setContent(html(code, Object.values(samples)[0], 'en'));
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".sheet")).backgroundColor'), 'rgb(31, 36, 40)');
    page.off('request', listen);
    assert.deepEqual(asked, []);
  });
});
