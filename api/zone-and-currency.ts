/** The clock and the money of an institution, which the operator of the platform sets (platform.md 3, Time zone). */
import { z } from 'zod';
import { zoneOf } from '../domain/days.js';
import { isKnown } from '../domain/known-name.js';
import { exponentOf } from '../domain/money.js';
import type { Institution } from '../models/institution.js';
import { saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

export const zoneAndCurrencySchema = z.strictObject({
  timeZone: z.string().max(100).refine((name) => isKnown(() => zoneOf(name)), { error: ({ input }) => `"${String(input)}" was given; expected an IANA time zone, as Europe/Berlin` })
    .describe('IANA name. Jobs keep the clock times of their schedules; due dates of loans that are out stay the instants they are.'),
  currency: z.string().refine((code) => isKnown(() => exponentOf(code)), { error: ({ input }) => `"${String(input)}" was given; expected a currency of ISO 4217, as EUR` })
    .describe('ISO 4217. It stays once money is booked.'),
});
export type ZoneAndCurrency = z.output<typeof zoneAndCurrencySchema>;

/** Refusal: forbidden. */
export function zoneAndCurrency(viewer: Viewer): ZoneAndCurrency {
  demand(viewer, 'SETTINGS');
  const { timeZone, currency } = viewer.institution;
  return { timeZone, currency };
}

/** Amounts are kept without their currency wherever there is but one. null: it may become another. */
export async function currencyStays({ models }: ApiContext, { institution: { code, currency } }: Viewer): Promise<string | null> {
  const booked = await models.Fee.findOne({ institutionId: code }, { _id: 1 }).lean();
  return booked === null ? null : `money is booked in ${currency} already`;
}

/**
 * As they are after it. The schedules of active jobs are brought into line at once; what the new clock would have started before is not missed, and a
 * run at work keeps the zone it began with. Refusals: forbidden, validation-failed with a pointer per field, not-possible, precondition-failed.
 */
export async function changeZoneAndCurrency(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<Institution> {
  demandOperator(viewer);
  const { institution } = viewer;
  const { models } = context;
  const set = valid('zone and currency', checked(zoneAndCurrencySchema, input));
  if (set.currency !== institution.currency) await demandCurrency(context, viewer, set.currency);
  const ofActive = { institutionId: institution.code, active: true, deletedAt: null };
  const moves = set.timeZone !== institution.timeZone;
  // Before the zone: a change that breaks off in between starts nothing that nobody asked for.
  if (moves) await models.ScheduledJob.updateMany(ofActive, { $set: { lastOccurrenceAt: context.now() } }, { timestamps: false });
  const version = await saveChange(context, models.Institution, institution, set, { action: 'CHANGE', label: institution.code, author });
  if (moves) {
    const active = await models.ScheduledJob.find(ofActive, { _id: 1 }).lean();
    await Promise.all(active.map(({ _id }) => context.reconcileScheduledJob({ institutionId: institution.code, scheduledJobId: _id })));
  }
  return { ...institution, ...set, version };
}

/** Refusal: forbidden. */
function demandOperator(viewer: Viewer): void {
  demand(viewer, 'SETTINGS');
  if (!viewer.grants.operator) throw new Refusal('forbidden', 'Only the operator of the platform sets the zone and the currency of an institution.');
}

async function demandCurrency(context: ApiContext, viewer: Viewer, wanted: string): Promise<void> {
  const { currency } = viewer.institution;
  const refuse = (reason: string, expected: string) => {
    throw new Refusal('not-possible', `The currency stays: ${reason}.`, [{ pointer: '/currency', code: 'in-use', message: `"${wanted}" was given; expected ${expected}: ${reason}` }]);
  };
  const stays = await currencyStays(context, viewer);
  if (stays !== null) refuse(stays, currency);
  const decimals = exponentOf(currency);
  if (exponentOf(wanted) !== decimals) refuse('terms of use, limits and profiles keep amounts in its smallest units', `a currency with ${decimals} decimals, as ${currency} has`);
}
