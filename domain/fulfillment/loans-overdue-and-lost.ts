/**
 * Loans – Overdue and Lost Item: which profiles fire for one open loan, and what each of them does.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost, Selection and rules 1-10. Run, preview, *explain a record* and the
 * repeat of a page all call this decision. Days are local dates of the institution: a loan due at 23:59 is one day overdue a minute
 * later. Rule 10 (claimed returned) needs no code of its own: it follows from the loan statuses a profile names and from the fine.
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import { localDay, type Moment } from '../days.js';
import type { SendFormat } from '../letters.js';
import type { LoanPolicies } from '../terms-of-use.js';
import { firingOf, type Firing } from './overdue-firing.js';
import { failure, warning } from './overdue-loan.js';
import type { OverdueContext, OverdueLoan, OverdueProblem } from './overdue-loan.js';
import { byStage } from './overdue-lost-profiles.js';
import type { CompiledProfile, CompiledProfiles, OverdueLostProfile, ProfileType } from './overdue-lost-profiles.js';
import { isReachable } from './patrons.js';

/** A notice of this loan in its present due cycle. */
export interface DoneNotice {
  kind: string;
  profileId: string;
  state: 'DECIDED' | 'LETTER_PENDING' | 'LETTERED' | 'NO_LETTER' | 'SUPERSEDED' | 'CANCELLED';
  runId: string;
}

const leaveReasons = [
  'NOT_ACTIVE',
  'ALREADY_LOST',
  'NOT_YET_DUE',
  'NO_PROFILE_ACTIVE',
  'BELOW_EVERY_THRESHOLD',
  'LIBRARY_MISSING',
  'NO_PROFILE_MATCHES',
  /** Every matching profile is more than catchUpDays late. */
  'TOO_LATE',
  'DONE_BEFORE',
  'USER_MISSING',
] as const;
export type LeaveReason = (typeof leaveReasons)[number];

export interface ProfileRef {
  kind: ProfileType;
  profileId: string;
  sendFormat: SendFormat;
}

export type OverdueDecision =
  | { action: 'LEAVE'; reason: LeaveReason; problems: readonly OverdueProblem[] }
  | { action: 'ACT'; firing: Firing[]; superseded: ProfileRef[]; problems: OverdueProblem[] };

interface Match {
  compiled: CompiledProfile;
  /** Days beyond the threshold. */
  excess: number;
}

/** A loan beside all profiles: those that match it, in ascending stage, or why none can. */
export interface MatchedLoan {
  loan: OverdueLoan;
  profiles: CompiledProfiles;
  matches: Match[] | LeaveReason;
}

/** Selection and rules 1, 2, for which a loan alone is enough: no users or items are looked at. */
export function matchOverdue(loan: OverdueLoan, profiles: CompiledProfiles, context: OverdueContext, ask: Ask = unheard): MatchedLoan {
  return { loan, profiles, matches: matchesOf(loan, profiles, context, ask) };
}

/**
 * Decides one loan. `done` are its notices of the present due cycle; those of this very run are no obstacle, so that a repeated page
 * decides, finds everything there and counts the same.
 */
export function decideOverdue(
  { loan, profiles, matches }: MatchedLoan,
  done: readonly DoneNotice[],
  context: OverdueContext,
  ask: Ask = unheard,
): OverdueDecision {
  if (!Array.isArray(matches)) return leave(matches, loan);

  const toComplete = profiles.inOrder.filter(
    ({ profile, rules }) => done.length > 0 && ask(rules.decided, noticeOf(profile, done)?.state === 'DECIDED'),
  );
  const inWindow = matches.filter(
    ({ compiled, excess }) =>
      !toComplete.includes(compiled) &&
      ask(compiled.rules.inWindow, isInWindow(compiled, excess, context), () => ({
        excess,
        catchUpDays: context.catchUpDays,
      })),
  );
  if (inWindow.length === 0 && toComplete.length === 0) return leave('TOO_LATE', loan);
  const due = inWindow.filter(({ compiled: { profile, rules } }) => {
    const notice = noticeOf(profile, done);
    return !ask(rules.done, notice !== undefined && notice.runId !== context.runId, () => ({
      state: notice?.state ?? null,
    }));
  });
  if (due.length === 0 && toComplete.length === 0) return leave('DONE_BEFORE', loan);

  const superseded = supersededOf(due, toComplete, matches, ask);
  const fresh = due.filter((match) => !superseded.includes(match)).map(({ compiled }) => compiled);
  const firing = [...toComplete, ...fresh].sort(byStage).map(({ profile }) => profile);
  return actOf(
    loan,
    firing,
    superseded.map(({ compiled }) => compiled.profile),
    done,
    context,
    ask,
  );
}

/** Whether the loan's user and notices are worth reading: some profile matches it and is not too late. */
export function mayFire({ matches }: MatchedLoan, context: OverdueContext): boolean {
  return Array.isArray(matches) && matches.some(({ compiled, excess }) => isInWindow(compiled, excess, context));
}

/** Whether the loan's item is worth reading as well. */
export function mayBeLost({ matches }: MatchedLoan): boolean {
  return Array.isArray(matches) && matches.some(({ compiled: { profile } }) => profile.type === 'CHANGE_TO_LOST');
}

function matchesOf(
  loan: OverdueLoan,
  profiles: CompiledProfiles,
  context: OverdueContext,
  ask: Ask,
): Match[] | LeaveReason {
  const { status, processStatus, dueDate, libraryCode } = loan;
  const { zone, asOf, today } = context.moment;
  const { minDays } = profiles;
  if (!ask('Selection: a profile is active', minDays < Infinity)) return 'NO_PROFILE_ACTIVE';
  if (!ask('Selection: loan is active', status === 'ACTIVE', () => ({ status }))) return 'NOT_ACTIVE';
  if (ask('Selection: already lost', processStatus === 'LOST', () => ({ processStatus }))) return 'ALREADY_LOST';
  if (!ask('Selection: due date has passed', dueDate < asOf, () => ({ dueDate: new Date(dueDate), asOf: new Date(asOf) }))) return 'NOT_YET_DUE';
  const daysOverdue = today - localDay(zone, dueDate);
  if (
    !ask('Selection: overdue for the fewest days of any profile', daysOverdue >= minDays, () => ({
      daysOverdue,
      minDays,
    }))
  )
    return 'BELOW_EVERY_THRESHOLD';
  const library = context.libraries.get(libraryCode);
  if (!ask('library known', library !== undefined, () => ({ libraryCode })) || library === undefined)
    return 'LIBRARY_MISSING';

  let matches: Match[] | null = null;
  for (const compiled of profiles.inOrder) {
    const excess = excessOf(loan, daysOverdue, compiled.profile, library.calendar, context.moment);
    if (matchesProfile(loan, compiled, excess, ask)) (matches ??= []).push({ compiled, excess });
  }
  return matches ?? 'NO_PROFILE_MATCHES';
}

/** Rules 1 and 2: days beyond the threshold, by the nearer of the two thresholds; negative: not reached. */
function excessOf(
  { dueDate, processStatusDate }: OverdueLoan,
  daysOverdue: number,
  { dayCount, daysAfterDueDate, daysAfterStatusDate }: OverdueLostProfile,
  calendar: Calendar,
  { zone, today }: Moment,
): number {
  const days = dayCount === 'OPEN' ? calendar.openDaysBetween(localDay(zone, dueDate), today) : daysOverdue;
  const excess = days - daysAfterDueDate;
  return daysAfterStatusDate === null
    ? excess
    : Math.min(excess, today - localDay(zone, processStatusDate) - daysAfterStatusDate);
}

/** Rule 2. The questions that most loans answer with no come first. */
function matchesProfile(loan: OverdueLoan, compiled: CompiledProfile, excess: number, ask: Ask): boolean {
  const { profile, rules, loanStatuses, userGroups, libraries, locations, itemPolicies, materialTypes } = compiled;
  const { processStatus, userGroup, libraryCode, locationCode, itemPolicy, materialType } = loan;
  const { daysAfterDueDate, dayCount, daysAfterStatusDate } = profile;
  return (
    ask(rules.active, profile.active) &&
    ask(rules.reached, excess >= 0, () => ({ excess, daysAfterDueDate, dayCount, daysAfterStatusDate })) &&
    ask(rules.loanStatus, loanStatuses.has(processStatus), () => ({ processStatus, named: [...loanStatuses] })) &&
    ask(rules.userGroup, names(userGroups, userGroup), () => ({ userGroup, named: profile.userGroups })) &&
    ask(rules.library, names(libraries, libraryCode), () => ({ libraryCode, named: profile.libraries })) &&
    ask(rules.location, locations === null || locations.get(libraryCode)?.has(locationCode) === true, () => ({
      libraryCode,
      locationCode,
      named: profile.locations,
    })) &&
    ask(rules.itemPolicy, names(itemPolicies, itemPolicy ?? '-'), () => ({
      itemPolicy,
      named: profile.itemPolicies,
    })) &&
    ask(rules.materialType, names(materialTypes, materialType ?? '-'), () => ({
      materialType,
      named: profile.materialTypes,
    }))
  );
}

const names = (list: ReadonlySet<string> | null, value: string) => list === null || list.has(value);

/** Rule 3: a change to lost is never too late. */
function isInWindow({ profile }: CompiledProfile, excess: number, { catchUpDays }: OverdueContext): boolean {
  return profile.type === 'CHANGE_TO_LOST' || excess <= catchUpDays;
}

function noticeOf({ type, profileId }: OverdueLostProfile, done: readonly DoneNotice[]): DoneNotice | undefined {
  return done.find((notice) => notice.kind === type && notice.profileId === profileId);
}

/**
 * Rule 5. A second change to lost due in the same run is superseded by the first as well: the loan is lost by then, and if it is found
 * the same profiles must not fire again in this due cycle (S11).
 */
function supersededOf(due: Match[], toComplete: CompiledProfile[], matches: Match[], ask: Ask): Match[] {
  const highest = matches.at(-1)!.compiled;
  const loses = [...toComplete, ...due.map(({ compiled }) => compiled)].find(
    ({ profile }) => profile.type === 'CHANGE_TO_LOST',
  );
  return due.filter(({ compiled, excess }) => {
    const isLate = excess > 0 && byStage(compiled, highest) < 0;
    const holds = compiled.profile.type === 'CHANGE_TO_LOST' ? compiled !== loses : isLate || loses !== undefined;
    return ask(compiled.rules.superseded, holds, () => ({ excess, higherStage: highest.profile.name }));
  });
}

/**
 * Rule 6 and the effects of rules 7-9: what the profiles that fire do to a loan, those included that this run has fired already.
 *
 * A loan that one of them has made lost is to be handed in as it was before, `beforeLost`.
 */
export function actOf(
  loan: OverdueLoan,
  profiles: OverdueLostProfile[],
  superseded: OverdueLostProfile[],
  done: readonly DoneNotice[],
  context: OverdueContext,
  ask: Ask,
): OverdueDecision {
  const { userId, touId, libraryCode } = loan;
  const problems: OverdueProblem[] = [];
  if (profiles.length > 0 && ask('6 user missing or deleted', !isReachable(userId, context.users), () => ({ userId }))) {
    problems.push(failure('USER_MISSING', { userId }));
    profiles = profiles.filter(({ type }) => type === 'CHANGE_TO_LOST');
    if (profiles.length === 0) return { action: 'LEAVE', reason: 'USER_MISSING', problems };
    superseded = [];
  }
  if (profiles.length > 0 && ask('6 terms of use missing', !context.termsOfUse.has(touId), () => ({ touId })))
    problems.push(failure('TOU_MISSING', { touId }));
  const calendarMissing = context.libraries.get(libraryCode)?.calendar.calendarMissing(context.moment.today) === true;
  if (calendarMissing && asksForOpenDays(profiles, context.termsOfUse.get(touId)))
    problems.push(warning('CALENDAR_MISSING', { libraryCode }));

  const firing = profiles.map((profile) => {
    const fired = firingOf(loan, profile, noticeOf(profile, done) !== undefined, context);
    problems.push(...fired.problems);
    return fired.firing;
  });
  return { action: 'ACT', firing, superseded: superseded.map(refOf), problems };
}

/** Whether the library's hours had a part in the decision. */
function asksForOpenDays(profiles: OverdueLostProfile[], policies: LoanPolicies | undefined): boolean {
  const per = [policies?.overdueFine?.per, policies?.recalledOverdueFine?.per, policies?.gracePeriod.unit];
  return profiles.some(({ dayCount }) => dayCount === 'OPEN') || per.some((unit) => unit?.startsWith('OPEN_'));
}

const refOf = ({ type: kind, profileId, sendFormat }: OverdueLostProfile): ProfileRef => ({
  kind,
  profileId,
  sendFormat,
});

// Most loans of a night are left alone: they share their answers.
const answers = new Map<LeaveReason, OverdueDecision>(
  leaveReasons.map((reason) => [reason, Object.freeze({ action: 'LEAVE', reason, problems: [] })]),
);
function leave(reason: LeaveReason, { libraryCode }: OverdueLoan): OverdueDecision {
  if (reason !== 'LIBRARY_MISSING') return answers.get(reason)!;
  return { action: 'LEAVE', reason, problems: [failure('LIBRARY_MISSING', { libraryCode })] };
}
