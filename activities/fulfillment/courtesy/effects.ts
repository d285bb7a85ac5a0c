/**
 * The effects of a page, in the order of rules 11 and 12, each under its own key: a crash between any two of them is repaired by doing all
 * again (fulfillment-loans.md, S10).
 */
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { Loan, LoanEvent, LoanNotice, SendFormat } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { noticeOf } from '../notices/loan-notice.js';
import type { Actions, Keeping, Renewing } from './action.js';

interface Formats {
  courtesySendFormat: SendFormat;
  renewalSendFormat: SendFormat;
}

/** Carries out a page's actions. Answers with the ids of loans that somebody changed meanwhile: nothing was done to them. */
export async function writeActions(models: Models, run: Run, formats: Formats, { renewing, keeping }: Actions, now: Date): Promise<Set<string>> {
  await insertOnce(models.LoanNotice, [
    ...renewing.map((one) => renewedNotice(run, one, formats.renewalSendFormat, now)),
    ...keeping.flatMap((one) => (one.tell === null ? [] : [courtesyNotice(run, one, one.tell.letterKey, formats.courtesySendFormat, now)])),
  ]);
  const changed = await renewLoans(models, run, renewing);
  if (changed.size > 0) await takeBackNotices(models, run, [...changed]);
  await completeRenewals(models, run, renewing.filter(({ loan }) => !changed.has(loan._id)), now);
  await noteFailures(models, run, keeping.filter(({ note }) => note));
  return changed;
}

/** What follows from a renewal that was made: its event, and the notice goes on to its letter or needs none. */
export async function completeRenewals(models: Models, run: Run, renewed: readonly Renewing[], now: Date): Promise<void> {
  await insertOnce(models.LoanEvent, renewed.map((one) => renewedEvent(run, one, now)));
  for (const state of ['LETTER_PENDING', 'NO_LETTER'] as const) {
    const loanIds = renewed.filter(({ letterKey }) => (letterKey === '') === (state === 'NO_LETTER')).map(({ loan }) => loan._id);
    if (loanIds.length === 0) continue;
    await models.LoanNotice.updateMany(
      { institutionId: run.institutionId, loanId: { $in: loanIds }, kind: 'RENEWED', state: 'DECIDED' },
      { $set: { state }, $inc: { version: 1 } },
    );
  }
}

/** Whether it is this renewal that the loan tells of, and not the patron's own of a minute ago, to the same day. */
export function isMade({ from, newDueDate, renewedAt }: Renewing, loan: Pick<Loan, 'dueCycle' | 'dueDate' | 'lastRenewalAt'> | undefined): boolean {
  return loan?.dueCycle === from.dueCycle + 1 && loan.dueDate.getTime() === newDueDate && loan.lastRenewalAt?.getTime() === renewedAt.getTime();
}

function renewedNotice(run: Run, { loan, from, newDueDate, cappedBy, renewedAt, letterKey }: Renewing, sendFormat: SendFormat, now: Date): LoanNotice {
  const data = { oldDueDate: from.dueDate.toISOString(), newDueDate: new Date(newDueDate).toISOString(), cappedBy, renewedAt: renewedAt.toISOString() };
  const noticed = { kind: 'RENEWED', profileId: '-', dayKey: '-', sendFormat, state: 'DECIDED', letterKey, data } as const;
  return noticeOf(run, { ...loan, dueCycle: from.dueCycle + 1 }, noticed, now);
}

/** It has no other effect than its letter, so it is pending at once (S8.9). */
function courtesyNotice(run: Run, { loan, reason, detail }: Keeping, letterKey: string, sendFormat: SendFormat, now: Date): LoanNotice {
  const data = { reasonCode: reason, detail };
  return noticeOf(run, loan, { kind: 'COURTESY', profileId: '-', dayKey: '-', sendFormat, state: 'LETTER_PENDING', letterKey, data }, now);
}

/**
 * Rule 11: one statement for a page, in it an update for all loans of one state and date. Answers with those that were in another state; one
 * that this run has renewed before counts as done.
 */
async function renewLoans(models: Models, { institutionId }: Run, renewing: readonly Renewing[]): Promise<Set<string>> {
  const open = renewing.filter((one) => !isMade(one, one.loan));
  if (open.length === 0) return new Set();
  const { modifiedCount } = await models.Loan.bulkWrite(alike(open).map(([{ loan, from, newDueDate, renewedAt }, ids]) => ({
    updateMany: {
      filter: { institutionId, _id: { $in: ids }, status: 'ACTIVE' as const, processStatus: loan.processStatus, ...from },
      update: {
        $set: {
          dueDate: new Date(newDueDate), dueDateSource: 'RENEWAL' as const, processStatus: 'RENEW' as const, processStatusDate: renewedAt,
          lastRenewalAt: renewedAt, lastRenewalFailure: null,
        },
        $inc: { dueCycle: 1, renewalCount: 1, version: 1 },
      },
    },
  })), { ordered: false });
  if (modifiedCount === open.length) return new Set();
  const present = await models.Loan.find(
    { institutionId, _id: { $in: open.map(({ loan }) => loan._id) } }, { dueCycle: 1, dueDate: 1, lastRenewalAt: 1 },
  ).lean();
  const byId = new Map(present.map((loan) => [loan._id, loan]));
  return new Set(open.filter((one) => !isMade(one, byId.get(one.loan._id))).map(({ loan }) => loan._id));
}

/** The first loan and the ids of all that are in one state and get the same date. */
function alike(renewing: readonly Renewing[]): [first: Renewing, ids: string[]][] {
  const groups = new Map<string, [Renewing, string[]]>();
  for (const one of renewing) {
    const { loan, from, newDueDate } = one;
    const key = `${loan.processStatus} ${from.dueCycle} ${from.dueDate.getTime()} ${newDueDate}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one, [loan._id]]);
    else group[1].push(loan._id);
  }
  return [...groups.values()];
}

/** Nothing was done to these loans, so nothing may say so: they are decided anew. */
async function takeBackNotices(models: Models, { institutionId, runId }: Run, loanIds: readonly string[]): Promise<void> {
  await models.LoanNotice.deleteMany({ institutionId, loanId: { $in: [...loanIds] }, kind: 'RENEWED', runId, state: 'DECIDED' });
}

function renewedEvent({ institutionId, jobKey }: Run, { loan, from, newDueDate, renewedAt, runId }: Renewing, now: Date): LoanEvent {
  const dueCycle = from.dueCycle + 1;
  return {
    _id: newId(),
    institutionId,
    eventKey: `${loan._id}:${dueCycle}:RENEWED`,
    loanId: loan._id,
    dueCycle,
    type: 'RENEWED',
    at: renewedAt,
    by: `JOB:${jobKey}`,
    oldDueDate: from.dueDate,
    newDueDate: new Date(newDueDate),
    runId,
    createdAt: now,
    updatedAt: now,
  };
}

/** Rule 12: why not, for staff and for the next run. A loan that came into another cycle meanwhile needs none, nor one that an earlier attempt has noted. */
async function noteFailures(models: Models, { institutionId, asOf }: Run, keeping: readonly Keeping[]): Promise<void> {
  const isNoted = ({ reason, loan: { dueCycle, lastRenewalFailure: noted } }: Keeping) =>
    noted !== null && noted.code === reason && noted.dueCycle === dueCycle && noted.at.toISOString() === asOf;
  const groups = new Map<string, Keeping[]>();
  for (const one of keeping.filter((each) => !isNoted(each))) {
    const key = `${one.reason} ${one.loan.dueCycle} ${one.loan.processStatus}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  for (const group of groups.values()) {
    const { reason: code, loan: { dueCycle, processStatus } } = group[0]!;
    const dueAt = group.map(({ loan }) => loan.dueDate.getTime());
    // The cycle says it already. Where the store takes the index of the walk instead of the ids, it reads no more of it than the page.
    const dueDate = { $gte: new Date(Math.min(...dueAt)), $lte: new Date(Math.max(...dueAt)) };
    await models.Loan.updateMany(
      { institutionId, _id: { $in: group.map(({ loan }) => loan._id) }, status: 'ACTIVE', processStatus, dueCycle, dueDate },
      { $set: { lastRenewalFailure: { code, at: new Date(asOf), dueCycle } }, $inc: { version: 1 } },
    );
  }
}
