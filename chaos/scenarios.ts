/** What the harness needs of a job: the night that is given to each institution. A job joins with a line. */
import type { Models } from '../models/models.js';
import { archiveWork } from './archive.js';
import { blocksWork } from './blocks.js';
import { accountsWork } from './accounts.js';
import { debtsWork } from './debts.js';
import { closedDays } from './due-dates.js';
import { morningsWork, nightsWork, type Size } from './library.js';
import type { PlaceName } from './places.js';
import { newsOfReadingLists } from './reading-lists.js';
import { fallingDue } from './renewals.js';

export interface Scenario {
  /** Makes the institution with its work; answers with the id of the scheduled job, which nothing but a person starts. */
  prepare(models: Models, institutionId: string, size: Size): Promise<string>;
  /** Of the places at writes that not every job makes, those that its runs come to. */
  own: readonly PlaceName[];
}

const ofLetters = ['the letters of a page are claimed', 'its letters are queued', 'the letters are queued, the workflow has not heard'] as const;
const ofNotices = ['before its notices are written', 'its notices are written', ...ofLetters] as const;
const ofMail = [
  'before the delivery claims letters', 'the delivery has claimed letters', 'the text of a letter arrives', 'a letter is accepted, and no answer given',
  'before a letter is recorded as sent', 'a letter is recorded as sent',
] as const;

export const scenarios: Readonly<Record<string, Scenario>> = {
  'loans-overdue-and-lost': {
    prepare: nightsWork,
    own: [
      'a notice of a broken run is taken back', 'the records of a page are claimed', 'before its loans are lost', 'its loans are lost', 'its items are marked',
      'its fees are charged', 'its users are blocked', 'the fees for its letters are charged', ...ofNotices, ...ofMail,
    ],
  },
  'loans-due-date-correction': {
    prepare: closedDays,
    own: [
      'a notice of a broken run is taken back', 'the records of a page are claimed', 'before its loans have moved', 'its loans have moved', 'the history of its loans is written',
      'the calendar changes are closed', ...ofNotices, ...ofMail,
    ],
  },
  'email-leganto-notifications': { prepare: newsOfReadingLists, own: ['the records of a page are claimed', 'its news are claimed', 'the news of its mails are marked', ...ofLetters, ...ofMail] },
  'fines-fees-notifications': {
    prepare: debtsWork,
    own: [
      'the letters of a page are claimed', 'fees for letters of a broken run are taken back', 'its fees are charged', 'the fees for its letters are charged', 'its letters are queued',
      ...ofMail,
    ],
  },
  'notifications-courtesy-and-renewals': {
    prepare: fallingDue,
    own: [
      'a notice of a broken run is taken back', 'the records of a page are claimed', 'before its loans are renewed', 'its loans are renewed', 'the history of its loans is written',
      'the reasons are noted on its loans', ...ofNotices, ...ofMail,
    ],
  },
  'notifications-activity-report': { prepare: accountsWork, own: ['the letters of a page are claimed', 'its letters are queued', ...ofMail] },
  'notifications-due-date-reminders': { prepare: morningsWork, own: [...ofNotices, ...ofMail] },
  'fulfillment-historical-archiving': {
    prepare: archiveWork,
    own: [
      'the records of a page are claimed', 'the history of its items is written', 'its fees have left their loans', 'its notices name nobody', 'its points have left their loans',
      'before its loans name nobody', 'its loans name nobody', 'its fees name nobody', 'its requests name nobody',
    ],
  },
  'users-remove-blocks': {
    prepare: blocksWork,
    own: ['the records of a page are claimed', 'the points of its suspensions are consumed', 'before its blocks have ended', 'its blocks have ended'],
  },
};

/** Places that no run of the job comes to, for it has no such write. */
export function placesWithout({ own }: Scenario): PlaceName[] {
  const ofSome = new Set(Object.values(scenarios).flatMap((scenario) => scenario.own));
  return [...ofSome].filter((place) => !own.includes(place));
}

/** Whether its pages queue their letters themselves, instead of a walk of its own after them. */
export function queuesInPages({ own }: Scenario): boolean {
  return own.includes('its letters are queued') && !own.includes('the letters are queued, the workflow has not heard');
}
