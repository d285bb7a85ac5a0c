/** What the four letters of loans-overdue-and-lost know beside what all letters about loans do, as it is stored. */
import { z } from 'zod';
import { loanInLetter, patronLetterData } from './patron-letter-data.js';

/** Minor units of the letter's currency. */
const amount = z.int();

/** Types of the fee record that a run may charge for a loan. */
const feeTypes = [
  'OVERDUE_NOTIFICATION_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'LOST_ITEM_PROCESS_FEE', 'OVERDUE_FINE', 'RECALLED_OVERDUE_FINE',
] as const;

export const overdueLetterData = patronLetterData.extend({
  /** 1 … 5 as the profile's type; null: the loans have become lost. */
  notificationType: z.int().min(1).max(5).nullable(),
  /** In any order: the letter groups them by library, then sorts by due date and title. */
  loans: z.array(loanInLetter.extend({
    /** The fine so far; it grows until the loan is returned. */
    accruedFine: amount,
    /** Charged for this loan in this run. */
    fees: z.array(z.object({ type: z.enum(feeTypes), amount })),
  })).min(1),
  /** All fees of this letter, the fee for the letter itself included. */
  totalFees: amount,
  /** Charged once for the letter; 0 = none. */
  notificationFee: amount,
});

export type OverdueLetterData = z.infer<typeof overdueLetterData>;
