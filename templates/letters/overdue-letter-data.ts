/** What the four letters of loans-overdue-and-lost know, as it is stored: instants, minor units and codes, nothing formatted. */
import { z } from 'zod';

/** Minor units of the letter's currency. */
const amount = z.int();
/** ISO 8601, UTC. */
const instant = z.iso.datetime();

/** Types of the fee record that a run may charge for a loan. */
const feeTypes = [
  'OVERDUE_NOTIFICATION_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'LOST_ITEM_PROCESS_FEE', 'OVERDUE_FINE', 'RECALLED_OVERDUE_FINE',
] as const;

export const overdueLetterData = z.object({
  /** 1 … 5 as the profile's type; null: the loans have become lost. */
  notificationType: z.int().min(1).max(5).nullable(),
  /** Of a letter of one library; null: the loans may be of several. */
  library: z.object({ code: z.string(), name: z.string(), email: z.string().nullable() }).nullable(),
  user: z.object({
    firstName: z.string().nullable(),
    lastName: z.string(),
    primaryId: z.string(),
    userGroup: z.string().nullable(),
  }),
  /** In any order: the letter groups them by library, then sorts by due date and title. */
  loans: z.array(z.object({
    loanId: z.string(),
    title: z.string().nullable(),
    author: z.string().nullable(),
    /** What tells the parts of a set apart: volume, year. */
    description: z.string().nullable(),
    barcode: z.string(),
    callNumber: z.string().nullable(),
    libraryCode: z.string(),
    libraryName: z.string(),
    loanDate: instant,
    dueDate: instant,
    shortLoan: z.boolean(),
    /** The fine so far; it grows until the loan is returned. */
    accruedFine: amount,
    /** Charged for this loan in this run. */
    fees: z.array(z.object({ type: z.enum(feeTypes), amount })),
  })).min(1),
  /** All fees of this letter, the fee for the letter itself included. */
  totalFees: amount,
  /** Charged once for the letter; 0 = none. */
  notificationFee: amount,
  /** ISO 4217. */
  currency: z.string(),
  /** IANA zone in which days and times are written. */
  timeZone: z.string(),
  institution: z.object({ code: z.string(), name: z.string() }),
  /** `account`: where patrons see their loans and renew. */
  links: z.object({ account: z.string().nullable() }),
  /** When the letter was written. */
  date: instant,
});

export type OverdueLetterData = z.infer<typeof overdueLetterData>;
