/** Tells the patron that the cost of a lost item is given back (fulfillment-loans.md, S11.6). */
import { loanInLetter } from '../activities/fulfillment/notices/letter-parts.js';
import { commonOf, patronFields, type LetterPatron } from '../activities/fulfillment/patron-letters.js';
import { insertLetters, planLetters } from '../activities/letters.js';
import type { Loan } from '../models/loan.js';
import type { LostRefundData } from '../templates/letters/ful-lost-refund-fee-loan-letter.js';
import type { Deed } from './deed.js';
import type { Refunded } from './refund-lost-fees.js';

/** One letter each time that the loan was lost; none where nothing is given back, or to nobody. Repeatable: the first stays as it is. */
export async function writeRefundLetter(deed: Deed, loan: Loan, { waived, credited }: Refunded): Promise<void> {
  const { models, institutionId, at } = deed;
  if (waived + credited === 0 || loan.userId === null) return;
  const [institution, user, library] = await Promise.all([
    models.Institution.findOne({ institutionId, code: institutionId }).orFail().lean(),
    models.User.findOne({ institutionId, _id: loan.userId }, patronFields).lean<LetterPatron>(),
    models.Library.findOne({ institutionId, code: loan.libraryCode }).lean(),
  ]);
  if (user === null) return;
  const { timeZone, currency } = institution;
  const data: LostRefundData = {
    ...commonOf({ currency, timeZone, asOf: at.toISOString() }, institution, user, library ?? undefined),
    found: loan.status === 'COMPLETE' ? 'RETURNED' : 'WITH_PATRON',
    loan: loanInLetter(loan, library?.name ?? loan.libraryCode),
    waived,
    credited,
  };
  const request = {
    letterCode: 'FulLostRefundFeeLoanLetter', dedupeKey: `refund:${loan._id}:${loan.lostCount}:1`, to: { userId: user._id }, libraryCode: loan.libraryCode, data,
    sendFormat: 'EMAIL' as const, causes: [{ recordType: 'loan', recordId: loan._id }], runId: null, part: 1,
  };
  const { planned } = await planLetters({ models, institutionId, now: () => at }, [request], new Map([[user._id, user]]));
  await insertLetters(models, planned);
  await deed.tellMail();
}
