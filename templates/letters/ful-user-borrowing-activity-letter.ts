/** Report of what is on a patron's account: overdue loans, other loans, fees; one letter per patron, or per patron and library. */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf, type Reader } from '../reader.js';
import { webAddress } from '../text.js';
import { feeInLetter, feesByLibrary, type FeesOfLibrary } from './fee-in-letter.js';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';
import { dublinersOfMain } from './loan-letter-samples.js';
import { loansByLibrary, type LoansOfLibrary } from './loan-letter-view.js';
import { patronLetterView, type PatronLetterView } from './patron-letter-view.js';

/** Amounts are minor units of the letter's currency. */
export const activityReportData = patronLetterData.extend({
  /** In any order. */
  loans: z.array(loanInLetter.extend({
    overdue: z.boolean(),
    lost: z.boolean(),
    /** It grows until the loan is returned, and is in no total of fees. */
    accruedFine: z.int().min(0),
  })),
  fees: z.array(feeInLetter),
  /** The balances of all fees; negative where credits are more. */
  totalDebt: z.int(),
  totalAccrued: z.int().min(0),
});
export type ActivityReportData = z.infer<typeof activityReportData>;
type LoanInReport = ActivityReportData['loans'][number];

/** One of the lists of loans, as the part of a letter about loans sees it. */
interface LoanSection {
  heading: string;
  libraries: LoansOfLibrary[];
  totals: string[];
}

interface ActivityView extends PatronLetterView {
  day: string;
  /** null: there are none. */
  overdue: LoanSection | null;
  loans: LoanSection | null;
  fees: { heading: string; feeLibraries: FeesOfLibrary[]; feeTotals: string[] } | null;
  /** Loans that the patron may bring back, or renew. */
  returnable: number;
  payUrl: string | null;
  /** The account is led to by `payUrl`. */
  accountUrl: null;
}

const dubliners: LoanInReport = {
  ...dublinersOfMain, loanDate: '2025-02-03T19:00:00.000Z', dueDate: '2025-03-04T02:00:00.000Z', shortLoan: false, overdue: true, lost: false, accruedFine: 175,
};
const ulysses: LoanInReport = {
  ...dubliners, loanId: '65e5f0000000000000000b02', title: 'Ulysses', barcode: '39999000123999', callNumber: 'PR6019.O9 U4', dueDate: '2025-03-21T01:00:00.000Z', overdue: false, accruedFine: 0,
};
const chemistry: LoanInReport = {
  ...dubliners, loanId: '65e5f0000000000000000b03', title: 'Organic chemistry <3rd & revised edition>', author: 'McMurry, John', barcode: '39999000345678', callNumber: null,
  libraryCode: 'WEST', libraryName: 'West Campus Library', dueDate: '2025-01-15T02:00:00.000Z', lost: true, accruedFine: 0,
};
const fine: ActivityReportData['fees'][number] = {
  feeId: '65e5f0000000000000000a01', type: 'OVERDUE_FINE', title: 'The Odyssey', comment: null, createdAt: '2025-03-01T17:00:00.000Z', originalAmount: 200, balance: 200,
  libraryCode: 'MAIN', libraryName: 'Main Library',
};
const replacement: typeof fine = {
  ...fine, feeId: '65e5f0000000000000000a02', type: 'LOST_ITEM_REPLACEMENT_FEE', title: chemistry.title, originalAmount: 4250, balance: 3250, createdAt: '2025-02-11T15:00:00.000Z',
  libraryCode: 'WEST', libraryName: 'West Campus Library',
};
const credit: typeof fine = { ...fine, feeId: '65e5f0000000000000000a03', type: 'CREDIT', title: null, comment: 'Paid twice in January', originalAmount: -500, balance: -500 };
const oneOverdue: ActivityReportData = {
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  loans: [dubliners],
  fees: [fine],
  totalDebt: 200,
  totalAccrued: 175,
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-03-10T10:00:00.000Z',
};
const samples: Record<string, ActivityReportData> = {
  'an overdue loan and a fine': oneOverdue,
  'everything, of two libraries': { ...oneOverdue, loans: [ulysses, chemistry, dubliners], fees: [replacement, fine], totalDebt: 3450 },
  'loans only, of one library': {
    ...oneOverdue, library: { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' }, loans: [ulysses], fees: [], totalDebt: 0, totalAccrued: 0,
  },
  'fees only, no account to link to': { ...oneOverdue, loans: [], totalAccrued: 0, links: { account: null } },
  'a loan and a credit, right-to-left name': {
    ...oneOverdue, user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null }, loans: [{ ...ulysses, title: 'الأيام', author: 'حسين، طه' }], fees: [credit],
    totalDebt: -500, totalAccrued: 0,
  },
};

export const fulUserBorrowingActivityLetter: Letter = {
  code: 'FulUserBorrowingActivityLetter',
  template: 'borrowing-activity',
  subject: '{{say "activity.subject" day=day}}',
  preview: '{{#if overdue}}{{overdue.heading}} · {{/if}}{{#if loans}}{{loans.heading}}{{/if}}{{#if fees}}{{#if loans}} · {{/if}}{{fees.heading}}{{/if}}',
  sms: false,
  optOutAllowed: true,
  view(stored, spoken) {
    const letter = activityReportData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: letter.timeZone, currency: letter.currency });
    return { reader, view: viewOf(letter, reader) };
  },
  samples,
};

function viewOf(letter: ActivityReportData, reader: Reader): ActivityView {
  const { loans, fees, totalDebt, totalAccrued, institution } = letter;
  const [overdue, current] = [loans.filter((loan) => loan.overdue), loans.filter((loan) => !loan.overdue)];
  const accrued = totalAccrued > 0 ? [reader.say('activity.accrued', { amount: reader.amount(totalAccrued) })] : [];
  return {
    ...patronLetterView(letter, reader),
    day: reader.day(letter.date),
    overdue: loanSection(overdue, 'activity.overdue', accrued, reader),
    loans: loanSection(current, 'activity.loans', [], reader),
    fees: fees.length === 0 ? null : { heading: reader.say(totalDebt < 0 ? 'activity.fees.credit' : 'activity.fees.owed'), feeLibraries: feesByLibrary(fees, institution.name, reader), feeTotals: [totalOf(totalDebt, reader)] },
    returnable: overdue.filter(({ lost }) => !lost).length,
    payUrl: webAddress(letter.links.account),
    accountUrl: null,
  };
}

function loanSection(loans: readonly LoanInReport[], heading: string, totals: string[], reader: Reader): LoanSection | null {
  if (loans.length === 0) return null;
  return { heading: reader.say(heading, { loans: loans.length }), libraries: loansByLibrary(loans, reader, (loan) => remarksOf(loan, reader)), totals };
}

function remarksOf({ lost, accruedFine }: LoanInReport, reader: Reader): string[] {
  if (lost) return [reader.say('activity.lost')];
  return accruedFine > 0 ? [reader.say('accruedFine', { amount: reader.amount(accruedFine) })] : [];
}

const totalOf = (totalDebt: number, reader: Reader): string =>
  totalDebt < 0 ? reader.say('activity.credit', { amount: reader.amount(-totalDebt) }) : reader.say('fees.total', { amount: reader.amount(totalDebt) });
