/** Reminder of what a patron owes: one letter per profile and step, listing the fees by library. */
import { z } from 'zod';
import type { Letter } from '../letter.js';
import { readerOf, type Reader } from '../reader.js';
import { webAddress } from '../text.js';
import { feeInLetter, feesByLibrary, type FeeInLetter, type FeesOfLibrary } from './fee-in-letter.js';
import { patronLetterData } from './patron-letter-data.js';
import { patronLetterView, type PatronLetterView } from './patron-letter-view.js';

export const finesFeesLetterData = patronLetterData.extend({
  /** 1 … 5 as the profile's type. */
  notificationType: z.int().min(1).max(5),
  /** Those that qualified, and the credits taken off; in any order. */
  fees: z.array(feeInLetter).min(1),
  /** Minor units: the balances of all that is listed. */
  total: z.int().min(1),
  /** Minor units, charged for this letter and not in the total; 0 = none. */
  notificationFee: z.int().min(0),
});
export type FinesFeesLetterData = z.infer<typeof finesFeesLetterData>;

interface FinesFeesView extends PatronLetterView {
  /** Picks the wording: 1 … 5. */
  stage: number;
  feeCount: number;
  feeLibraries: FeesOfLibrary[];
  /** Written out. */
  total: string;
  /** Lines below the fees. */
  feeTotals: string[];
  payUrl: string | null;
  /** The account is led to by `payUrl`. */
  accountUrl: null;
}

const fine: FeeInLetter = {
  feeId: '65e5f0000000000000000a01', type: 'OVERDUE_FINE', title: 'Dubliners', comment: null, createdAt: '2025-03-01T17:00:00.000Z',
  originalAmount: 600, balance: 600, libraryCode: 'MAIN', libraryName: 'Main Library',
};
const replacement: FeeInLetter = { ...fine, feeId: '65e5f0000000000000000a02', type: 'LOST_ITEM_REPLACEMENT_FEE', title: 'Organic chemistry <3rd & revised edition>', originalAmount: 4250, balance: 3250, createdAt: '2025-02-11T15:00:00.000Z', libraryCode: 'WEST', libraryName: 'West Campus Library' };
const processing: FeeInLetter = { ...replacement, feeId: '65e5f0000000000000000a03', type: 'LOST_ITEM_PROCESS_FEE', originalAmount: 1500, balance: 1500 };
const credit: FeeInLetter = { ...fine, feeId: '65e5f0000000000000000a04', type: 'CREDIT', title: null, comment: 'Paid twice in January', originalAmount: -300, balance: -300, createdAt: '2025-01-20T15:00:00.000Z' };
/** A type that staff made, owed to the institution itself. */
const card: FeeInLetter = { ...fine, feeId: '65e5f0000000000000000a05', type: 'LIBRARY_CARD', typeNames: { en: 'New library card', de: 'Neuer Bibliotheksausweis' }, title: null, originalAmount: 500, balance: 500, libraryCode: null, libraryName: null };

const oneFine: FinesFeesLetterData = {
  notificationType: 1,
  library: null,
  user: { firstName: 'Ada', lastName: 'Lovelace', primaryId: '21456', userGroup: 'STUDENT' },
  fees: [fine],
  total: 600,
  notificationFee: 0,
  currency: 'USD',
  timeZone: 'America/New_York',
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  links: { account: 'https://library.example.edu/my-account' },
  date: '2025-03-08T10:00:00.000Z',
};
const samples: Record<string, FinesFeesLetterData> = {
  'one fine, type 1': oneFine,
  'fees of several libraries and a credit, type 2, with a fee': { ...oneFine, notificationType: 2, fees: [card, credit, fine, processing, replacement], total: 5550, notificationFee: 100 },
  'type 3': { ...oneFine, notificationType: 3, fees: [replacement, processing], total: 4750 },
  'no account to link to, type 4': { ...oneFine, notificationType: 4, links: { account: null }, notificationFee: 250 },
  'right-to-left name, type 5': {
    ...oneFine, notificationType: 5, user: { firstName: 'ليلى', lastName: 'حدّاد', primaryId: 'ext-88', userGroup: null }, fees: [{ ...fine, title: 'الأيام' }],
  },
};

export const fulFinesFeesNotificationLetter: Letter = {
  code: 'FulFinesFeesNotificationLetter',
  template: 'fines-fees-notification',
  subject: '{{say "fines.subject" variant=stage amount=total}}',
  preview: '{{#each feeLibraries}}{{#unless @first}}, {{/unless}}{{name}}{{/each}}',
  sms: true,
  optOutAllowed: false,
  view(stored, spoken) {
    const letter = finesFeesLetterData.parse(stored);
    const reader = readerOf({ ...spoken, timeZone: letter.timeZone, currency: letter.currency });
    return { reader, view: viewOf(letter, reader) };
  },
  samples,
};

function viewOf(letter: FinesFeesLetterData, reader: Reader): FinesFeesView {
  const { institution, fees, notificationFee } = letter;
  const total = reader.amount(letter.total);
  const charged = notificationFee > 0 ? [reader.say('fines.letterFee', { amount: reader.amount(notificationFee) })] : [];
  return {
    ...patronLetterView(letter, reader),
    stage: letter.notificationType,
    feeCount: fees.filter(({ balance }) => balance > 0).length,
    feeLibraries: feesByLibrary(fees, institution.name, reader),
    total,
    feeTotals: [reader.say('fees.total', { amount: total }), ...charged],
    payUrl: webAddress(letter.links.account),
    accountUrl: null,
  };
}
