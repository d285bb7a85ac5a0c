/**
 * The folding of names: one form for filters, sorting and comparing, whatever case, accents and dashes somebody typed.
 *
 * Specification: README.md, "Text". Match keys, heading keys, search terms and EDIFACT have foldings of their own.
 */

/** Letters that Unicode does not take apart; after lower-casing, so each stands here once. */
const SPELT_OUT: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  ı: 'i',
  ħ: 'h',
};
const LETTERS = new RegExp(`[${Object.keys(SPELT_OUT).join('')}]`, 'g');
/** Accents only: the vowel signs of other scripts are letters to their readers and stay. */
const MARKS = /[\u0300-\u036f]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|[\ufe20-\ufe2f]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;

/** Folding twice changes nothing. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(LETTERS, (letter) => SPELT_OUT[letter] ?? letter)
    .replace(DASHES, '-')
    .replace(/\s+/g, ' ')
    .trim();
}
