/** A fee that a job charges, as it is stored (fulfillment-loans.md, S7). */
import type { Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import { newFee, type Charge, type Owed } from '../../../models/new-fee.js';

/** The whole document: it goes in lean. `owed` names no loan where the fee is for a letter. */
export const feeDocument = ({ institutionId }: Run, charge: Charge, owed: Owed, now: Date): Fee => newFee(institutionId, charge, owed, now);
