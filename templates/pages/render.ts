/**
 * The pages: Handlebars templates of this folder, each inside `layout`, with the parts of `partials/`.
 *
 * Compiled strictly: a value that a page forgot to hand over fails its test instead of leaving a gap. All values are escaped.
 * A page that says what is wrong in its forms is rendered twice: the summary above calls each field what the page calls it, whichever template wrote
 * the label.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';

export type RenderPage = (page: string, data: object) => string;

export function createPages(): RenderPage {
  const handlebars = Handlebars.create();
  const partials = join(import.meta.dirname, 'partials');
  for (const file of templatesOf(partials)) {
    handlebars.registerPartial(basename(file, '.hbs'), handlebars.compile(readFileSync(join(partials, file), 'utf8'), { strict: true }));
  }
  const pages = new Map(
    templatesOf(import.meta.dirname).map((file) => [
      basename(file, '.hbs'),
      handlebars.compile<object>(readFileSync(join(import.meta.dirname, file), 'utf8'), { strict: true }),
    ]),
  );
  return (name, data) => {
    const template = pages.get(name);
    if (template === undefined) throw new RangeError(`there is no page template "${name}"`);
    const page = template(data, { data: { fields: {} } });
    return page.includes(' id="problems-title"') ? template(data, { data: { fields: fieldsIn(page) } }) : page;
  };
}

/** A label that names its field, one around a box, the legend of a group. */
const labels = [
  /<label(?=[^>]* for="([^"]+)")[^>]*>(.*?)<\/label>/gs, /<label[^>]*><input(?=[^>]* id="([^"]+)")[^>]*>(.*?)<\/label>/gs, /<fieldset(?=[^>]* id="([^"]+)")[^>]*><legend[^>]*>(.*?)<\/legend>/gs,
];

/** By id everything that a link can lead to; `name` is escaped already, null where it has none. What a label says in brackets is no part of the name. */
function fieldsIn(page: string): Record<string, { name: Handlebars.SafeString | null }> {
  const places = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => [id, { name: null }] as const);
  const named = labels.flatMap((label) => [...page.matchAll(label)]).map(([, id = '', text = '']) =>
    [id, { name: new Handlebars.SafeString(text.replaceAll(/<[^>]*>|\s*\([^()]*\)/g, '').trim()) }] as const);
  return Object.fromEntries([...places, ...named]);
}

const templatesOf = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.hbs'));
