/**
 * The words of letters: which text a label has for a reader (platform.md 13, Labels).
 *
 * Texts are ICU messages: `{loans, plural, one {# loan} other {# loans}}`.
 */
import { languagesBehind } from '../domain/letters.js';
import { de } from './labels/de.js';
import { en, type LabelKey } from './labels/en.js';
import { es } from './labels/es.js';
import { fr } from './labels/fr.js';

export const shippedLabels: Readonly<Record<string, Readonly<Record<LabelKey, string>>>> = { en, de, fr, es };

/** Every shipped letter has its words in these. */
export const languages: readonly string[] = Object.keys(shippedLabels);

/** Whether a label of this name exists; templates name labels by text. */
export const isLabel = (key: string): key is LabelKey => Object.hasOwn(en, key);

/**
 * The first of: the reader's language, its base language, the institution's default language, English.
 *
 * null = switched off there, which ends the search: the label is left out. `from` names the language found, whose plural rules hold.
 */
export function labelText(
  texts: Readonly<Record<string, string | null>>, language: string, defaultLanguage: string,
): { text: string; from: string } | null {
  const order = [...languagesBehind(language), ...languagesBehind(defaultLanguage), 'en'];
  const from = order.find((candidate) => Object.hasOwn(texts, candidate));
  const text = from === undefined ? null : texts[from];
  return from === undefined || text === null || text === undefined ? null : { text, from };
}

/** Of a name that staff gave in some languages the one for a reader, and any rather than none; null: there is none. */
export const nameIn = (names: Readonly<Record<string, string>>, language: string, defaultLanguage: string): string | null =>
  labelText(names, language, defaultLanguage)?.text ?? Object.values(names)[0] ?? null;
