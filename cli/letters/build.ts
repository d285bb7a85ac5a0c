/**
 * Compiles the MJML of letters into Handlebars templates, which are kept in the repository: sending needs no MJML.
 *
 * A letter's `<template>.mjml` holds its rows, `layout.mjml` goes around them, and `<!-- part: name -->` stands for
 * `name.part.mjml`, which letters share.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../templates/letters');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

/** The HTML template of every letter, by the path it belongs to; throws on MJML that is not valid. */
export async function buildLetterTemplates(): Promise<Map<string, string>> {
  const { default: mjml2html } = await import('mjml'); // a quarter of a second that no other command needs
  const sources = readdirSync(folder).filter((file) => /^[a-z-]+\.mjml$/.test(file) && file !== 'layout.mjml');
  const built = new Map<string, string>();
  for (const file of sources.sort()) {
    const mjml = read('layout.mjml')
      .replace('<!-- part: letter -->', () => read(file))
      .replace(/<!-- part: ([a-z-]+) -->/g, (_, name: string) => read(`${name}.part.mjml`));
    // Without `fonts` MJML would fetch from a foreign host whatever the reader opens.
    const { html } = await mjml2html(mjml, { validationLevel: 'strict', keepComments: false, fonts: {} });
    // Indentation is a quarter of a letter, which is kept for years.
    built.set(join(folder, file.replace(/\.mjml$/, '.html.hbs')), `${html.trim().replace(/\s*\n\s*/g, '\n')}\n`);
  }
  return built;
}

/** Writes those that differ from what is kept, and answers with the paths of all. */
export async function writeLetterTemplates(): Promise<string[]> {
  const built = await buildLetterTemplates();
  for (const [path, html] of built) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== html) writeFileSync(path, html);
  }
  return [...built.keys()];
}
