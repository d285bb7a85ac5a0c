/** One page judged: the rules of its table, its users and what surrounds its records are read with one query each, then the rules are asked. */
import type { Parameters } from '../../../catalogue/fulfillment/fulfillment-historical-archiving.js';
import { unheard, type Ask } from '../../../domain/ask.js';
import { momentAt, zoneOf, type Moment } from '../../../domain/days.js';
import { asksForRank, decideArchiving, type AnonymizationRule, type ArchivingDecision } from '../../../domain/fulfillment/fulfillment-historical-archiving.js';
import { inOrder } from '../../../domain/rule-tables.js';
import type { Models } from '../../../models/models.js';
import type { Pass } from './pass.js';

/** By what every record of a pass is judged. Read once per page. */
export interface Ground {
  institutionId: string;
  moment: Moment;
  rules: AnonymizationRule[];
  asked: { anonymizes: boolean; removesText: boolean };
}

type Named = { _id: string; anonymizedAt: Date | null };

export async function readGround<Read extends Named>(
  models: Models, { institutionId, asOf, timeZone }: { institutionId: string; asOf: string; timeZone: string }, pass: Pass<Read>, parameters: Parameters,
): Promise<Ground> {
  const stored = await models.AnonymizationRule.find({ institutionId, table: pass.table }, { name: 1, order: 1, enabled: 1, parameters: 1, output: 1 }).sort({ order: 1, _id: 1 }).lean();
  return { institutionId, moment: momentAt(zoneOf(timeZone), Date.parse(asOf)), rules: inOrder(stored), asked: pass.asked(parameters) };
}

export interface JudgedRecord<Read> {
  record: Read;
  decision: ArchivingDecision;
  /** An earlier attempt of the page has carried it out. */
  done: boolean;
}

/** Records that an earlier attempt of a page claimed, by id: whether there was text to remove. */
export type Claimed = ReadonlyMap<string, boolean>;

/** Decides every record of a page. Of those that an earlier attempt claimed, what it did is read off the record, so that a repeat counts the same. */
export async function judgeRecords<Read extends Named>(
  models: Models, ground: Ground, pass: Pass<Read>, records: readonly Read[], claimed: Claimed, ask: Ask = unheard,
): Promise<JudgedRecord<Read>[]> {
  if (records.length === 0) return [];
  const { institutionId, moment, rules, asked } = ground;
  const snapshots = await pass.snapshots(institutionId, records, asksForRank(rules));
  const userIds = [...new Set(snapshots.flatMap(({ userId }) => userId ?? []))];
  const users = await models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1, expiryDate: 1 }).lean();
  const context = { moment, rules, ...asked, users: new Map(users.map((user) => [user._id, user])) };
  return records.map((record, index) => {
    const decision = decideArchiving(snapshots[index]!, context, ask);
    const before = whatWasDone(record, decision, claimed.get(record._id), moment);
    return { record, decision: before ?? decision, done: before !== null };
  });
}

/** null: nothing has been done to it. */
function whatWasDone({ anonymizedAt }: Named, decision: ArchivingDecision, hadText: boolean | undefined, { asOf }: Moment): ArchivingDecision | null {
  if (hadText === undefined) return null;
  if (anonymizedAt?.getTime() === asOf) return { action: 'ANONYMIZE', removesText: hadText };
  return decision.action === 'LEAVE' && decision.reason === 'NO_TEXT' ? { action: 'REMOVE_TEXT' } : null;
}
