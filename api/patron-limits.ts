/** Patron limits as staff keep them: how much the patrons of a group may owe or keep before lending and renewing stop (spec/data-model.md, 4). */
import { z } from 'zod';
import { unheard } from '../domain/ask.js';
import { momentAt } from '../domain/days.js';
import { refusalOfBorrower, type Borrower, type DeskAction } from '../domain/fulfillment/borrower.js';
import type { StoredPatronLimit } from '../models/patron-limit.js';
import { readRenewalLimits } from '../models/renewal-surroundings.js';
import type { ConfigurationTable } from './configuration-table.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { amount, code } from './profiles.js';
import { demandIn, type Viewer } from './viewer.js';

const loans = z.int().min(0).max(10_000).nullable().default(null);
const schema = z
  .strictObject({
    userGroup: code.describe('Unique in the institution.'),
    maxOwedAmount: amount.min(0).nullable().default(null).describe('Minor units of the institution’s currency; null: no limit, as in the other two. Equal is allowed.'),
    maxOverdueLoans: loans.describe('0: one overdue loan is too many.'),
    maxOverdueRecalls: loans.describe('Overdue loans that others wait for.'),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ maxOwedAmount, maxOverdueLoans, maxOverdueRecalls }, context) => {
    if (maxOwedAmount !== null || maxOverdueLoans !== null || maxOverdueRecalls !== null) return;
    context.addIssue({ code: 'custom', path: ['maxOwedAmount'], message: 'nothing was given, nor a number of loans; expected at least one limit' });
  });

export const patronLimits: ConfigurationTable<StoredPatronLimit, z.output<typeof schema>> = {
  one: 'patron limit',
  many: 'patron limits',
  model: ({ PatronLimit }) => PatronLimit,
  schema,
  key: 'userGroup',
  sort: 'userGroup',
  scope: {},
  beside: async () => ({}),
  problems: async () => [],
  usedBy: async () => null,
};

export const limitsExampleSchema = z
  .strictObject({
    userGroup: code,
    owed: amount.min(0).default(0).describe('Minor units of the institution’s currency.'),
    overdueLoans: z.int().min(0).max(10_000).default(0),
    overdueRecalls: z.int().min(0).max(10_000).default(0).describe('Those of the overdue loans that are recalled.'),
  })
  .superRefine(({ overdueLoans, overdueRecalls }, context) => {
    if (overdueRecalls <= overdueLoans) return;
    context.addIssue({ code: 'custom', path: ['overdueRecalls'], message: `${overdueRecalls} was given; expected at most ${overdueLoans}, as many as are overdue` });
  });

export const limitRefusals = ['CASH_LIMIT', 'OVERDUE_LIMIT', 'OVERDUE_RECALL_LIMIT'] as const;
type LimitRefusal = (typeof limitRefusals)[number];

/** What stops a patron of whom nothing else is to be said, by the limits and block preferences as they are stored; null: nothing. Refusal: validation-failed. */
export async function exampleOfLimits(context: ApiContext, viewer: Viewer, input: unknown): Promise<{ loan: LimitRefusal | null; renew: LimitRefusal | null }> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'patron limits');
  const { userGroup, owed, overdueLoans, overdueRecalls } = valid('example', checked(limitsExampleSchema, input));
  const ground = { moment: momentAt(viewer.zone, context.now().getTime()), ...(await readRenewalLimits(context.models, viewer.institution.code)) };
  const patron: Borrower = { status: 'ACTIVE', userGroup, expiryDay: null, patronUntil: [null], blocks: [], owed, overdueLoans, overdueRecalls };
  const refusalOf = (action: DeskAction) => {
    const reason = refusalOfBorrower(patron, action, ground, unheard)?.reason;
    return limitRefusals.find((limit) => limit === reason) ?? null;
  };
  return { loan: refusalOf('LOAN'), renew: refusalOf('RENEW') };
}
