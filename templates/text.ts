/** What any text needs before it may stand in a letter. */

// Hebrew, Arabic, Syriac, Thaana, N'Ko … and their presentation forms.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** Keeps a right-to-left name from turning the marks around it: "Dear Leila," would else begin with the comma. */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? FIRST_STRONG_ISOLATE + text + POP_ISOLATE : text;
}

/** Catalogue data has line breaks and runs of blanks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Staff type addresses: what is no web address is not linked to. */
export function webAddress(text: string | null): string | null {
  return text !== null && /^https?:\/\/[^\s/]/i.test(text) ? text : null;
}
