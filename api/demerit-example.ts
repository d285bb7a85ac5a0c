/** What a late return would come to: points by the rules as they are, and whether they suspend the patron. Nothing is stored. */
import { z } from 'zod';
import { localMinutes, localToInstant, momentAt, type Instant } from '../domain/days.js';
import { isShort } from '../domain/due-date.js';
import { demeritFields, demeritPoints, limitsOf, suspends, suspensionEnd } from '../domain/fulfillment/demerits.js';
import type { DemeritRule } from '../models/rule-tables.js';
import type { ApiContext } from './context.js';
import { demeritRules } from './demerit-rules.js';
import { demeritSettings } from './demerit-settings.js';
import { unknown } from './input-problems.js';
import { checked, valid } from './job-settings.js';
import { code } from './profiles.js';
import { exampleOfRules, exampleSchemaOf } from './rule-tables.js';
import { calendarOfLibrary, termsOfUseOf } from './terms-of-use.js';
import { demandIn, type Viewer } from './viewer.js';

export const demeritExampleSchema = z.strictObject({
  ...exampleSchemaOf(demeritFields).shape,
  userGroup: code.nullable().default(null),
  recalled: z.boolean().default(false),
  library: code.describe('Of the item; its hours count.'),
  termsOfUse: code.describe('Code; they say what grace the loan has.'),
  daysLate: z.int().min(1).max(3_650).describe('Back so many days after the due date, at its time of day, which is now.'),
  pointsBefore: z.int().min(0).max(1_000_000).default(0).describe('That count still.'),
});

export interface DemeritExample {
  rule: DemeritRule | null;
  points: number;
  /** With those from before. */
  total: number;
  threshold: number;
  /** null: the patron is not suspended. */
  suspendedUntil: Instant | null;
}

/** As the return desk would, for a loan that is due at this time of day and comes back now. Refusal: validation-failed. */
export async function exampleOfDemerits(context: ApiContext, viewer: Viewer, input: unknown): Promise<DemeritExample> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'demerit rules');
  const { library, termsOfUse, daysLate, pointsBefore, ...fields } = valid('example', checked(demeritExampleSchema, input));
  const { models } = context;
  const institutionId = viewer.institution.code;
  const [isLibrary, isTerms] = await Promise.all([
    models.Library.exists({ institutionId, code: library }), models.TermsOfUse.exists({ institutionId, code: termsOfUse, type: 'LOAN', deletedAt: null }),
  ]);
  const problems = [
    ...(isLibrary === null ? [unknown('/library', library, 'the code of a library')] : []),
    ...(isTerms === null ? [unknown('/termsOfUse', termsOfUse, 'the code of terms of use of loans')] : []),
  ];
  if (problems.length > 0) valid('example', { value: null, problems });

  const [{ policies }, calendar, { demerits }, { rule, output }] = await Promise.all([
    termsOfUseOf(context, viewer, termsOfUse), calendarOfLibrary(context, viewer, library), demeritSettings(context, viewer),
    exampleOfRules(context, viewer, demeritRules, { ...fields, library }),
  ]);
  const moment = momentAt(viewer.zone, context.now().getTime());
  const dueDate = localToInstant(viewer.zone, moment.today - daysLate, localMinutes(viewer.zone, moment.asOf));
  const loan = { dueDate, shortLoan: policies !== null && isShort(policies.dueDate), processStatus: 'NORMAL', recalled: fields.recalled, claimedReturnAt: null, returnDate: null };
  const points = policies === null ? 0 : demeritPoints(loan, policies, output, calendar, moment.asOf);
  const limits = limitsOf(demerits, fields.userGroup);
  const total = pointsBefore + points;
  // A return without points counts nothing, as the desk does not ask then.
  const suspendedUntil = points > 0 && suspends(total, limits) ? suspensionEnd(limits, moment) : null;
  return { rule, points, total, threshold: limits.threshold, suspendedUntil };
}
