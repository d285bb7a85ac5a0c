/**
 * Demerits: points for late returns, which suspend a patron who has too many.
 *
 * Specification: fulfillment-loans.md, users-remove-blocks, Configuration and "How points and suspensions arise". The check-in adds and
 * counts them; users-remove-blocks ends or extends the suspension.
 */
import type { Calendar } from '../calendar.js';
import { startOfDay, type Instant, type Moment } from '../days.js';
import type { FieldTypes } from '../rule-parameters.js';
import { lateUnits, type FinedLoan, type FinePolicies } from '../overdue-fine.js';

export interface DemeritLimits {
  /** More points than these suspend. */
  threshold: number;
  /** How far back points count. */
  historyDays: number;
  suspensionDays: number;
}

/** The limits of all patrons, and of groups that have their own. */
export interface DemeritSettings extends DemeritLimits {
  byUserGroup: readonly ({ userGroup: string } & DemeritLimits)[];
}

/** Where nothing else is set. */
export const ordinaryDemerits: DemeritSettings = { threshold: 100, historyDays: 365, suspensionDays: 14, byUserGroup: [] };

/** The limits of a patron's present group, or those of all; null: of no group. */
export const limitsOf = (settings: DemeritSettings, userGroup: string | null): DemeritLimits =>
  settings.byUserGroup.find((each) => each.userGroup === userGroup) ?? settings;

/** What the rules of the table may ask about a loan that came back late. */
export const demeritFields = { userGroup: 'TEXT', library: 'TEXT', itemPolicy: 'TEXT', materialType: 'TEXT', recalled: 'BOOLEAN' } as const satisfies FieldTypes;

export const demeritBases = ['PER_RETURN', 'PER_DAY', 'PER_OPEN_DAY', 'PER_HOUR'] as const;

/** What a rule of the table gives for a late return. */
export interface DemeritOutput {
  basis: (typeof demeritBases)[number];
  points: number;
  /** Of one return; null: as many as come together. */
  maxPoints: number | null;
}

const units = { PER_RETURN: 'RETURN', PER_DAY: 'DAY', PER_OPEN_DAY: 'OPEN_DAY', PER_HOUR: 'HOUR' } as const;

/** Points for a loan returned at an instant, by the calendar of its library; none for one that was lost and is found. */
export function demeritPoints(
  loan: FinedLoan, policies: Pick<FinePolicies, 'gracePeriod' | 'graceAppliesToRecalls'>, { basis, points, maxPoints }: DemeritOutput, calendar: Calendar, returnedAt: Instant,
): number {
  if (loan.processStatus === 'LOST') return 0;
  return Math.min(points * lateUnits(loan, policies, units[basis], calendar, returnedAt), maxPoints ?? Infinity);
}

/** So many points suspend a patron; exactly the threshold does not. */
export const suspends = (points: number, { threshold }: DemeritLimits): boolean => points > threshold;

/** The first instant whose points still count. */
export const countedFrom = ({ historyDays }: DemeritLimits, { zone, today }: Moment): Instant => startOfDay(zone, today - historyDays);

/** When a suspension that begins today ends (exclusive). */
export const suspensionEnd = ({ suspensionDays }: DemeritLimits, { zone, today }: Moment): Instant => startOfDay(zone, today + suspensionDays + 1);
