/** How the job takes up loans: library by library, day by day, by keyset on {status, libraryCode, dueDate, _id}. */
import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import { startOfDay, type Zone } from '../../../domain/days.js';
import type { LibraryDays } from '../../../domain/fulfillment/calendar-changes.js';
import { correctedStatuses } from '../../../domain/fulfillment/loans-due-date-correction.js';
import type { Run } from '../../../domain/run.js';
import type { Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { LOANS_A_PAGE, type LoansOfPage } from '../loans/walk.js';

/** What the rules read, and what notices, events and problems need beside. */
export const loanFields = {
  userId: 1, libraryCode: 1, touId: 1, status: 1, processStatus: 1, dueCycle: 1, dueDate: 1, dueDateSource: 1, shortLoan: 1, lastRenewalAt: 1, barcode: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

/** A place in the walk: the library and first day of the days at work, and the last loan done in them, null at their beginning. */
const place = z.tuple([z.string(), z.int(), z.int().nullable(), z.string().nullable()]);
type Place = z.infer<typeof place>;

export async function countLoansConcerned(models: Models, institutionId: string, zone: Zone, days: readonly LibraryDays[]): Promise<number> {
  const counts = await Promise.all(days.map((of) => models.Loan.countDocuments(due(institutionId, zone, of))));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The next page after `run.cursor`. */
export async function nextLoansConcerned(models: Models, run: Run, zone: Zone, days: readonly LibraryDays[]): Promise<LoansOfPage<ReadLoan>> {
  const at: Place | null = run.cursor === null ? null : place.parse(JSON.parse(run.cursor));
  const ahead = at === null ? days : days.filter(({ libraryCode, from }) => libraryCode > at[0] || (libraryCode === at[0] && from >= at[1]));
  for (const [index, of] of ahead.entries()) {
    const done = at !== null && of.libraryCode === at[0] && of.from === at[1] ? at : null;
    const loans = await loansAfter(models, run.institutionId, zone, of, done);
    const last = loans.at(-1);
    if (last !== undefined && loans.length === LOANS_A_PAGE) return { loans, next: placeOf(of, last) };
    const following = ahead[index + 1];
    if (last !== undefined) return { loans, next: following === undefined ? null : placeOf(following, null) };
  }
  return { loans: [], next: null };
}

const placeOf = ({ libraryCode, from }: LibraryDays, last: ReadLoan | null): string =>
  JSON.stringify([libraryCode, from, last?.dueDate.getTime() ?? null, last?._id ?? null] satisfies Place);

async function loansAfter(models: Models, institutionId: string, zone: Zone, of: LibraryDays, done: Place | null): Promise<ReadLoan[]> {
  const all = due(institutionId, zone, of);
  const read = (filter: QueryFilter<Loan>, limit: number) =>
    models.Loan.find({ ...all, ...filter }, loanFields).sort({ dueDate: 1, _id: 1 }).limit(limit).lean<ReadLoan[]>();
  const [, , dueAt, id] = done ?? [null, null, null, null];
  if (dueAt === null || id === null) return read({}, LOANS_A_PAGE);
  const sameInstant = await read({ dueDate: new Date(dueAt), _id: { $gt: id } }, LOANS_A_PAGE);
  if (sameInstant.length === LOANS_A_PAGE) return sameInstant;
  return [...sameInstant, ...(await read({ dueDate: { ...all.dueDate, $gt: new Date(dueAt) } }, LOANS_A_PAGE - sameInstant.length))];
}

const due = (institutionId: string, zone: Zone, { libraryCode, from, to }: LibraryDays) => ({
  institutionId,
  status: 'ACTIVE' as const,
  libraryCode,
  processStatus: { $in: [...correctedStatuses] },
  dueDate: { $gte: new Date(startOfDay(zone, from)), $lt: new Date(startOfDay(zone, to + 1)) },
});
