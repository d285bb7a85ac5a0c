/** What the four letters of loans-overdue-and-lost look like: one loan, many, and the edges of the catalogue and of names. */
import { dublinersOfMain } from './loan-letter-samples.js';
import type { OverdueLetterData } from './overdue-letter-data.js';

type LoanInLetter = OverdueLetterData['loans'][number];

const dubliners: LoanInLetter = {
  ...dublinersOfMain,
  loanDate: '2025-02-03T19:00:00.000Z',
  dueDate: '2025-03-04T02:00:00.000Z', // Monday 21:00 in New York
  shortLoan: false,
  accruedFine: 0,
  fees: [],
};

const letter: OverdueLetterData = {
  notificationType: 1,
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  loans: [dubliners],
  totalFees: 0,
  notificationFee: 0,
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-03-04T06:00:00.000Z',
};

const volumes: LoanInLetter[] = Array.from({ length: 12 }, (_, index) => ({
  ...dubliners,
  loanId: `65e5f00000000000000001${String(index).padStart(2, '0')}`,
  title: 'The Cambridge history of English literature',
  author: 'Ward, Adolphus William (editor)',
  description: `v. ${index + 1}`,
  barcode: `399990002000${String(99 - index)}`, // not in the order of the volumes
  callNumber: 'PR83 .C22',
  libraryCode: 'WEST',
  libraryName: 'West Campus Library',
  accruedFine: 125,
}));

/** A reserve of two hours, due at a time of the day. */
const reserve: LoanInLetter = {
  ...dubliners,
  loanId: '65e5f0000000000000000301',
  title: 'Organic chemistry <3rd & revised edition>',
  author: 'McMurry, John',
  barcode: '39999000345678',
  callNumber: null,
  loanDate: '2025-03-03T19:30:00.000Z',
  dueDate: '2025-03-03T21:30:00.000Z',
  shortLoan: true,
  accruedFine: 600,
};

/** Due by the end of the day; neither title nor author. */
const untitled: LoanInLetter = {
  ...dubliners, loanId: '65e5f0000000000000000401', title: null, author: null, callNumber: null, dueDate: '2025-03-04T04:59:00.000Z',
};

const mainLibrary = { code: 'MAIN', name: 'Main Library', email: 'circulation@library.example.edu' };
const fined = (loan: LoanInLetter): LoanInLetter => ({ ...loan, fees: [{ type: 'OVERDUE_NOTIFICATION_FINE', amount: 200 }] });
const lost = (loan: LoanInLetter): LoanInLetter => ({
  ...loan,
  accruedFine: 750,
  fees: [
    { type: 'LOST_ITEM_REPLACEMENT_FEE', amount: 4250 },
    { type: 'LOST_ITEM_PROCESS_FEE', amount: 1500 },
    { type: 'OVERDUE_FINE', amount: 750 },
  ],
});

const leila = { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null };

export const overdueNoticeSamples = {
  'one loan, type 1': letter,
  'one loan of one library, type 2, fine and fee': {
    ...letter, notificationType: 2, library: mainLibrary, loans: [fined(dubliners)], totalFees: 350, notificationFee: 150,
  },
  'many loans, type 3': { ...letter, notificationType: 3, loans: [...volumes, reserve, dubliners] },
  'no title, type 4': { ...letter, notificationType: 4, loans: [untitled], links: { account: null } },
  'right-to-left name, type 5': {
    ...letter, notificationType: 5, user: leila,
    loans: [{ ...dubliners, title: 'الأيام', author: 'حسين، طه' }],
  },
} satisfies Record<string, OverdueLetterData>;

export const lostLoanSamples = {
  'one loan': { ...letter, notificationType: null, library: mainLibrary, loans: [lost(dubliners)], totalFees: 6500 },
  'many loans': {
    ...letter, notificationType: null, loans: [...volumes.map(lost), lost(dubliners)], totalFees: 84_500,
  },
  'no title, nothing charged': { ...letter, notificationType: null, loans: [untitled], links: { account: null } },
  'right-to-left name': { ...letter, notificationType: null, user: leila, loans: [lost(dubliners)], totalFees: 6500 },
} satisfies Record<string, OverdueLetterData>;

/** The letters of one loan each: those samples that have one. */
export const ofOneLoan = (samples: Readonly<Record<string, OverdueLetterData>>): Record<string, OverdueLetterData> =>
  Object.fromEntries(Object.entries(samples).filter(([, { loans }]) => loans.length === 1));
