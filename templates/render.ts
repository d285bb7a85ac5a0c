/**
 * Turns the stored data of a letter into what is sent: subject, HTML, plain text.
 *
 * Templates are strict: a value they name and do not get is an error, not a gap. Of every value what HTML would read as markup is
 * escaped. Compiled once and kept.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars, { type HelperOptions } from 'handlebars';
import { cutForSms, type Channel } from '../domain/letters.js';
import { letterOf } from './letters.js';
import type { Reader, Spoken } from './reader.js';
import { oneLine } from './text.js';

export interface Rendering {
  subject: string;
  /** null: the channel knows plain text only. */
  html: string | null;
  text: string;
}

const folder = join(import.meta.dirname, 'letters');
/** An instance of its own: pages have other helpers. */
const handlebars = Handlebars.create();
handlebars.registerHelper('say', say);
registerTextParts();

type Compiled = ReturnType<typeof Handlebars.compile>;
const compiled = new Map<string, Compiled>();

/** Throws where the data does not fit the letter, or the template asks for what is not there. */
export function renderLetter(letterCode: string, channel: Channel, data: unknown, spoken: Spoken): Rendering {
  const letter = letterOf(letterCode);
  const { reader, view } = letter.view(data, spoken);
  const inText = (name: string, read: () => string) => run(templateOf(name, read, { noEscape: true }), view, reader);
  const inFile = (ending: string) => () => readFileSync(join(folder, `${letter.template}.${ending}`), 'utf8');

  const subject = oneLine(inText(`${letterCode} subject`, () => letter.subject));
  if (channel === 'SMS') {
    const text = oneLine(inText(`${letter.template}.sms`, inFile('sms.hbs')));
    return { subject, html: null, text: cutForSms(text) };
  }
  const preview = oneLine(inText(`${letterCode} preview`, () => letter.preview));
  const html = templateOf(`${letter.template}.html`, inFile('html.hbs'), { noEscape: false });
  return {
    subject,
    html: run(html, { ...view, subject, preview, language: reader.language }, reader),
    text: inText(`${letter.template}.txt`, inFile('txt.hbs')),
  };
}

function templateOf(name: string, read: () => string, options: { noEscape: boolean }): Compiled {
  let template = compiled.get(name);
  if (template === undefined) {
    template = handlebars.compile(read(), { ...options, strict: true, preventIndent: true });
    compiled.set(name, template);
  }
  return template;
}

const run = (template: Compiled, view: object, reader: Reader) => template(view, { data: { reader } });

/** `{{say "overdue.intro" variant=stage loans=loanCount}}`: the label, of several variants the one named, its blanks filled. */
function say(key: string, { hash, data }: HelperOptions): string {
  const { variant, ...values } = hash as Record<string, unknown>;
  const reader = (data as { reader: Reader }).reader;
  return reader.say(variant === undefined ? key : `${key}.${String(variant)}`, values);
}

/** `loans.part.txt.hbs` is `{{> loans}}` in plain text; HTML has its parts built in. */
function registerTextParts(): void {
  const ending = '.part.txt.hbs';
  for (const file of readdirSync(folder)) {
    if (file.endsWith(ending)) handlebars.registerPartial(file.slice(0, -ending.length), readFileSync(join(folder, file), 'utf8'));
  }
}
