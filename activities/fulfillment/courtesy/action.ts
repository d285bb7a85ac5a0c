/** What a page does to its loans, as their decisions say. */
import type { NotRenewedReason } from '../../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { Renewal } from '../../../domain/fulfillment/renewal.js';
import type { JudgedLoan, ReadLoan } from './judge.js';

export interface Renewing extends Pick<Renewal, 'newDueDate' | 'cappedBy'> {
  loan: ReadLoan;
  /** The cycle and date that it leaves, which a loan that this run has renewed before tells no more. */
  from: { dueCycle: number; dueDate: Date };
  /** `asOf` of the run that renews it. */
  renewedAt: Date;
  runId: string;
  /** `''`: no letter. */
  letterKey: string;
}
/** A loan that is not renewed, and what follows: a notice, a note on the loan, or neither. */
export interface Keeping {
  loan: ReadLoan;
  reason: NotRenewedReason;
  /** The description of a block. */
  detail: string | null;
  note: boolean;
  tell: { letterKey: string } | null;
}
export interface Actions {
  renewing: Renewing[];
  keeping: Keeping[];
}

export function actionsOf(judged: readonly JudgedLoan[], { runId, asOf }: { runId: string; asOf: string }): Actions {
  const renewedAt = new Date(asOf);
  return {
    renewing: judged.flatMap(({ loan, decision, from }) => (decision.action === 'RENEW' ? [{ ...decision, loan, from, renewedAt, runId }] : [])),
    keeping: judged.flatMap(({ loan, decision }) => (decision.action === 'KEEP' && (decision.note || decision.tell !== null) ? [{ ...decision, loan }] : [])),
  };
}
