/** The letter about a lost loan where the institution wants one letter per loan. */
import type { Letter } from '../letter.js';
import { fulOverdueAndLostLoanLetter } from './ful-overdue-and-lost-loan-letter.js';
import { lostLoanSamples, ofOneLoan } from './overdue-letter-samples.js';

export const fulLostLoanLetter: Letter = {
  ...fulOverdueAndLostLoanLetter,
  code: 'FulLostLoanLetter',
  samples: ofOneLoan(lostLoanSamples),
};
