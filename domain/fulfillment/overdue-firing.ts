/**
 * What one profile does to one loan once it fires.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost, rules 6-9.
 */
import type { SendFormat } from '../letters.js';
import { overdueFine } from '../overdue-fine.js';
import { overdueLetterKey } from './loan-letters.js';
import type { OverdueBlock } from './overdue-blocks.js';
import { lostFees, notificationFines, type FeeToCharge } from './overdue-fees.js';
import { warning } from './overdue-loan.js';
import type { OverdueContext, OverdueLoan, OverdueProblem } from './overdue-loan.js';
import type { OverdueLostProfile, ProcessStatus, ProfileType } from './overdue-lost-profiles.js';
import { isReachable } from './patrons.js';

/** One profile that fires, and everything it does. */
export interface Firing {
  kind: ProfileType;
  profileId: string;
  /** Its notice is there already, of this run or left DECIDED by another: the effects are completed, not decided again. */
  noticeExists: boolean;
  /** The state its notice is inserted in, and the state it ends in before letters are built. */
  firstState: 'DECIDED' | 'LETTER_PENDING' | 'NO_LETTER';
  lastState: 'LETTER_PENDING' | 'NO_LETTER';
  sendFormat: SendFormat;
  /** `''` where no letter goes out. */
  letterKey: string;
  /** Minor units, once for the letter the loan is in. */
  notificationFee: number;
  /** Each more than 0. */
  fees: FeeToCharge[];
  block: OverdueBlock | null;
  /** Overdue fine at `asOf`, for the letter; posted only where it is among the fees. */
  accruedFine: number;
  /** Only of CHANGE_TO_LOST: the count the loan then has, and whether its item becomes LOST_LOAN. */
  lost: { lostCount: number; markItem: boolean } | null;
}

/**
 * What a profile does to a loan: also used to complete a notice that an earlier run left DECIDED.
 *
 * A loan that this profile has made lost already is to be handed in as it was before, `beforeLost`.
 */
export function firingOf(
  loan: OverdueLoan,
  profile: OverdueLostProfile,
  noticeExists: boolean,
  context: OverdueContext,
): { firing: Firing; problems: OverdueProblem[] } {
  const { currency, moment } = context;
  const library = context.libraries.get(loan.libraryCode);
  const policies = context.termsOfUse.get(loan.touId);
  const reachable = isReachable(loan.userId, context.users);
  const item = context.items.get(loan.itemId);
  const problems: OverdueProblem[] = [];

  const accrued =
    policies === undefined || library === undefined ? null : overdueFine(loan, policies, library.calendar, moment.asOf);
  let fees: FeeToCharge[] = [];
  let lost: Firing['lost'] = null;
  if (profile.type === 'CHANGE_TO_LOST') {
    lost = { lostCount: loan.lostCount + 1, markItem: item?.currentLoanId === loan.loanId };
    if (item === undefined) problems.push(warning('ITEM_MISSING', { itemId: loan.itemId }));
    if (policies !== undefined && reachable) {
      const sources = {
        replacementCost: item?.replacementCost ?? null,
        defaultReplacementCost: library?.defaultReplacementCost ?? null,
        currency,
        convert: context.convert,
      };
      const charged = lostFees(
        loan,
        lost.lostCount,
        profile,
        policies,
        sources,
        context.overdueAtLostLoan ? accrued : null,
      );
      fees = charged.fees;
      problems.push(
        ...charged.problems.map((code) => warning(code, { itemId: loan.itemId, ...sources.replacementCost })),
      );
    }
  } else if (policies !== undefined && reachable) fees = notificationFines(loan, profile, profile.type, policies, currency);

  const block = reachable ? blockOf(profile) : null;
  const sends = reachable && profile.sendNotification;
  const lastState = sends ? 'LETTER_PENDING' : 'NO_LETTER';
  const { type: kind, profileId, sendFormat, notificationFee } = profile;
  const { runId, grouping } = context;
  const firing: Firing = {
    kind,
    profileId,
    noticeExists,
    firstState: lost !== null || fees.length > 0 || block !== null ? 'DECIDED' : lastState,
    lastState,
    sendFormat,
    letterKey:
      sends && loan.userId !== null
        ? overdueLetterKey(runId, { ...loan, userId: loan.userId, kind, sendFormat }, grouping)
        : '',
    notificationFee: sends ? notificationFee : 0,
    fees,
    block,
    accruedFine: accrued?.amount ?? 0,
    lost,
  };
  return { firing, problems };
}

/** A lost loan as it was when the profile fired; its fine is that of `lost.at`, which the context's moment has to be then. */
export function beforeLost(loan: OverdueLoan, previousStatus: ProcessStatus): OverdueLoan {
  return { ...loan, processStatus: previousStatus, lostCount: loan.lostCount - 1 };
}

function blockOf({ blockUser, blockDefinitionId, blockMode, blockDays }: OverdueLostProfile): OverdueBlock | null {
  return blockUser && blockDefinitionId !== null && blockMode !== null
    ? { definitionId: blockDefinitionId, mode: blockMode, days: blockDays }
    : null;
}
