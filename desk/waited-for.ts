/** Whether somebody waits for an item that has come back (fulfillment-requests.md, C5 and C9). */
import type { Loan } from '../models/loan.js';
import { readRenewalSurroundings } from '../models/renewal-surroundings.js';
import type { Deed } from './deed.js';

/** Whoever it was that had it may wait for it as well. Of a request for the title, only if no copy on the shelf can fill it. */
export async function isWaitedFor({ models, institutionId, at }: Deed, loan: Loan): Promise<boolean> {
  const { claims } = await readRenewalSurroundings(models, institutionId, at, [{ ...loan, userId: null }]);
  return (claims.get(loan._id)?.requested ?? null) !== null;
}
