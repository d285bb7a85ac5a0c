/** Reminder on the day that loans are due: one letter per patron, listing all of the day. */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf } from '../reader.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain } from './loan-letter-samples.js';
import { loanLetterView } from './loan-letter-view.js';

const dueDateReminderData = patronLetterData.extend({
  /** Due on the local day of `date`; in any order. */
  loans: z.array(loanInLetter.extend({
    /** Another reader waits for it. */
    recalled: z.boolean(),
  })).min(1),
});
export type DueDateReminderData = z.infer<typeof dueDateReminderData>;
type LoanInReminder = DueDateReminderData['loans'][number];

const dubliners: LoanInReminder = {
  ...dublinersOfMain,
  loanDate: '2025-05-01T18:00:00.000Z',
  dueDate: '2025-05-30T01:00:00.000Z', // Thursday 21:00 in New York
  shortLoan: false,
  recalled: false,
};
/** Lent the evening before, due in the morning. */
const reserve: LoanInReminder = {
  ...dubliners,
  loanId: '65e5f0000000000000000002',
  title: 'Organic chemistry <3rd & revised edition>',
  author: 'McMurry, John',
  barcode: '39999000345678',
  callNumber: null,
  libraryCode: 'WEST',
  libraryName: 'West Campus Library',
  loanDate: '2025-05-29T00:30:00.000Z',
  dueDate: '2025-05-29T13:00:00.000Z',
  shortLoan: true,
};
/** Due by the end of the day; neither title nor author. */
const untitled: LoanInReminder = {
  ...dubliners, loanId: '65e5f0000000000000000003', title: null, author: null, callNumber: null, dueDate: '2025-05-30T03:59:59.000Z',
};
const reminder: DueDateReminderData = {
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  loans: [dubliners],
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-05-29T10:00:00.000Z',
};

export const fulUserOverdueNoticeLetter: Letter = {
  code: 'FulUserOverdueNoticeLetter',
  template: 'due-date-reminder',
  subject: '{{say "reminder.subject" day=day loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}} · {{say "due" due=firstDue}}',
  sms: true,
  optOutAllowed: true,
  view(stored, spoken) {
    const letter = dueDateReminderData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: letter.timeZone, currency: letter.currency });
    const remarksOf = ({ recalled }: LoanInReminder) => (recalled ? [reader.say('recalled')] : []);
    return { reader, view: { ...loanLetterView(letter, reader, remarksOf), day: reader.day(letter.date) } };
  },
  samples: {
    'one loan': reminder,
    'many loans, one of them recalled': { ...reminder, loans: [dubliners, { ...untitled, recalled: true }, reserve] },
    'one loan of one library, no title': {
      ...reminder, loans: [untitled], links: { account: null },
      library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' },
    },
    'right-to-left name': {
      ...reminder,
      user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null },
      loans: [{ ...dubliners, title: 'الأيام', author: 'حسين، طه', recalled: true }],
    },
  } satisfies Record<string, DueDateReminderData>,
};
