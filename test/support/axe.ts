/** What axe finds on the page that is open. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** To be called before the first page is opened: Chromium then keeps the script from page to page. */
export const bringAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: axe.source });

/** Of each rule that is broken its id and the beginnings of the elements; frames are left out. `rules`: tags or ids of axe; `within`: a selector. */
export async function axeFinds(page: Page, rules: readonly string[], within = 'html'): Promise<string[]> {
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'], iframes: false });
  const found = violations.parse(await page.evaluate(`axe.run(${JSON.stringify(within)}, ${options}).then(({ violations }) => violations)`));
  return found.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] as const;
/** How each page is looked at. The later passes look for what a colour or a width decides. */
export const axePasses = [
  { colorScheme: 'light', width: 1280, rules: wcag },
  { colorScheme: 'dark', width: 320, rules: ['color-contrast', 'scrollable-region-focusable'] },
  { colorScheme: 'dark', width: 1280, rules: ['color-contrast'] },
  { colorScheme: 'light', width: 320, rules: ['color-contrast', 'target-size'] },
] as const;
