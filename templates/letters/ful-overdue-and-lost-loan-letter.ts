/** Loans that have become lost, and what was charged for them: one letter per patron, listing all of the run. */
import type { Letter } from '../letter.js';
import { lostLoanSamples } from './overdue-letter-samples.js';
import { overdueLetterView } from './overdue-letter-view.js';

export const fulOverdueAndLostLoanLetter: Letter = {
  code: 'FulOverdueAndLostLoanLetter',
  template: 'lost-loan',
  subject: '{{say "lost.subject" loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}}',
  sms: true,
  optOutAllowed: false,
  view: overdueLetterView,
  samples: lostLoanSamples,
};
