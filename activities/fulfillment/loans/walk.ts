/**
 * How a job takes up open loans: walked by keyset on {status, processStatus, dueDate, _id}, one walk after the other for each process
 * status of its Selection; of a retry, by the records that failed (fulfillment-loans.md, S12).
 */
import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import type { Instant } from '../../../domain/days.js';
import type { Run } from '../../../domain/run.js';
import { processStatuses, type Loan, type ProcessStatus } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';

export const LOANS_A_PAGE = 1_000;

/** What every job reads of a loan; each adds what its rules and effects need. */
type Walked = Pick<Loan, '_id' | 'processStatus' | 'dueDate'>;
/** A projection: all fields of what is read. */
export type FieldsOf<Read extends Pick<Loan, '_id'>> = Readonly<Record<Exclude<keyof Read, '_id'>, 1>>;

export interface LoanSelection {
  /** In their order in the model. */
  statuses: readonly ProcessStatus[];
  /** Inclusive; null: however long ago. */
  dueFrom: Instant | null;
  /** Exclusive. */
  dueBefore: Instant;
}

export interface LoansOfPage<Read> {
  loans: Read[];
  /** Place of the last loan of this page, null when the walk is over. */
  next: string | null;
}

/** A place in the walk: the status at work and the last loan done in it, null at the status's beginning. */
const place = z.tuple([z.enum(processStatuses), z.int().nullable(), z.string().nullable()]);
type Place = z.infer<typeof place>;

export function countLoans(models: Models, institutionId: string, { statuses, dueFrom, dueBefore }: LoanSelection): Promise<number> {
  const processStatus = { $in: [...statuses] };
  return models.Loan.countDocuments({ institutionId, status: 'ACTIVE', processStatus, dueDate: dueBetween(dueFrom, dueBefore) }).exec();
}

/** The next page after `run.cursor`. */
export async function nextLoans<Read extends Walked>(
  models: Models, run: Run, selection: LoanSelection, fields: FieldsOf<Read>,
): Promise<LoansOfPage<Read>> {
  const { statuses } = selection;
  let [status, dueAt, id]: Place = run.cursor === null ? [statuses[0]!, null, null] : place.parse(JSON.parse(run.cursor));
  for (;;) {
    const loans = await loansAfter<Read>(models, run.institutionId, [status, dueAt, id], selection, fields);
    const last = loans.at(-1);
    if (last !== undefined && loans.length === LOANS_A_PAGE) {
      return { loans, next: JSON.stringify([status, last.dueDate.getTime(), last._id] satisfies Place) };
    }
    const following = statuses[statuses.indexOf(status) + 1];
    if (following === undefined) return { loans, next: null };
    if (loans.length > 0) return { loans, next: JSON.stringify([following, null, null] satisfies Place) };
    [status, dueAt, id] = [following, null, null];
  }
}

async function loansAfter<Read extends Walked>(
  models: Models, institutionId: string, [processStatus, dueAt, id]: Place, { dueFrom, dueBefore }: LoanSelection, fields: FieldsOf<Read>,
): Promise<Read[]> {
  const walk = { institutionId, status: 'ACTIVE', processStatus } as const;
  const read = (filter: QueryFilter<Loan>, limit: number) =>
    models.Loan.find(filter, fields).sort({ dueDate: 1, _id: 1 }).limit(limit).lean<Read[]>();
  if (dueAt === null || id === null) return read({ ...walk, dueDate: dueBetween(dueFrom, dueBefore) }, LOANS_A_PAGE);

  const sameInstant = await read({ ...walk, dueDate: new Date(dueAt), _id: { $gt: id } }, LOANS_A_PAGE);
  if (sameInstant.length === LOANS_A_PAGE) return sameInstant;
  const later = await read(
    { ...walk, dueDate: { $gt: new Date(dueAt), $lt: new Date(dueBefore) } },
    LOANS_A_PAGE - sameInstant.length,
  );
  return [...sameInstant, ...later];
}

const dueBetween = (from: Instant | null, before: Instant) =>
  from === null ? { $lt: new Date(before) } : { $gte: new Date(from), $lt: new Date(before) };

/**
 * The loans of a page that an earlier attempt began: those still in the selection up to where it ended, and those that
 * its writes took out.
 */
export async function sameLoans<Read extends Walked>(
  models: Models,
  run: Run,
  selection: LoanSelection,
  claim: { toKey: string | null; leaving: string[] },
  fields: FieldsOf<Read>,
): Promise<LoansOfPage<Read>> {
  const read = await nextLoans<Read>(models, run, selection, fields);
  const here = read.loans.filter((loan) => isUpTo(loan, claim.toKey));
  const seen = new Set(here.map(({ _id }) => _id));
  const gone = claim.leaving.filter((id) => !seen.has(id));
  const left = await loansById<Read>(models, run.institutionId, gone, fields);
  return { loans: [...here, ...left], next: claim.toKey };
}

function isUpTo({ processStatus, dueDate, _id }: Walked, toKey: string | null): boolean {
  if (toKey === null) return true;
  const [status, dueAt, id] = place.parse(JSON.parse(toKey));
  // What the page took out of one status lets a repeat read on into the next, which is another page's.
  if (processStatus !== status) return processStatuses.indexOf(processStatus) < processStatuses.indexOf(status);
  if (dueAt === null || id === null) return false;
  return dueDate.getTime() < dueAt || (dueDate.getTime() === dueAt && _id <= id);
}

/** The loans of a retry: a slice of the run's scope, whatever the selection says today. */
export async function loansOfScope<Read extends Pick<Loan, '_id'>>(models: Models, run: Run, fields: FieldsOf<Read>): Promise<LoansOfPage<Read>> {
  const from = Number(run.cursor ?? 0);
  const ids = await scopeOf(models, run);
  const loans = await loansById<Read>(models, run.institutionId, ids.slice(from, from + LOANS_A_PAGE), fields);
  return { loans, next: from + LOANS_A_PAGE < ids.length ? String(from + LOANS_A_PAGE) : null };
}

/** Ids of the loans of a retry. */
export async function scopeOf(models: Models, { institutionId, runId }: Run): Promise<string[]> {
  const stored = await models.Run.findOne({ institutionId, _id: runId }, { scope: 1 }).lean();
  return stored?.scope?.recordType === 'loan' ? stored.scope.ids : [];
}

export function loansById<Read extends Pick<Loan, '_id'>>(
  models: Models, institutionId: string, ids: readonly string[], fields: FieldsOf<Read>,
): Promise<Read[]> {
  return ids.length === 0
    ? Promise.resolve([])
    : models.Loan.find({ institutionId, _id: { $in: [...ids] } }, fields).lean<Read[]>().exec();
}
