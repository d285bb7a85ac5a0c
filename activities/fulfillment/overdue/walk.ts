/**
 * Which loans a page takes up: the Selection, walked by keyset on {status, processStatus, dueDate, _id}, one walk after
 * the other for each process status but LOST (fulfillment-loans.md, loans-overdue-and-lost).
 */
import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import type { OverdueLoan } from '../../../domain/fulfillment/overdue-loan.js';
import type { Run } from '../../../domain/run.js';
import { processStatuses, type Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';

export const LOANS_A_PAGE = 1_000;
/** A lost loan is the end of its cycle: no profile can name it. */
export const walkedStatuses = processStatuses.filter((status) => status !== 'LOST');

/** What the rules read, and what fees, events and letters need beside. */
export const loanFields = {
  userId: 1, itemId: 1, touId: 1, userGroup: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1,
  status: 1, processStatus: 1, processStatusDate: 1, dueCycle: 1, lostCount: 1, lost: 1,
  dueDate: 1, shortLoan: 1, recall: 1, claimedReturnAt: 1, returnDate: 1, barcode: 1, title: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

export interface LoansOfPage {
  loans: ReadLoan[];
  /** Place of the last loan of this page, null when the walk is over. */
  next: string | null;
}

/** A place in the walk: the status at work and the last loan done in it, null at the status's beginning. */
const place = z.tuple([z.enum(walkedStatuses), z.int().nullable(), z.string().nullable()]);
type Place = z.infer<typeof place>;
const placeOf = (cursor: string | null): Place => (cursor === null ? [walkedStatuses[0]!, null, null] : place.parse(JSON.parse(cursor)));

/** The next page after `run.cursor`, due before `dueBefore` (epoch milliseconds, exclusive). */
export async function nextLoans(models: Models, run: Run, dueBefore: number): Promise<LoansOfPage> {
  let [status, dueAt, id] = placeOf(run.cursor);
  for (;;) {
    const loans = await loansAfter(models, run.institutionId, status, dueAt, id, dueBefore);
    const last = loans.at(-1);
    if (last !== undefined && loans.length === LOANS_A_PAGE) {
      return { loans, next: JSON.stringify([status, last.dueDate.getTime(), last._id] satisfies Place) };
    }
    const following = walkedStatuses[walkedStatuses.indexOf(status) + 1];
    if (following === undefined) return { loans, next: null };
    if (loans.length > 0) return { loans, next: JSON.stringify([following, null, null] satisfies Place) };
    [status, dueAt, id] = [following, null, null];
  }
}

async function loansAfter(
  models: Models,
  institutionId: string,
  processStatus: Loan['processStatus'],
  dueAt: number | null,
  id: string | null,
  dueBefore: number,
): Promise<ReadLoan[]> {
  const walk = { institutionId, status: 'ACTIVE', processStatus } as const;
  const read = (filter: QueryFilter<Loan>, limit: number) =>
    models.Loan.find(filter, loanFields).sort({ dueDate: 1, _id: 1 }).limit(limit).lean<ReadLoan[]>();
  if (dueAt === null || id === null) return read({ ...walk, dueDate: { $lt: new Date(dueBefore) } }, LOANS_A_PAGE);

  const sameInstant = await read({ ...walk, dueDate: new Date(dueAt), _id: { $gt: id } }, LOANS_A_PAGE);
  if (sameInstant.length === LOANS_A_PAGE) return sameInstant;
  const later = await read(
    { ...walk, dueDate: { $gt: new Date(dueAt), $lt: new Date(dueBefore) } },
    LOANS_A_PAGE - sameInstant.length,
  );
  return [...sameInstant, ...later];
}

/**
 * The loans of a page that an earlier attempt began: those still in the selection up to where it ended, and those that
 * its writes took out.
 */
export async function sameLoans(
  models: Models,
  run: Run,
  dueBefore: number,
  claim: { toKey: string | null; leaving: string[] },
): Promise<LoansOfPage> {
  const read = await nextLoans(models, run, dueBefore);
  const here = read.loans.filter((loan) => isUpTo(loan, claim.toKey));
  const seen = new Set(here.map(({ _id }) => _id));
  const gone = claim.leaving.filter((id) => !seen.has(id));
  const left = await loansById(models, run.institutionId, gone);
  return { loans: [...here, ...left], next: claim.toKey };
}

function isUpTo({ processStatus, dueDate, _id }: ReadLoan, toKey: string | null): boolean {
  if (toKey === null) return true;
  const [status, dueAt, id] = placeOf(toKey);
  // What the page took out of one status lets a repeat read on into the next, which is another page's.
  if (processStatus !== status) return processStatuses.indexOf(processStatus) < processStatuses.indexOf(status);
  if (dueAt === null || id === null) return false;
  return dueDate.getTime() < dueAt || (dueDate.getTime() === dueAt && _id <= id);
}

/** The loans of a retry: a slice of the run's scope, whatever the selection says today. */
export async function loansOfScope(models: Models, run: Run): Promise<LoansOfPage> {
  const from = Number(run.cursor ?? 0);
  const stored = await models.Run.findOne({ institutionId: run.institutionId, _id: run.runId }, { scope: 1 }).lean();
  const ids = stored?.scope?.recordType === 'loan' ? stored.scope.ids : [];
  const loans = await loansById(models, run.institutionId, ids.slice(from, from + LOANS_A_PAGE));
  return { loans, next: from + LOANS_A_PAGE < ids.length ? String(from + LOANS_A_PAGE) : null };
}

export function loansById(models: Models, institutionId: string, ids: readonly string[]): Promise<ReadLoan[]> {
  return ids.length === 0
    ? Promise.resolve([])
    : models.Loan.find({ institutionId, _id: { $in: [...ids] } }, loanFields).lean<ReadLoan[]>().exec();
}

/** The snapshot that the rules know. */
export function snapshotOf(loan: ReadLoan): OverdueLoan {
  return {
    loanId: loan._id,
    userId: loan.userId,
    itemId: loan.itemId,
    touId: loan.touId,
    userGroup: loan.userGroup,
    libraryCode: loan.libraryCode,
    locationCode: loan.locationCode,
    itemPolicy: loan.itemPolicy,
    materialType: loan.materialType,
    status: loan.status,
    processStatus: loan.processStatus,
    processStatusDate: loan.processStatusDate.getTime(),
    dueCycle: loan.dueCycle,
    lostCount: loan.lostCount,
    dueDate: loan.dueDate.getTime(),
    shortLoan: loan.shortLoan,
    recalled: loan.recall?.active ?? false,
    claimedReturnAt: loan.claimedReturnAt?.getTime() ?? null,
    returnDate: loan.returnDate?.getTime() ?? null,
  };
}
