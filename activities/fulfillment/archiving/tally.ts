/** What a page reports (fulfillment-loans.md, fulfillment-historical-archiving, Report). No record can fail, so there are no problems. */
import type { Counters } from '../../../domain/run.js';
import type { JudgedRecord } from './judge.js';
import type { Pass } from './pass.js';

export function tally<Read extends { _id: string; anonymizedAt: Date | null }>(
  { counters: names }: Pass<Read>, judged: readonly JudgedRecord<Read>[], changedDuringRun: ReadonlySet<string>,
): Counters {
  const counters: Counters = { recordsSelected: judged.length, recordsProcessed: judged.length };
  const add = (key: string | undefined) => {
    if (key !== undefined) counters[key] = (counters[key] ?? 0) + 1;
  };
  for (const { record, decision } of judged) {
    add(names.examined);
    const overtaken = changedDuringRun.has(record._id);
    add(decision.action === 'LEAVE' || overtaken ? 'recordsUnchanged' : 'recordsChanged');
    if (overtaken) add('changedDuringRun');
    else if (decision.action === 'LEAVE') add(decision.reason === 'OPEN_DEBTS' ? names.heldByDebts : decision.reason === 'RETAINED_BY_RULE' ? names.retainedByRule : undefined);
    else {
      if (decision.action === 'ANONYMIZE') add(names.anonymized);
      if (decision.action === 'REMOVE_TEXT' || decision.removesText) add(names.textRemoved);
    }
  }
  return counters;
}
