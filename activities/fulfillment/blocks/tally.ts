/** What a page reports (fulfillment-loans.md, users-remove-blocks, Report). No block can fail, so there are no problems. */
import type { BlockDecision } from '../../../domain/fulfillment/users-remove-blocks.js';
import type { Counters } from '../../../domain/run.js';
import type { JudgedBlock } from './judge.js';

const counterOf: Record<Exclude<BlockDecision['action'], 'LEAVE' | 'DROP_LOANS'>, string> = {
  LIFT: 'suspensionsLifted',
  EXTEND: 'suspensionsExtended',
  REMOVE: 'overdueBlocksRemoved',
  EXPIRE: 'staffBlocksExpired',
};

/** In the order of their ids, so that a repeat names them alike: those whose block has ended or was extended; one that stays for fewer loans changes nothing for its user. */
export const usersOf = (judged: readonly JudgedBlock[], changedDuringRun: ReadonlySet<string>): string[] => [
  ...new Set(judged.flatMap(({ block, decision: { action } }) => (action === 'LEAVE' || action === 'DROP_LOANS' || changedDuringRun.has(block._id) ? [] : [block.userId]))),
].sort();

/** `usersAffected`: whom no page before has counted. */
export function tally(judged: readonly JudgedBlock[], changedDuringRun: ReadonlySet<string>, usersAffected: number): Counters {
  const counters: Counters = { recordsSelected: judged.length, recordsProcessed: judged.length };
  const add = (key: string) => (counters[key] = (counters[key] ?? 0) + 1);
  for (const { block, decision } of judged) {
    const overtaken = changedDuringRun.has(block._id);
    add(decision.action === 'LEAVE' || overtaken ? 'recordsUnchanged' : 'recordsChanged');
    if (overtaken) add('changedDuringRun');
    else if (decision.action !== 'LEAVE' && decision.action !== 'DROP_LOANS') add(counterOf[decision.action]);
  }
  if (usersAffected > 0) counters.usersAffected = usersAffected;
  return counters;
}
