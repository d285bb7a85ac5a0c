/** Overdue notices of types 1 to 5: one letter per patron and type, listing all loans of the run. */
import type { Letter } from '../letter.js';
import { overdueNoticeSamples } from './overdue-letter-samples.js';
import { overdueLetterView } from './overdue-letter-view.js';

export const fulOverdueAndLostLoanNotificationLetter: Letter = {
  code: 'FulOverdueAndLostLoanNotificationLetter',
  template: 'overdue-notice',
  subject: '{{say "overdue.subject" variant=stage loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}} · {{say "due" due=firstDue}}',
  sms: true,
  optOutAllowed: false,
  view: overdueLetterView,
  samples: overdueNoticeSamples,
};
