/** The four letters of loans-overdue-and-lost as their templates see them: what is charged, and the fines that grow. */
import { readerOf, type Reader, type Spoken } from '../reader.js';
import { loanLetterView, type LoanLetterView } from './loan-letter-view.js';
import { overdueLetterData, type OverdueLetterData } from './overdue-letter-data.js';

interface OverdueLetterView extends LoanLetterView {
  /** Picks the wording: 1 … 5; null where the loans are lost. */
  stage: number | null;
  totalFees: string | null;
}

export function overdueLetterView(stored: unknown, spoken: Spoken): { reader: Reader; view: OverdueLetterView } {
  const letter = overdueLetterData.parse(stored);
  const reader = readerOf({ ...spoken, timeZone: letter.timeZone, currency: letter.currency });
  const view = {
    ...loanLetterView(letter, reader, (loan) => amountsOf(loan, reader)),
    stage: letter.notificationType,
    totalFees: letter.totalFees > 0 ? reader.amount(letter.totalFees) : null,
    totals: totalsOf(letter, reader),
  };
  return { reader, view };
}

/** Lines below the loans: what is charged with this letter, and that a fine grows. */
function totalsOf({ notificationType, loans, notificationFee, totalFees }: OverdueLetterData, reader: Reader): string[] {
  const totals = [];
  if (notificationFee > 0) totals.push(reader.say('notificationFee', { amount: reader.amount(notificationFee) }));
  if (totalFees > 0) totals.push(reader.say('totalFees', { amount: reader.amount(totalFees) }));
  const grows = notificationType !== null && loans.some(({ accruedFine }) => accruedFine > 0);
  if (grows) totals.push(reader.say('fineGrows', { loans: loans.length }));
  return totals;
}

/** What was charged for this loan, and the fine that still grows. */
function amountsOf({ fees, accruedFine }: OverdueLetterData['loans'][number], reader: Reader): string[] {
  const charges = fees.map(({ type, amount }) => reader.say(`fee.${type}`, { amount: reader.amount(amount) }));
  // The fine of a loan that was just charged for it is among its fees.
  const charged = fees.some(({ type }) => type === 'OVERDUE_FINE' || type === 'RECALLED_OVERDUE_FINE');
  const accrued = accruedFine > 0 && !charged ? [reader.say('accruedFine', { amount: reader.amount(accruedFine) })] : [];
  return [...charges, ...accrued];
}
