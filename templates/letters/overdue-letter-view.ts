/**
 * The four letters of loans-overdue-and-lost as their templates see them: words and amounts, sorted and grouped.
 *
 * Specification: fulfillment-loans.md S8.6: grouped by library (by name), then by due date, then title.
 */
import type { LetterView } from '../letter.js';
import { readerOf, type Reader, type Spoken } from '../reader.js';
import { isolated, oneLine, webAddress } from '../text.js';
import { overdueLetterData, type OverdueLetterData } from './overdue-letter-data.js';

type LoanInLetter = OverdueLetterData['loans'][number];

interface LoanView {
  title: string;
  author: string | null;
  due: string;
  callNumber: string | null;
  barcode: string;
  /** Lines: what was charged for this loan, and the fine that still grows. */
  amounts: string[];
}

interface OverdueLetterView extends LetterView {
  /** Picks the wording: 1 … 5; null where the loans are lost. */
  stage: number | null;
  patronName: string;
  contactEmail: string | null;
  loanCount: number;
  libraries: { name: string; loans: LoanView[] }[];
  /** Where to bring them: to one library, which is named, or to several. */
  places: 'one' | 'many';
  libraryName: string;
  totalFees: string | null;
  /** Lines below the loans: what is charged with this letter, and that a fine grows. */
  totals: string[];
  accountUrl: string | null;
  /** Of the first loan, for the text message. */
  firstTitle: string;
  firstDue: string;
  more: number;
}

export function overdueLetterView(stored: unknown, spoken: Spoken): { reader: Reader; view: OverdueLetterView } {
  const letter = overdueLetterData.parse(stored);
  const reader = readerOf({ ...spoken, timeZone: letter.timeZone, currency: letter.currency });
  return { reader, view: viewOf(letter, reader) };
}

function viewOf(letter: OverdueLetterData, reader: Reader): OverdueLetterView {
  const sorted = letter.loans.toSorted((a, b) => byLibraryDueDateTitle(a, b, reader));
  const first = sorted.toSorted((a, b) => Date.parse(a.dueDate) - Date.parse(b.dueDate))[0]!;
  const libraries = byLibrary(sorted).map(([name, loans]) => ({ name, loans: loans.map((loan) => loanView(loan, reader)) }));
  const senderName = letter.library?.name ?? letter.institution.name;
  return {
    senderName,
    institutionLine: senderName === letter.institution.name ? null : letter.institution.name,
    footer: reader.say('automatic', { day: reader.day(letter.date), primaryId: letter.user.primaryId }),
    stage: letter.notificationType,
    patronName: isolated([letter.user.firstName, letter.user.lastName].filter((part) => part).join(' ')),
    contactEmail: letter.library?.email ?? null,
    loanCount: sorted.length,
    libraries,
    places: libraries.length === 1 ? 'one' : 'many',
    libraryName: first.libraryName,
    totalFees: letter.totalFees > 0 ? reader.amount(letter.totalFees) : null,
    totals: totalsOf(letter, reader),
    accountUrl: webAddress(letter.links.account),
    firstTitle: titleOf(first, reader),
    firstDue: reader.due(first.dueDate, first.shortLoan),
    more: sorted.length - 1,
  };
}

function totalsOf({ notificationType, loans, notificationFee, totalFees }: OverdueLetterData, reader: Reader): string[] {
  const totals = [];
  if (notificationFee > 0) totals.push(reader.say('notificationFee', { amount: reader.amount(notificationFee) }));
  if (totalFees > 0) totals.push(reader.say('totalFees', { amount: reader.amount(totalFees) }));
  const grows = notificationType !== null && loans.some(({ accruedFine }) => accruedFine > 0);
  if (grows) totals.push(reader.say('fineGrows', { loans: loans.length }));
  return totals;
}

function loanView(loan: LoanInLetter, reader: Reader): LoanView {
  const fees = loan.fees.map(({ type, amount }) => reader.say(`fee.${type}`, { amount: reader.amount(amount) }));
  // The fine of a loan that was just charged for it is among its fees.
  const charged = loan.fees.some(({ type }) => type === 'OVERDUE_FINE' || type === 'RECALLED_OVERDUE_FINE');
  const accrued = loan.accruedFine > 0 && !charged
    ? [reader.say('accruedFine', { amount: reader.amount(loan.accruedFine) })]
    : [];
  return {
    title: titleOf(loan, reader),
    author: loan.author === null ? null : isolated(oneLine(loan.author)),
    due: reader.due(loan.dueDate, loan.shortLoan),
    callNumber: loan.callNumber,
    barcode: loan.barcode,
    amounts: [...fees, ...accrued],
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

function byLibrary(sorted: readonly LoanInLetter[]): [name: string, loans: LoanInLetter[]][] {
  const groups = new Map<string, [string, LoanInLetter[]]>();
  for (const loan of sorted) {
    const group = groups.get(loan.libraryCode);
    if (group === undefined) groups.set(loan.libraryCode, [loan.libraryName, [loan]]);
    else group[1].push(loan);
  }
  return [...groups.values()];
}
