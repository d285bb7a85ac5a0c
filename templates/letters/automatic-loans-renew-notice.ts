/** Renewal notice: loans that were renewed for their reader, with the old and the new due date, one letter per patron. */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf, type Reader } from '../reader.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain, toAda } from './loan-letter-samples.js';
import { loanLetterView } from './loan-letter-view.js';

const renewalLetterData = patronLetterData.extend({
  /** In any order; `dueDate` is the new one. */
  loans: z.array(loanInLetter.extend({
    oldDueDate: z.iso.datetime(),
    /** Why the period is shorter than usual. */
    cappedBy: z.enum(['MAX', 'EXPIRY']).nullable(),
  })).min(1),
});
export type RenewalLetterData = z.infer<typeof renewalLetterData>;
type RenewedLoanInLetter = RenewalLetterData['loans'][number];

function remarksOf({ oldDueDate, shortLoan, cappedBy }: RenewedLoanInLetter, reader: Reader): string[] {
  const before = reader.say('moved.before', { due: reader.due(oldDueDate, shortLoan) });
  return cappedBy === null ? [before] : [before, reader.say(`renewed.short.${cappedBy}`)];
}

const dubliners: RenewedLoanInLetter = {
  ...dublinersOfMain,
  loanDate: '2025-05-16T18:00:00.000Z',
  oldDueDate: '2025-06-14T01:00:00.000Z', // Friday 21:00 in New York
  dueDate: '2025-07-09T01:00:00.000Z',
  shortLoan: false,
  cappedBy: null,
};
/** Neither title nor author; due by the end of the day. */
const untitled: RenewedLoanInLetter = {
  ...dubliners, loanId: '65e5f0000000000000000003', title: null, author: null, callNumber: null, dueDate: '2025-07-04T03:59:59.000Z', cappedBy: 'MAX',
};
const letter: RenewalLetterData = { ...toAda, loans: [dubliners] };

export const automaticLoansRenewNotice: Letter = {
  code: 'AutomaticLoansRenewNotice',
  template: 'renewal-notice',
  subject: '{{say "renewed.subject" loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}} · {{say "due" due=firstDue}}',
  sms: true,
  optOutAllowed: true,
  view(stored, spoken) {
    const data = renewalLetterData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: data.timeZone, currency: data.currency });
    return { reader, view: loanLetterView(data, reader, (loan) => remarksOf(loan, reader)) };
  },
  samples: {
    'one loan': letter,
    'three loans, two of them shortened': {
      ...letter, loans: [dubliners, untitled, { ...dubliners, loanId: '65e5f0000000000000000004', libraryCode: 'WEST', libraryName: 'West Campus Library', cappedBy: 'EXPIRY' }],
    },
    'one loan of one library, no title': {
      ...letter, loans: [untitled], links: { account: null }, library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' },
    },
    'right-to-left name': {
      ...letter,
      user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null },
      loans: [{ ...dubliners, title: 'الأيام', author: 'حسين، طه' }],
    },
  } satisfies Record<string, RenewalLetterData>,
};
