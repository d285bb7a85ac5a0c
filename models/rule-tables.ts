/** autoRenewalRule, anonymizationRule and demeritRule: ordered tables of rules (spec/data-model.md, 4; fulfillment-loans S9). */
import type { Connection } from 'mongoose';
import type { DemeritOutput } from '../domain/fulfillment/demerits.js';
import { ruleOps, type RuleParameter } from '../domain/rule-tables.js';
import type { LastChange } from './scheduled-job.js';
import { anything, number, oneOf, part, text, versioned, type Versioned } from './document.js';

export interface StoredRule<Output> extends Versioned {
  order: number;
  name: string;
  enabled: boolean;
  parameters: RuleParameter[];
  output: Output;
  lastChange: LastChange | null;
}

const fields = {
  order: number,
  name: text,
  enabled: { type: Boolean, default: true },
  parameters: { type: [part({ field: text, op: oneOf(ruleOps), values: { type: [anything], default: [] } })], default: [] },
  lastChange: { type: anything, default: null },
};

export const anonymizationTables = ['LOANS', 'FEES', 'REQUESTS', 'BORROWING_REQUESTS'] as const;
export type AnonymizationTable = (typeof anonymizationTables)[number];

/** `output`: whether the person is taken out of the record. */
export interface AnonymizationRule extends StoredRule<boolean> {
  table: AnonymizationTable;
}
const anonymizationRuleSchema = versioned<AnonymizationRule>('anonymizationRules', {
  table: oneOf(anonymizationTables),
  ...fields,
  output: { type: Boolean, required: true },
});
anonymizationRuleSchema.index({ institutionId: 1, table: 1, order: 1 });
export const anonymizationRuleModel = (db: Connection) => db.model<AnonymizationRule>('AnonymizationRule', anonymizationRuleSchema);

/** `output`: whether the job renews the loan (notifications-courtesy-and-renewals, Configuration). */
export type AutoRenewalRule = StoredRule<boolean>;
const autoRenewalRuleSchema = versioned<AutoRenewalRule>('autoRenewalRules', { ...fields, output: { type: Boolean, required: true } });
autoRenewalRuleSchema.index({ institutionId: 1, order: 1 });
export const autoRenewalRuleModel = (db: Connection) => db.model<AutoRenewalRule>('AutoRenewalRule', autoRenewalRuleSchema);

/** Points for late returns (users-remove-blocks, Configuration). */
export type DemeritRule = StoredRule<DemeritOutput>;
const demeritRuleSchema = versioned<DemeritRule>('demeritRules', { ...fields, output: { type: anything, required: true } });
demeritRuleSchema.index({ institutionId: 1, order: 1 });
export const demeritRuleModel = (db: Connection) => db.model<DemeritRule>('DemeritRule', demeritRuleSchema);
