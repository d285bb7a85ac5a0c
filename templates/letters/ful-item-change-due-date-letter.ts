/** The due dates of loans have changed: one letter per patron, listing all that moved (loans-due-date-correction, Effects). */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf } from '../reader.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain } from './loan-letter-samples.js';
import { loanLetterView } from './loan-letter-view.js';

const changedDueDateData = patronLetterData.extend({
  /** Why: the hours of the library. Recalls use the letter with messages of their own. */
  message: z.literal('DUE_DATE_CHANGE_ONLY'),
  /** With the new due date. */
  loans: z.array(loanInLetter.extend({ oldDueDate: z.iso.datetime() })).min(1),
});
export type ChangedDueDateData = z.infer<typeof changedDueDateData>;
type MovedLoan = ChangedDueDateData['loans'][number];

const dubliners: MovedLoan = {
  ...dublinersOfMain,
  loanDate: '2025-05-22T18:00:00.000Z',
  oldDueDate: '2025-06-20T01:00:00.000Z', // Thursday 21:00 in New York
  dueDate: '2025-06-21T01:00:00.000Z',
  shortLoan: false,
};
/** Lent for two hours. */
const reserve: MovedLoan = {
  ...dubliners,
  loanId: '65e5f0000000000000000002',
  title: 'Organic chemistry <3rd & revised edition>',
  author: 'McMurry, John',
  barcode: '39999000345678',
  callNumber: null,
  libraryCode: 'WEST',
  libraryName: 'West Campus Library',
  oldDueDate: '2025-06-19T15:00:00.000Z',
  dueDate: '2025-06-20T13:00:00.000Z',
  shortLoan: true,
};
/** Due by the end of the day; neither title nor author. */
const untitled: MovedLoan = {
  ...dubliners, loanId: '65e5f0000000000000000003', title: null, author: null, callNumber: null, oldDueDate: '2025-06-20T03:59:59.000Z', dueDate: '2025-06-21T03:59:59.000Z',
};
const letter: ChangedDueDateData = {
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  message: 'DUE_DATE_CHANGE_ONLY',
  loans: [dubliners],
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-06-13T04:15:00.000Z',
};

export const fulItemChangeDueDateLetter: Letter = {
  code: 'FulItemChangeDueDateLetter',
  template: 'changed-due-date',
  subject: '{{say "moved.subject" loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}} · {{say "due" due=firstDue}}',
  sms: false,
  optOutAllowed: false,
  view(stored, spoken) {
    const data = changedDueDateData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: data.timeZone, currency: data.currency });
    const remarksOf = ({ oldDueDate, shortLoan }: MovedLoan) => [reader.say('moved.before', { due: reader.due(oldDueDate, shortLoan) })];
    return { reader, view: loanLetterView(data, reader, remarksOf) };
  },
  samples: {
    'one loan': letter,
    'many loans of two libraries': { ...letter, loans: [reserve, untitled, dubliners] },
    'one loan of one library, no title': {
      ...letter, loans: [untitled], links: { account: null },
      library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' },
    },
    'right-to-left name': {
      ...letter,
      user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null },
      loans: [{ ...dubliners, title: 'الأيام', author: 'حسين، طه' }],
    },
  } satisfies Record<string, ChangedDueDateData>,
};
