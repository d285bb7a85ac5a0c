/** A lost item has turned up, and what its replacement cost is given back (fulfillment-loans.md, S11.6). */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf } from '../reader.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain } from './loan-letter-samples.js';
import { loanLetterView } from './loan-letter-view.js';

const lostRefundData = patronLetterData.extend({
  /** Back at the library, or found and still with the patron. */
  found: z.enum(['RETURNED', 'WITH_PATRON']),
  loan: loanInLetter,
  /** Of the replacement fee; minor units, one of the two at least above 0. */
  waived: z.int().min(0),
  credited: z.int().min(0),
});
export type LostRefundData = z.infer<typeof lostRefundData>;

const letter: LostRefundData = {
  library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' },
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  found: 'RETURNED',
  loan: { ...dublinersOfMain, loanDate: '2025-02-03T19:00:00.000Z', dueDate: '2025-03-04T02:00:00.000Z', shortLoan: false },
  waived: 4250,
  credited: 0,
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-04-10T16:00:00.000Z',
};

export const fulLostRefundFeeLoanLetter: Letter = {
  code: 'FulLostRefundFeeLoanLetter',
  template: 'lost-refund',
  subject: '{{say "refund.subject" amount=refund}}',
  preview: '{{firstTitle}}',
  sms: false,
  optOutAllowed: false,
  view(stored, spoken) {
    const data = lostRefundData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: data.timeZone, currency: data.currency });
    const { found, loan, waived, credited } = data;
    const sums = [
      ...(waived > 0 ? [reader.say('refund.waived', { amount: reader.amount(waived) })] : []),
      ...(credited > 0 ? [reader.say('refund.credited', { amount: reader.amount(credited) })] : []),
    ];
    const view = loanLetterView({ ...data, loans: [loan] }, reader, () => sums);
    return { reader, view: { ...view, found, refund: reader.amount(waived + credited) } };
  },
  samples: {
    'returned, nothing had been paid': letter,
    'found, all of it had been paid': { ...letter, found: 'WITH_PATRON', waived: 0, credited: 4250 },
    'partly paid, no title': { ...letter, loan: { ...letter.loan, title: null, author: null, callNumber: null }, waived: 1000, credited: 3250, links: { account: null } },
    'right-to-left name': { ...letter, user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null }, loan: { ...letter.loan, title: 'الأيام', author: 'حسين، طه' } },
  } satisfies Record<string, LostRefundData>,
};
