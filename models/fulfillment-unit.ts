/** fulfillmentUnit and fulfillmentUnitRule: by which terms of use what is lent and requested (spec/data-model.md, 4). */
import type { Connection } from 'mongoose';
import { ruleOps, type RuleParameter } from '../domain/rule-tables.js';
import { anything, maybeInstant, maybeText, number, oneOf, part, text, versioned, type Versioned } from './document.js';
import type { LastChange } from './scheduled-job.js';

const yes = { type: Boolean, default: true };
const owned = {
  owner: { ...oneOf(['LOCAL', 'NETWORK']), default: 'LOCAL' }, originKey: text, deletedAt: maybeInstant, deleteAfter: maybeInstant,
  lastChange: { type: anything, default: null },
};
interface Owned extends Versioned {
  owner: 'LOCAL' | 'NETWORK';
  originKey: string;
  deletedAt: Date | null;
  deleteAfter: Date | null;
  lastChange: LastChange | null;
}

/** Its locations are those that name it. */
export interface StoredFulfillmentUnit extends Owned {
  code: string;
  name: string;
  /** The network's unit whose rules are tried first. */
  networkUnitCode: string | null;
  enabled: boolean;
}
const fulfillmentUnitSchema = versioned<StoredFulfillmentUnit>('fulfillmentUnits', { code: text, name: text, networkUnitCode: maybeText, enabled: yes, ...owned });
fulfillmentUnitSchema.index({ institutionId: 1, code: 1 }, { unique: true });
fulfillmentUnitSchema.index({ institutionId: 1, originKey: 1 }, { unique: true });
export const fulfillmentUnitModel = (db: Connection) => db.model<StoredFulfillmentUnit>('FulfillmentUnit', fulfillmentUnitSchema);

export const unitRuleTypes = ['LOAN', 'REQUEST', 'BOOKING'] as const;
export type UnitRuleType = (typeof unitRuleTypes)[number];

export interface FulfillmentUnitRule extends Owned {
  unitCode: string;
  ruleType: UnitRuleType;
  /** Not a whole number: a rule that was moved has one between those of its neighbours. */
  order: number;
  name: string;
  enabled: boolean;
  /** Of `unitRuleFields`. */
  parameters: RuleParameter[];
  touCode: string;
}
const fulfillmentUnitRuleSchema = versioned<FulfillmentUnitRule>('fulfillmentUnitRules', {
  unitCode: text,
  ruleType: oneOf(unitRuleTypes),
  order: number,
  name: text,
  enabled: yes,
  parameters: { type: [part({ field: text, op: oneOf(ruleOps), values: { type: [anything], default: [] } })], default: [] },
  touCode: text,
  ...owned,
});
fulfillmentUnitRuleSchema.index({ institutionId: 1, unitCode: 1, ruleType: 1, order: 1 });
fulfillmentUnitRuleSchema.index({ institutionId: 1, originKey: 1 }, { unique: true });
export const fulfillmentUnitRuleModel = (db: Connection) => db.model<FulfillmentUnitRule>('FulfillmentUnitRule', fulfillmentUnitRuleSchema);
