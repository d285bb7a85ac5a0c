/** The reports of a page: what they say, and that they are queued (fulfillment-loans.md, notifications-activity-report, Effects). */
import type { ActivityLetter, ActivityReport } from '../../../domain/fulfillment/notifications-activity-report.js';
import type { Problem, Run } from '../../../domain/run.js';
import type { Institution } from '../../../models/institution.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Models } from '../../../models/models.js';
import type { ActivityReportData } from '../../../templates/letters/ful-user-borrowing-activity-letter.js';
import { insertLetters, planLetters, type LetterContext, type LetterRequest } from '../../letters.js';
import { feeInLetter } from '../fees/told-fee.js';
import { loanInLetter } from '../notices/letter-parts.js';
import { commonOf, patronFields, type LetterPatron } from '../patron-letters.js';
import type { ReadAccount } from './accounts.js';
import type { Ground } from './ground.js';
import { storedKeyOf, type JudgedAccount } from './judge.js';

const LETTER = 'FulUserBorrowingActivityLetter';

export interface Outcome {
  /** This run's own, as they stand: those of an earlier attempt among them. */
  letters: StoredLetter[];
  /** Of a missing address, and the like. */
  problems: Problem[];
}

/** Repeatable. `claimed`: keys of the letters that an earlier attempt at this page was about to write. */
export async function writeReports(context: LetterContext, run: Run, ground: Ground, judged: readonly JudgedAccount[], claimed: readonly string[]): Promise<Outcome> {
  const { models } = context;
  const left = await begunBefore(models, run, judged, claimed);
  const { planned, problems } = await plan(context, run, ground, judged, left);
  const queued = await insertLetters(models, planned);
  return { letters: planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId), problems };
}

/** The same for a preview: letters as they would be, and nothing written. */
export async function planOnly(context: LetterContext, run: Run, ground: Ground, judged: readonly JudgedAccount[]): Promise<Outcome> {
  const { planned: letters, problems } = await plan(context, run, ground, judged, []);
  return { letters, problems };
}

async function plan(context: LetterContext, run: Run, ground: Ground, judged: readonly JudgedAccount[], left: readonly StoredLetter[]) {
  const { models, institutionId } = context;
  const told = judged.filter(({ letters }) => letters.length > 0);
  const userIds = [...told.map(({ account }) => account.userId), ...left.flatMap(({ recipient }) => recipient.id ?? [])];
  if (userIds.length === 0) return { planned: [], problems: [] };
  const [users, institution] = await Promise.all([
    models.User.find({ institutionId, _id: { $in: userIds } }, patronFields).lean<LetterPatron[]>(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  const usersById = new Map(users.map((user) => [user._id, user]));
  const requests = told.flatMap(({ account, decision, letters }) => {
    const user = usersById.get(account.userId);
    if (decision.action === 'LEAVE' || user === undefined || institution === null) return [];
    return letters.map((letter) => requestOf(run, account.userId, letter, dataOf(run, ground, institution, user, account, decision.report, letter)));
  });
  return planLetters(context, [...requests, ...left.map(asBegun)], usersById);
}

/** Letters of an earlier attempt at this page to patrons whose accounts ask for none any more. */
async function begunBefore(models: Models, { institutionId, runId }: Run, judged: readonly JudgedAccount[], claimed: readonly string[]): Promise<StoredLetter[]> {
  const decided = new Set(judged.flatMap(({ letters }) => letters.map(({ letterKey }) => letterKey)));
  const others = claimed.filter((letterKey) => !decided.has(letterKey));
  if (others.length === 0) return [];
  return models.Letter.find({ institutionId, runId, dedupeKey: { $in: others.map(storedKeyOf) } }).lean<StoredLetter[]>();
}

function requestOf({ runId }: Run, userId: string, { letterKey, part, libraryCode, loanIds, feeIds }: ActivityLetter, data: ActivityReportData): LetterRequest {
  const causes = [...loanIds.map((recordId) => ({ recordType: 'loan', recordId })), ...feeIds.map((recordId) => ({ recordType: 'fee', recordId }))];
  return { letterCode: LETTER, dedupeKey: letterKey, to: { userId }, libraryCode, data: { ...data }, sendFormat: 'EMAIL', causes, runId, part };
}

const asBegun = ({ dedupeKey, recipient, libraryCode, data, causes, runId, part }: StoredLetter): LetterRequest => ({
  letterCode: LETTER, dedupeKey: dedupeKey.slice(0, dedupeKey.lastIndexOf(':')), to: { userId: recipient.id ?? '' }, libraryCode, data, sendFormat: 'EMAIL', causes, runId, part,
});

function dataOf(
  run: Run, { letters: settings, told }: Ground, institution: Institution, user: LetterPatron, account: ReadAccount, report: ActivityReport, { libraryCode, loanIds, feeIds }: ActivityLetter,
): ActivityReportData {
  const [loans, fees] = [new Map(account.loans.map((loan) => [loan._id, loan])), new Map(account.fees.map((fee) => [fee._id, fee]))];
  const overdue = new Map(report.overdue.map(({ loanId, accruedFine }) => [loanId, accruedFine]));
  const library = libraryCode === null ? undefined : settings.libraries.get(libraryCode);
  const listedFees = feeIds.map((id) => feeInLetter(fees.get(id)!, told));
  return {
    ...commonOf(run, institution, user, library),
    loans: loanIds.map((id) => {
      const loan = loans.get(id)!;
      return { ...loanInLetter(loan, settings.libraries.get(loan.libraryCode)?.name ?? loan.libraryCode), overdue: overdue.has(id), lost: loan.processStatus === 'LOST', accruedFine: overdue.get(id) ?? 0 };
    }),
    fees: listedFees,
    totalDebt: listedFees.reduce((sum, { balance }) => sum + balance, 0),
    totalAccrued: loanIds.reduce((sum, id) => sum + (overdue.get(id) ?? 0), 0),
  };
}
