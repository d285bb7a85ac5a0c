/** What a bib says of itself besides its MARC: title, author, year, standard numbers (data-model.md, bib; publishing-import.md C4). */
import { foldText } from '../../domain/text.js';
import type { MarcRecord } from '../../formats/marcxml.js';

export interface BriefRecord {
  title: string;
  author: string | null;
  sortTitle: string;
  publisher: string | null;
  publicationYear: number | null;
  isbns: string[];
  issns: string[];
}

export function briefRecordOf(record: MarcRecord): BriefRecord {
  const title = displayText(joined(record, ['245'], 'abnp'));
  const author = displayText(joined(record, ['100', '110', '111'], 'abcdq'));
  const publisher = displayText(joined(record, ['264', '260'], 'b'));
  const year = /^.{7}(\d{4})/.exec(controlValue(record, '008'))?.[1];
  return {
    title,
    author: author === '' ? null : author,
    sortTitle: foldText(title.slice(nonFilingCharacters(record))),
    publisher: publisher === '' ? null : publisher,
    publicationYear: year === undefined ? null : Number(year),
    isbns: unique(values(record, '020', 'a').flatMap(isbn13)),
    issns: unique(values(record, '022', 'al').flatMap(issn)),
  };
}

function dataFields(record: MarcRecord, tag: string) {
  return record.fields.flatMap((field) => (field.tag === tag && 'subfields' in field ? [field] : []));
}

function values(record: MarcRecord, tag: string, codes: string): string[] {
  return dataFields(record, tag).flatMap(({ subfields }) => subfields.filter(({ code }) => codes.includes(code)).map(({ value }) => value));
}

/** The subfields of the first field of the first tag that is there. */
function joined(record: MarcRecord, tags: string[], codes: string): string {
  const [field] = tags.flatMap((tag) => dataFields(record, tag));
  return (field?.subfields ?? []).filter(({ code }) => codes.includes(code)).map(({ value }) => value.trim()).join(' ');
}

function controlValue(record: MarcRecord, tag: string): string {
  for (const field of record.fields) if (field.tag === tag && 'value' in field) return field.value;
  return '';
}

function nonFilingCharacters(record: MarcRecord): number {
  const ind2 = dataFields(record, '245')[0]?.ind2 ?? '0';
  return /[1-9]/.test(ind2) ? Number(ind2) : 0;
}

/** Without the punctuation that separates it from the next area of a catalogue card. */
const displayText = (text: string) => text.replace(/\s+/g, ' ').replace(/[\s:/;,=]+$/, '').trim();

const unique = (texts: string[]) => [...new Set(texts)];

/** An ISBN with the right check digit as 13 digits, else nothing. */
function isbn13(text: string): string[] {
  const number = (text.trim().split(/\s/)[0] ?? '').replaceAll('-', '').toUpperCase();
  if (/^\d{9}[\dX]$/.test(number)) {
    const sum = [...number].reduce((total, digit, index) => total + (10 - index) * (digit === 'X' ? 10 : Number(digit)), 0);
    return sum % 11 === 0 ? [withCheckDigit(`978${number.slice(0, 9)}`)] : [];
  }
  return /^\d{13}$/.test(number) && withCheckDigit(number.slice(0, 12)) === number ? [number] : [];
}

function withCheckDigit(twelve: string): string {
  const sum = [...twelve].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return `${twelve}${(10 - (sum % 10)) % 10}`;
}

function issn(text: string): string[] {
  const number = text.trim().replace('-', '').toUpperCase();
  if (!/^\d{7}[\dX]$/.test(number)) return [];
  const sum = [...number].reduce((total, digit, index) => total + (8 - index) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0 ? [number] : [];
}
