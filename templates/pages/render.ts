/**
 * The pages: Handlebars templates of this folder, each inside `layout`, with the parts of `partials/`.
 *
 * Compiled strictly: a value that a page forgot to hand over fails its test instead of leaving a gap. All values are escaped.
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
  return (page, data) => {
    const template = pages.get(page);
    if (template === undefined) throw new RangeError(`there is no page template "${page}"`);
    return template(data);
  };
}

const templatesOf = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.hbs'));
