/** What letters about loans tell of in their samples. */
import type { z } from 'zod';
import type { LoanInLetter, patronLetterData } from './patron-letter-data.js';

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

/** Whom the letters of one morning are for, of the whole institution; which loans they are about, each says for itself. */
export const toAda: z.infer<typeof patronLetterData> = {
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-06-10T07:00:00.000Z',
};
