/**
 * A letter about loans as its templates see it: words, sorted and grouped.
 *
 * Specification: fulfillment-loans.md S8.6: grouped by library (by name), then by due date, then title.
 */
import type { Reader } from '../reader.js';
import { isolated, oneLine, webAddress } from '../text.js';
import type { LoanInLetter, PatronLetterData } from './patron-letter-data.js';
import { patronLetterView, type PatronLetterView } from './patron-letter-view.js';

interface LoanView {
  title: string;
  author: string | null;
  due: string;
  callNumber: string | null;
  barcode: string;
  /** Lines of this letter about this loan. */
  remarks: string[];
}

/** Of a library, by its name. */
export interface LoansOfLibrary {
  name: string;
  loans: LoanView[];
}

export interface LoanLetterView extends PatronLetterView {
  loanCount: number;
  libraries: LoansOfLibrary[];
  /** Where to bring them: to one library, which is named, or to several. */
  places: 'one' | 'many';
  libraryName: string;
  /** Lines below the loans. */
  totals: string[];
  accountUrl: string | null;
  /** Of the loan that is due first, for the text message. */
  firstTitle: string;
  firstDue: string;
  more: number;
}

/** `remarksOf`: what the letter says of a loan beside what tells it from others. */
export function loanLetterView<L extends LoanInLetter>(
  letter: PatronLetterData & { loans: readonly L[] }, reader: Reader, remarksOf: (loan: L) => string[],
): LoanLetterView {
  const sorted = letter.loans.toSorted((a, b) => byLibraryDueDateTitle(a, b, reader));
  const first = sorted.toSorted((a, b) => Date.parse(a.dueDate) - Date.parse(b.dueDate))[0]!;
  const libraries = loansByLibrary(letter.loans, reader, remarksOf);
  return {
    ...patronLetterView(letter, reader),
    loanCount: sorted.length,
    libraries,
    places: libraries.length === 1 ? 'one' : 'many',
    libraryName: first.libraryName,
    totals: [],
    accountUrl: webAddress(letter.links.account),
    firstTitle: titleOf(first, reader),
    firstDue: reader.due(first.dueDate, first.shortLoan),
    more: sorted.length - 1,
  };
}

export function loansByLibrary<L extends LoanInLetter>(loans: readonly L[], reader: Reader, remarksOf: (loan: L) => string[]): LoansOfLibrary[] {
  const sorted = loans.toSorted((a, b) => byLibraryDueDateTitle(a, b, reader));
  return byLibrary(sorted).map(([name, ofLibrary]) => ({ name, loans: ofLibrary.map((loan) => loanView(loan, reader, remarksOf(loan))) }));
}

function loanView(loan: LoanInLetter, reader: Reader, remarks: string[]): LoanView {
  return {
    title: titleOf(loan, reader),
    author: loan.author === null ? null : isolated(oneLine(loan.author)),
    due: reader.due(loan.dueDate, loan.shortLoan),
    callNumber: loan.callNumber,
    barcode: loan.barcode,
    remarks,
  };
}

/** A part of a set is named with its volume: `Der Brockhaus, 3. CHIP – DUMM`. */
function titleOf({ title, description }: LoanInLetter, reader: Reader): string {
  const named = oneLine(title ?? '') || reader.say('untitled');
  const part = oneLine(description ?? '');
  return isolated(part === '' ? named : `${named}, ${part}`);
}

/** Libraries of one name stay apart by their code; volumes of one title stand in the order of their numbers. */
function byLibraryDueDateTitle(a: LoanInLetter, b: LoanInLetter, reader: Reader): number {
  return reader.compare(a.libraryName, b.libraryName)
    || reader.compare(a.libraryCode, b.libraryCode)
    || Date.parse(a.dueDate) - Date.parse(b.dueDate)
    || reader.compare(a.title ?? '', b.title ?? '')
    || reader.compare(a.description ?? '', b.description ?? '')
    || reader.compare(a.barcode, b.barcode);
}

function byLibrary<L extends LoanInLetter>(sorted: readonly L[]): [name: string, loans: L[]][] {
  const groups = new Map<string, [string, L[]]>();
  for (const loan of sorted) {
    const group = groups.get(loan.libraryCode);
    if (group === undefined) groups.set(loan.libraryCode, [loan.libraryName, [loan]]);
    else group[1].push(loan);
  }
  return [...groups.values()];
}
