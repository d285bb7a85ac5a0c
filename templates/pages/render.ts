/**
 * The pages: Handlebars templates of this folder, each inside `layout`, with the parts of `partials/`.
 *
 * Compiled strictly: a value that a page forgot to hand over fails its test instead of leaving a gap. All values are escaped.
 * A page that says what is wrong in its forms is rendered twice: the summary above calls each field what the page calls it, whichever template wrote
 * the label, and has them in the order of the page.
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
  // What belongs to no field of the page comes first.
  handlebars.registerHelper('inOrder', (problems: readonly { field: string }[], fields: Fields) => {
    const place = ({ field }: { field: string }): number => fields[field]?.place ?? -1;
    return problems.toSorted((one, other) => place(one) - place(other));
  });
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

/** By id everything that a link can lead to; `name` is escaped already, null where it has none. */
type Fields = Readonly<Record<string, { place: number; name: Handlebars.SafeString | null }>>;

/** What a label says in brackets is no part of the name. */
function fieldsIn(page: string): Fields {
  const names = new Map(labels.flatMap((label) => [...page.matchAll(label)]).map(([, id = '', text = '']) =>
    [id, new Handlebars.SafeString(text.replaceAll(/<[^>]*>|\s*\([^()]*\)/g, '').trim())] as const));
  return Object.fromEntries([...page.matchAll(/ id="([^"]+)"/g)].map(([, id = ''], place) => [id, { place, name: names.get(id) ?? null }]));
}

const templatesOf = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.hbs'));
