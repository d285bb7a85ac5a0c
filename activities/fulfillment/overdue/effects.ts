/**
 * The effects of a page, in the order of rules 7-9, each under its own key: a crash between any two of them is repaired
 * by doing all again (fulfillment-loans.md, S10).
 */
import type { FeeToCharge } from '../../../domain/fulfillment/overdue-fees.js';
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import type { Fee } from '../../../models/fee.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { LoanEvent, LoanNotice, NoticeState } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { feeDocument } from '../fees/fee-document.js';
import { noticeOf } from '../notices/loan-notice.js';
import { isLosing, type Action } from './action.js';
import { foundMeanwhile, takeBackLosses } from './found-meanwhile.js';
import type { Ground } from './ground.js';
import { placeBlocks } from './place-blocks.js';
import type { ReadLoan } from './walk.js';

/** What came of it: somebody at the desk may have been faster. */
export interface Outcome {
  /** Ids of the loans whose change found another state than was decided on; nothing was done to them. */
  changedDuringRun: Set<string>;
  /** Users whose block this page placed. */
  blocked: Set<string>;
}

/** Carries out a page's actions. Repeatable: a loan that was found since an earlier attempt lost it stays found. */
export async function writeActions(
  models: Models,
  run: Run,
  ground: Ground,
  actions: readonly Action[],
  now: Date,
): Promise<Outcome> {
  const foundBefore = actions.filter(({ loan }) => isFoundSince(run, loan)).map(({ loan }) => loan._id);
  const standing = actions.filter(({ loan }) => !foundBefore.includes(loan._id));
  await insertOnce(
    models.LoanNotice,
    standing.flatMap((action) => noticesOf(run, action, now)),
  );

  const { changed, found } = await loseLoans(models, run, standing.filter(isLosing));
  if (changed.length > 0) await takeBackNotices(models, run, changed);
  const undone = await cancelNotices(models, run, [...foundBefore, ...found]);
  const left = new Set([...changed, ...found]);
  const done = standing.filter(({ loan }) => !left.has(loan._id));

  const lost = done.filter(isLosing);
  await insertOnce(
    models.LoanEvent,
    lost.map((action) => lostEvent(run, action, now)),
  );
  await markItems(models, run, lost);
  await insertOnce(
    models.Fee,
    done.flatMap(({ loan, firing }) => firing.flatMap(({ fees }) => fees.map((fee) => feeOf(run, loan, fee, now)))),
  );
  const blocked = await placeBlocks(models, run, ground, done, now);
  const isSettled = await settleNotices(models, run, done);
  const overtaken = isSettled ? new Set<string>() : await foundMeanwhile(models, run, lost);
  await takeBackLosses(models, run, actions.filter(({ loan }) => overtaken.has(loan._id) || undone.includes(loan._id)));
  return { changedDuringRun: new Set([...changed, ...undone, ...overtaken]), blocked };
}

/** This run made the loan lost, and it was found, returned or renewed since (S11). */
function isFoundSince(
  { runId }: Run,
  { status, processStatus, lost }: Pick<ReadLoan, 'status' | 'processStatus' | 'lost'>,
): boolean {
  return lost?.runId === runId && !(status === 'ACTIVE' && processStatus === 'LOST');
}

function noticesOf(run: Run, { loan, firing, superseded }: Action, now: Date): LoanNotice[] {
  const fresh = firing.filter(({ noticeExists }) => !noticeExists);
  return [
    ...fresh.map((fired) => {
      const { kind, profileId, sendFormat, letterKey, firstState: state, accruedFine, fees, notificationFee } = fired;
      const data = { accruedFine, notificationFee, fees: fees.map(({ type, amount }) => ({ type, amount })) };
      return noticeOf(run, loan, { kind, profileId, dayKey: '-', sendFormat, state, letterKey, data }, now);
    }),
    ...superseded.map((profile) => noticeOf(run, loan, { ...profile, dayKey: '-', state: 'SUPERSEDED', letterKey: '', data: {} }, now)),
  ];
}

/**
 * Rule 8b, one update for all loans of one state and profile. Answers with the loans that were in another state, and with those
 * that another attempt of this page lost and that were found since.
 *
 * A loan that this run has lost before counts as done. The filter names `lostCount`, or an attempt that comes late would lose again what
 * was found.
 */
async function loseLoans(
  models: Models,
  run: Run,
  actions: readonly Action[],
): Promise<{ changed: string[]; found: string[] }> {
  const { institutionId, runId } = run;
  const changed: string[] = [];
  const found: string[] = [];
  for (const group of alike(actions.filter(({ loan }) => loan.processStatus !== 'LOST'))) {
    const { processStatus, dueCycle, lostCount, profileId, ids, dueAt } = group;
    const asOf = new Date(run.asOf);
    const update = await models.Loan.updateMany(
      {
        institutionId,
        _id: { $in: ids },
        status: 'ACTIVE',
        dueCycle,
        processStatus,
        lostCount,
        // The cycle says it already. Where the store takes the index of the walk instead of the ids, it reads no more of it than the page.
        dueDate: { $gte: new Date(Math.min(...dueAt)), $lte: new Date(Math.max(...dueAt)) },
      },
      {
        $set: {
          processStatus: 'LOST',
          processStatusDate: asOf,
          lost: { at: asOf, by: 'JOB', profileId, runId, previousStatus: processStatus },
        },
        $inc: { lostCount: 1, version: 1 },
      },
    );
    if (update.modifiedCount === ids.length) continue;
    const present = await models.Loan.find(
      { institutionId, _id: { $in: ids } },
      { status: 1, processStatus: 1, lost: 1 },
    ).lean();
    const byId = new Map(present.map((loan) => [loan._id, loan]));
    for (const id of ids) {
      const loan = byId.get(id);
      if (loan?.lost?.runId !== runId) changed.push(id);
      else if (isFoundSince(run, loan)) found.push(id);
    }
  }
  return { changed, found };
}

interface AlikeLoans {
  processStatus: ReadLoan['processStatus'];
  dueCycle: number;
  lostCount: number;
  profileId: string;
  ids: string[];
  /** When they are due, epoch milliseconds. */
  dueAt: number[];
}

function alike(actions: readonly Action[]): AlikeLoans[] {
  const groups = new Map<string, AlikeLoans>();
  for (const { loan, firing } of actions) {
    const { processStatus, dueCycle, lostCount } = loan;
    const { profileId } = firing.find(({ lost }) => lost !== null)!;
    const key = `${processStatus} ${dueCycle} ${lostCount} ${profileId}`;
    const group = groups.get(key) ?? { processStatus, dueCycle, lostCount, profileId, ids: [], dueAt: [] };
    group.ids.push(loan._id);
    group.dueAt.push(loan.dueDate.getTime());
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Nothing was done to these loans, so nothing may say so: their rules may fire again. */
async function takeBackNotices(
  models: Models,
  { institutionId, runId }: Run,
  loanIds: readonly string[],
): Promise<void> {
  await models.LoanNotice.deleteMany({ institutionId, loanId: { $in: [...loanIds] }, runId });
}

/**
 * Ends the change to lost of loans that were found before its other effects were there: the notice stays, by which the profile does
 * not fire again in this due cycle (S11). Answers with these loans; of the others everything had been done.
 */
async function cancelNotices(
  models: Models,
  { institutionId, runId }: Run,
  loanIds: readonly string[],
): Promise<string[]> {
  if (loanIds.length === 0) return [];
  const ofThem = { institutionId, loanId: { $in: [...loanIds] }, runId, kind: 'CHANGE_TO_LOST' } as const;
  await models.LoanNotice.updateMany(
    { ...ofThem, state: 'DECIDED' },
    { $set: { state: 'CANCELLED' }, $inc: { version: 1 } },
  );
  const cancelled = await models.LoanNotice.find({ ...ofThem, state: 'CANCELLED' }, { loanId: 1 }).lean();
  return cancelled.map(({ loanId }) => loanId);
}

/** When and by which run the loan became lost: of a notice that another run left, by that one. */
function losing(run: Run, { processStatus, lost }: ReadLoan): { at: Date; runId: string | null } {
  return processStatus === 'LOST' && lost !== null ? lost : { at: new Date(run.asOf), runId: run.runId };
}

function lostEvent(run: Run, { loan, firing }: Action, now: Date): LoanEvent {
  const { at, runId } = losing(run, loan);
  const { lostCount } = firing.find(({ lost }) => lost !== null)!.lost!;
  return {
    _id: newId(),
    institutionId: run.institutionId,
    eventKey: `${loan._id}:LOST:${lostCount}`,
    loanId: loan._id,
    dueCycle: loan.dueCycle,
    type: 'LOST',
    at,
    by: `JOB:${run.jobKey}`,
    oldDueDate: null,
    newDueDate: null,
    runId,
    createdAt: now,
    updatedAt: now,
  };
}

/** Rule 8c. An item that is lost by now stays as it is; `updatedAt` moves, by which requests are recalculated. */
async function markItems(models: Models, run: Run, actions: readonly Action[]): Promise<void> {
  const marked = actions.filter(
    ({ item, firing }) => item?.processType !== 'LOST_LOAN' && firing.some(({ lost }) => lost?.markItem),
  );
  const lostAt = ({ loan }: Action) => losing(run, loan).at.getTime();
  for (const at of new Set(marked.map(lostAt))) {
    const lostThen = marked.filter((action) => lostAt(action) === at);
    await models.Item.updateMany(
      {
        institutionId: run.institutionId,
        _id: { $in: lostThen.map(({ loan }) => loan.itemId) },
        currentLoanId: { $in: lostThen.map(({ loan }) => loan._id) },
        // As they were read: an attempt that comes late finds them marked, and leaves them.
        processType: { $in: [...new Set(lostThen.flatMap(({ item }) => (item === null ? [] : [item.processType])))] },
      },
      { $set: { processType: 'LOST_LOAN', processTypeAt: new Date(at) }, $inc: { version: 1 } },
    );
  }
}

function feeOf(run: Run, loan: ReadLoan, fee: FeeToCharge, now: Date): Fee {
  const { userId, userGroup, libraryCode, itemId, barcode, title } = loan;
  return feeDocument(run, fee, { userId, userGroup, libraryCode, loanId: loan._id, itemId, barcode, title }, now);
}

/** Rules 7d and 8f: a notice whose effects are all there goes on to its letter, or needs none. False: some had been settled, or cancelled at the desk. */
async function settleNotices(models: Models, { institutionId }: Run, actions: readonly Action[]): Promise<boolean> {
  const groups = new Map<string, { profileId: string; lastState: NoticeState; loanIds: string[] }>();
  for (const { loan, firing } of actions) {
    for (const { profileId, noticeExists, firstState, lastState } of firing) {
      // A notice left by another run is DECIDED, whatever its profile has come to ask for since.
      if (firstState !== 'DECIDED' && !noticeExists) continue;
      const key = `${profileId} ${lastState}`;
      const group = groups.get(key) ?? { profileId, lastState, loanIds: [] };
      group.loanIds.push(loan._id);
      groups.set(key, group);
    }
  }
  let isSettled = true;
  for (const { profileId, lastState, loanIds } of groups.values()) {
    const { matchedCount } = await models.LoanNotice.updateMany(
      { institutionId, loanId: { $in: loanIds }, profileId, state: 'DECIDED' },
      { $set: { state: lastState }, $inc: { version: 1 } },
    );
    if (matchedCount < loanIds.length) isSettled = false;
  }
  return isSettled;
}
