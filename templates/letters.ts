/** Every letter of the house, by its code. */
import type { Letter } from './letter.js';
import { fulFinesFeesNotificationLetter } from './letters/ful-fines-fees-notification-letter.js';
import { fulItemChangeDueDateLetter } from './letters/ful-item-change-due-date-letter.js';
import { automaticLoansRenewNotice } from './letters/automatic-loans-renew-notice.js';
import { fulLostLoanLetter } from './letters/ful-lost-loan-letter.js';
import { fulLostLoanNotificationLetter } from './letters/ful-lost-loan-notification-letter.js';
import { fulLostRefundFeeLoanLetter } from './letters/ful-lost-refund-fee-loan-letter.js';
import { fulOverdueAndLostLoanLetter } from './letters/ful-overdue-and-lost-loan-letter.js';
import { fulOverdueAndLostLoanNotificationLetter } from './letters/ful-overdue-and-lost-loan-notification-letter.js';
import { fulUserLoansCourtesyLetter } from './letters/ful-user-loans-courtesy-letter.js';
import { fulUserBorrowingActivityLetter } from './letters/ful-user-borrowing-activity-letter.js';
import { fulUserOverdueNoticeLetter } from './letters/ful-user-overdue-notice-letter.js';
import {
  legantoDetailedNotificationsEmailLetter,
  legantoFullDetailedNotificationsEmailLetter,
  legantoNotificationsLetter,
} from './letters/leganto-letters.js';
import { undeliverableLettersReport } from './letters/undeliverable-letters-report.js';

export const letters: readonly Letter[] = [
  fulOverdueAndLostLoanNotificationLetter,
  fulOverdueAndLostLoanLetter,
  fulLostLoanNotificationLetter,
  fulLostLoanLetter,
  fulLostRefundFeeLoanLetter,
  fulUserLoansCourtesyLetter,
  automaticLoansRenewNotice,
  fulUserOverdueNoticeLetter,
  fulItemChangeDueDateLetter,
  fulUserBorrowingActivityLetter,
  legantoNotificationsLetter,
  legantoDetailedNotificationsEmailLetter,
  legantoFullDetailedNotificationsEmailLetter,
  fulFinesFeesNotificationLetter,
  undeliverableLettersReport,
];

const byCode = new Map(letters.map((letter) => [letter.code, letter]));

/** A code that no letter has is a RangeError: letters are named by code of ours, not by readers. */
export function letterOf(code: string): Letter {
  const letter = byCode.get(code);
  if (letter === undefined) throw new RangeError(`There is no letter "${code}"`);
  return letter;
}
