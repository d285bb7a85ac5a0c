/** What axe finds on the page that is open; its script is put into a page once, however often it is asked. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** Of each rule that is broken its id and the beginnings of the elements; frames are left out. `rules`: tags or ids of axe. */
export async function axeFinds(page: Page, rules: readonly string[]): Promise<string[]> {
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'], iframes: false });
  const found = violations.parse(await page.evaluate(`axe.run(document, ${options}).then(({ violations }) => violations)`));
  return found.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
