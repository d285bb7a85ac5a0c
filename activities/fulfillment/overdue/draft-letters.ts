/** The letters of loans-overdue-and-lost: what they say, and what they cost (fulfillment-loans.md, S8.9; loans-overdue-and-lost, Effects). */
import { z } from 'zod';
import { loansOverdueAndLost, type Parameters } from '../../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { letterFeeKey, letterFeeOf, overdueLetterCode } from '../../../domain/fulfillment/loan-letters.js';
import { notificationTypes, profileTypes, type ProfileType } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Counters, Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Models } from '../../../models/models.js';
import { overdueLetterData, type OverdueLetterData } from '../../../templates/letters/overdue-letter-data.js';
import type { LetterRequest, Recipient } from '../../letters.js';
import { countLetters } from '../notices/count-letters.js';
import { feeDocument } from '../fees/fee-document.js';
import { letterPartsOf, requestOf, type LetterNotice, type LetterPart } from '../notices/letter-parts.js';
import type { LetterSettings } from '../notices/letter-settings.js';
import type { LetterPatron } from '../patron-letters.js';
import type { BegunLetters } from './begun-letters.js';
import { addFee, letterCounter } from './tally.js';

/** What the job noted when the profile fired. */
const noticeData = z.object({
  accruedFine: z.int(),
  notificationFee: z.int(),
  fees: overdueLetterData.shape.loans.element.shape.fees,
});

/** A letter about to be queued: what it says, and the fee that is charged for it. */
export interface Draft {
  request: LetterRequest;
  data: OverdueLetterData;
  kind: ProfileType;
  letterKey: string;
  user: LetterPatron;
}

/** Letters as their notices say, and their users; `leftOut` are the notices whose loan went another way meanwhile. */
export async function draftsOf(
  models: Models,
  run: Run,
  settings: LetterSettings,
  notices: readonly LetterNotice[],
  begun: BegunLetters,
): Promise<{ drafts: Draft[]; leftOut: Set<string>; users: ReadonlyMap<string, Recipient> }> {
  const { parts, leftOut, users } = await letterPartsOf(models, run, settings, notices, begun);
  const parameters = loansOverdueAndLost.parameters.parse(run.parameters);
  return { drafts: parts.map((part) => draftOf(run, parameters, part, begun)), leftOut, users };
}

/** The largest fee of a letter's profiles, whichever part their loans are in: the first part charges it. */
const notificationFeeOf = (notices: readonly LetterNotice[]): number =>
  letterFeeOf(notices.map(({ data }) => noticeData.parse(data).notificationFee));

function draftOf(run: Run, parameters: Parameters, part: LetterPart, begun: BegunLetters): Draft {
  const { letterKey, user } = part;
  const kind = z.enum(profileTypes).parse(part.told[0]!.notice.kind);
  const notificationFee = part.part === 1 ? (begun.fees.get(letterKey)?.originalAmount ?? notificationFeeOf(part.ofLetter)) : 0;
  const loans = part.told.map(({ inLetter, notice }) => {
    const { accruedFine, fees } = noticeData.parse(notice.data);
    return { ...inLetter, accruedFine, fees };
  });
  const feesOfLoans = loans.flatMap(({ fees }) => fees).reduce((sum, { amount }) => sum + amount, 0);
  const data: OverdueLetterData = {
    ...part.common,
    notificationType: kind === 'CHANGE_TO_LOST' ? null : notificationTypes.indexOf(kind) + 1,
    loans,
    totalFees: feesOfLoans + notificationFee,
    notificationFee,
  };
  return { request: requestOf(run, overdueLetterCode(kind, parameters), part, { ...data }), data, kind, letterKey, user };
}

/**
 * The fee for a letter is charged only if one goes out by any channel; otherwise the letter does not speak of it. One that was
 * charged already stands among the answer.
 */
export function settleFees(run: Run, drafts: readonly Draft[], planned: StoredLetter[], begun: BegunLetters, at: Date): Fee[] {
  return drafts.flatMap(({ request, data, letterKey, user }) => {
    if (data.notificationFee === 0) return [];
    const charged = begun.fees.get(letterKey);
    if (charged !== undefined) return [charged];
    const letters = planned.filter(({ dedupeKey }) => dedupeKey.startsWith(`${request.dedupeKey}:`));
    if (!letters.some(({ state }) => state === 'QUEUED')) {
      for (const letter of letters) letter.data = { ...data, totalFees: data.totalFees - data.notificationFee, notificationFee: 0 };
      return [];
    }
    const fee = { type: 'OVERDUE_NOTIFICATION_FINE', amount: data.notificationFee, currency: run.currency, dedupeKey: letterFeeKey(letterKey) };
    const owed = {
      userId: user._id, userGroup: user.userGroup ?? '', libraryCode: data.library?.code ?? null,
      loanId: null, itemId: null, barcode: null, title: null,
    };
    return [feeDocument(run, fee, owed, at)];
  });
}

/** What a page of letters adds to the report: `letters` are this run's own, `fees` those charged for them. */
export function countersOf(
  run: Run, drafts: readonly Draft[], letters: readonly StoredLetter[], fees: readonly { originalAmount: number }[],
): Counters {
  const counters: Counters = {};
  countLetters(counters, letters, drafts, letterCounter);
  for (const { originalAmount } of fees) addFee(counters, 'notificationFees', originalAmount, run.currency);
  return counters;
}
