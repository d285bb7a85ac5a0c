/** What letters about loans tell of in their samples. */
import type { LoanInLetter } from './loan-letter-data.js';

/** When it was lent and is due, each letter says for itself. */
export const dublinersOfMain: Omit<LoanInLetter, 'loanDate' | 'dueDate' | 'shortLoan'> = {
  loanId: '65e5f0000000000000000001',
  title: 'Dubliners',
  author: 'Joyce, James',
  description: null,
  barcode: '39999000123456',
  callNumber: 'PR6019.O9 D8 1993',
  libraryCode: 'MAIN',
  libraryName: 'Main Library',
};
