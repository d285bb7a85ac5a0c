/** What every letter to a patron knows, as it is stored: instants and codes, nothing formatted (fulfillment-loans.md, S8, Common template data). */
import { z } from 'zod';

/** ISO 8601, UTC. */
const instant = z.iso.datetime();

export const patronLetterData = z.object({
  /** Of a letter of one library; null: the loans may be of several. */
  library: z.object({ code: z.string(), name: z.string(), email: z.string().nullable() }).nullable(),
  user: z.object({
    firstName: z.string().nullable(),
    lastName: z.string(),
    primaryId: z.string(),
    userGroup: z.string().nullable(),
  }),
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
export type PatronLetterData = z.infer<typeof patronLetterData>;

export const loanInLetter = z.object({
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
});
export type LoanInLetter = z.infer<typeof loanInLetter>;
