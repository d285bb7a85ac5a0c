/** Courtesy notice: loans that fall due soon and were not renewed, one letter per patron. */
import { z } from 'zod';
import { notRenewedReasons } from '../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { Letter } from '../letter.js';
import { readerOf, type Reader } from '../reader.js';
import { isolated, oneLine } from '../text.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain, toAda } from './loan-letter-samples.js';
import { loanLetterView } from './loan-letter-view.js';

const courtesyLetterData = patronLetterData.extend({
  /** In any order. */
  loans: z.array(loanInLetter.extend({
    /** Why it was not renewed. */
    reasonCode: z.enum(notRenewedReasons),
    /** In the words of the library: the description of a block. */
    detail: z.string().nullable(),
    /** Another reader waits for it. */
    recalled: z.boolean(),
  })).min(1),
});
export type CourtesyLetterData = z.infer<typeof courtesyLetterData>;
type LoanInCourtesyLetter = CourtesyLetterData['loans'][number];

/** Where no rule named the loan nothing stood against it, and there is no reason to tell. */
function remarksOf({ reasonCode, detail, recalled }: LoanInCourtesyLetter, reader: Reader): string[] {
  const block = reasonCode === 'USER_BLOCKED' ? oneLine(detail ?? '') : '';
  const reasonOf = () => (block === '' ? reader.say(`renewal.reason.${reasonCode}`) : reader.say('renewal.reason.USER_BLOCKED.detail', { detail: isolated(block) }));
  return [...(reasonCode === 'NO_RULE' ? [] : [reasonOf()]), ...(recalled && reasonCode !== 'RECALLED' ? [reader.say('recalled')] : [])];
}

const dubliners: LoanInCourtesyLetter = {
  ...dublinersOfMain,
  loanDate: '2025-05-16T18:00:00.000Z',
  dueDate: '2025-06-14T01:00:00.000Z', // Friday 21:00 in New York
  shortLoan: false,
  reasonCode: 'ITEM_REQUESTED',
  detail: null,
  recalled: false,
};
/** Neither title nor author; due by the end of the day. */
const untitled: LoanInCourtesyLetter = {
  ...dubliners, loanId: '65e5f0000000000000000003', title: null, author: null, callNumber: null, dueDate: '2025-06-14T03:59:59.000Z', reasonCode: 'NO_RULE',
};
const blocked: LoanInCourtesyLetter = {
  ...dubliners, loanId: '65e5f0000000000000000004', title: 'Organic chemistry <3rd & revised edition>', author: 'McMurry, John', barcode: '39999000345678',
  libraryCode: 'WEST', libraryName: 'West Campus Library', reasonCode: 'USER_BLOCKED', detail: 'Long overdue items',
};
const letter: CourtesyLetterData = { ...toAda, loans: [dubliners] };

export const fulUserLoansCourtesyLetter: Letter = {
  code: 'FulUserLoansCourtesyLetter',
  template: 'courtesy-notice',
  subject: '{{say "courtesy.subject" loans=loanCount}}',
  preview: '{{firstTitle}}{{#if more}} +{{more}}{{/if}} · {{say "due" due=firstDue}}',
  sms: true,
  optOutAllowed: true,
  view(stored, spoken) {
    const data = courtesyLetterData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: data.timeZone, currency: data.currency });
    return { reader, view: loanLetterView(data, reader, (loan) => remarksOf(loan, reader)) };
  },
  samples: {
    'one loan, requested by another': letter,
    'many loans, each for a reason of its own': {
      ...letter, loans: [...notRenewedReasons.map((reasonCode) => ({ ...dubliners, reasonCode, barcode: `${dubliners.barcode} ${reasonCode}`, recalled: reasonCode === 'RECALLED' })), untitled, blocked],
    },
    'one loan of one library, no title, recalled, no rule': {
      ...letter, loans: [{ ...untitled, recalled: true }], links: { account: null },
      library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' },
    },
    'right-to-left name': {
      ...letter,
      user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null },
      loans: [{ ...dubliners, title: 'الأيام', author: 'حسين، طه', reasonCode: 'USER_BLOCKED', detail: 'متأخرات' }],
    },
  } satisfies Record<string, CourtesyLetterData>,
};
