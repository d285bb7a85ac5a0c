/**
 * The effects of a page, in the order of rules 7-9, each under its own key: a crash between any two of them is repaired
 * by doing all again (fulfillment-loans.md, S10).
 */
import type { ProfileRef } from '../../../domain/fulfillment/loans-overdue-and-lost.js';
import type { FeeToCharge } from '../../../domain/fulfillment/overdue-fees.js';
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import type { Fee } from '../../../models/fee.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { LoanEvent, LoanNotice, NoticeState } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { isLosing, type Action } from './action.js';
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

/** Carries out a page's actions. Repeatable. */
export async function writeActions(models: Models, run: Run, ground: Ground, actions: readonly Action[], now: Date): Promise<Outcome> {
  await insertOnce(models.LoanNotice, actions.flatMap((action) => noticesOf(run, action, now)));

  const changedDuringRun = await loseLoans(models, run, actions.filter(isLosing));
  if (changedDuringRun.size > 0) await takeBackNotices(models, run, changedDuringRun);
  const done = actions.filter(({ loan }) => !changedDuringRun.has(loan._id));

  const lost = done.filter(isLosing);
  await insertOnce(models.LoanEvent, lost.map((action) => lostEvent(run, action, now)));
  await markItems(models, run, lost);
  await insertOnce(models.Fee, done.flatMap(({ loan, firing }) => firing.flatMap(({ fees }) => fees.map((fee) => feeOf(run, loan, fee, now)))));
  const blocked = await placeBlocks(models, run, ground, done, now);
  await settleNotices(models, run, done);
  return { changedDuringRun, blocked };
}

function noticesOf(run: Run, { loan, firing, superseded }: Action, now: Date): LoanNotice[] {
  const fresh = firing.filter(({ noticeExists }) => !noticeExists);
  return [
    ...fresh.map((fired) => {
      const { kind, profileId, sendFormat, letterKey, firstState, accruedFine, fees, notificationFee } = fired;
      const data = { accruedFine, notificationFee, fees: fees.map(({ type, amount }) => ({ type, amount })) };
      return notice(run, loan, { kind, profileId, sendFormat }, firstState, letterKey, data, now);
    }),
    ...superseded.map((profile) => notice(run, loan, profile, 'SUPERSEDED', '', {}, now)),
  ];
}

/** The whole document: it goes in lean. */
function notice(
  run: Run,
  loan: ReadLoan,
  { kind, profileId, sendFormat }: ProfileRef,
  state: NoticeState,
  letterKey: string,
  data: Record<string, unknown>,
  now: Date,
): LoanNotice {
  return {
    _id: newId(),
    institutionId: run.institutionId,
    loanId: loan._id,
    dueCycle: loan.dueCycle,
    kind,
    profileId,
    dayKey: '-',
    userId: loan.userId,
    libraryCode: loan.libraryCode,
    sendFormat,
    runId: run.runId,
    decidedAt: now,
    data,
    state,
    letterKey,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Rule 8b, one update for all loans of one state and profile; answers with the loans that were in another state.
 *
 * A loan that this run has lost before counts as done.
 */
async function loseLoans(models: Models, run: Run, actions: readonly Action[]): Promise<Set<string>> {
  const { institutionId, runId } = run;
  const changed = new Set<string>();
  for (const group of alike(actions.filter(({ loan }) => loan.processStatus !== 'LOST'))) {
    const { processStatus, dueCycle, profileId, ids } = group;
    const asOf = new Date(run.asOf);
    const update = await models.Loan.updateMany(
      { institutionId, _id: { $in: ids }, status: 'ACTIVE', dueCycle, processStatus },
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
    const found = await models.Loan.find({ institutionId, _id: { $in: ids } }, { processStatus: 1, lost: 1 }).lean();
    const lost = new Set(found.filter((loan) => loan.lost?.runId === runId).map(({ _id }) => _id));
    for (const id of ids) if (!lost.has(id)) changed.add(id);
  }
  return changed;
}

interface AlikeLoans {
  processStatus: ReadLoan['processStatus'];
  dueCycle: number;
  profileId: string;
  ids: string[];
}

function alike(actions: readonly Action[]): AlikeLoans[] {
  const groups = new Map<string, AlikeLoans>();
  for (const { loan, firing } of actions) {
    const { processStatus, dueCycle } = loan;
    const { profileId } = firing.find(({ lost }) => lost !== null)!;
    const key = `${processStatus} ${dueCycle} ${profileId}`;
    const group = groups.get(key) ?? { processStatus, dueCycle, profileId, ids: [] };
    group.ids.push(loan._id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Nothing was done to these loans, so nothing may say so: their rules may fire again. */
async function takeBackNotices(models: Models, { institutionId, runId }: Run, loanIds: ReadonlySet<string>): Promise<void> {
  await models.LoanNotice.deleteMany({ institutionId, loanId: { $in: [...loanIds] }, runId });
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
  const marked = actions.filter(({ item, firing }) => item?.processType !== 'LOST_LOAN' && firing.some(({ lost }) => lost?.markItem));
  const lostAt = ({ loan }: Action) => losing(run, loan).at.getTime();
  for (const at of new Set(marked.map(lostAt))) {
    const lostThen = marked.filter((action) => lostAt(action) === at);
    await models.Item.updateMany(
      {
        institutionId: run.institutionId,
        _id: { $in: lostThen.map(({ loan }) => loan.itemId) },
        currentLoanId: { $in: lostThen.map(({ loan }) => loan._id) },
      },
      { $set: { processType: 'LOST_LOAN', processTypeAt: new Date(at) }, $inc: { version: 1 } },
    );
  }
}

/** A fee as the rules decided it; `loan` null for a fee on a letter. */
export function feeDocument(
  run: Run,
  fee: Pick<FeeToCharge, 'amount' | 'dedupeKey' | 'currency'> & { type: string },
  owed: Pick<Fee, 'userId' | 'userGroup' | 'libraryCode' | 'loanId' | 'itemId' | 'barcode' | 'title'>,
  now: Date,
): Fee {
  return {
    _id: newId(),
    institutionId: run.institutionId,
    ...owed,
    type: fee.type,
    status: 'ACTIVE',
    originalAmount: fee.amount,
    balance: fee.amount,
    currency: fee.currency,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: fee.dedupeKey,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function feeOf(run: Run, loan: ReadLoan, fee: FeeToCharge, now: Date): Fee {
  const { userId, userGroup, libraryCode, itemId, barcode, title } = loan;
  return feeDocument(run, fee, { userId, userGroup, libraryCode, loanId: loan._id, itemId, barcode, title }, now);
}

/** Rules 7d and 8f: a notice whose effects are all there goes on to its letter, or needs none. */
async function settleNotices(models: Models, { institutionId }: Run, actions: readonly Action[]): Promise<void> {
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
  for (const { profileId, lastState, loanIds } of groups.values()) {
    await models.LoanNotice.updateMany(
      { institutionId, loanId: { $in: loanIds }, profileId, state: 'DECIDED' },
      { $set: { state: lastState }, $inc: { version: 1 } },
    );
  }
}
