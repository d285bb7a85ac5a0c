/** The overdue notice where the institution wants one letter per loan. */
import type { Letter } from '../letter.js';
import { fulOverdueAndLostLoanNotificationLetter } from './ful-overdue-and-lost-loan-notification-letter.js';
import { ofOneLoan, overdueNoticeSamples } from './overdue-letter-samples.js';

export const fulLostLoanNotificationLetter: Letter = {
  ...fulOverdueAndLostLoanNotificationLetter,
  code: 'FulLostLoanNotificationLetter',
  samples: ofOneLoan(overdueNoticeSamples),
};
