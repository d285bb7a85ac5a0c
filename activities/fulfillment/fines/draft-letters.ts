/** The letters of fines-fees-notifications: what they say and what they cost (fulfillment-loans.md, fines-fees-notifications, rule 4 and Effects). */
import { NOTIFICATION_FEE, notificationFeeKey, type DueLetter } from '../../../domain/fulfillment/fines-fees-notifications.js';
import type { SendFormat } from '../../../domain/letters.js';
import type { Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import type { Institution } from '../../../models/institution.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Models } from '../../../models/models.js';
import { finesFeesLetterData, type FinesFeesLetterData } from '../../../templates/letters/ful-fines-fees-notification-letter.js';
import type { LetterRequest } from '../../letters.js';
import { feeDocument } from '../fees/fee-document.js';
import { feeInLetter } from '../fees/told-fee.js';
import { commonOf, patronFields, type LetterPatron } from '../patron-letters.js';
import type { ReadFee } from './debtors.js';
import type { Ground } from './ground.js';
import { channelKeysOf, lettersOf, type JudgedDebtor } from './judge.js';

const LETTER = 'FulFinesFeesNotificationLetter';

/** A letter about to be queued. */
export interface Draft {
  request: LetterRequest;
  data: FinesFeesLetterData;
  letterKey: string;
  user: LetterPatron;
  /** Its fee, where a run before or an attempt before has charged it. */
  charged: boolean;
  /** By this run, wholly or by one of its ways: it stays as it was begun. */
  begun: boolean;
}

/**
 * The letters of a page as the rules decided, and those of `claimed` that an earlier attempt wrote to patrons who have paid since; with
 * the patrons they go to, by id.
 */
export async function draftsOf(
  models: Models, run: Run, ground: Ground, judged: readonly JudgedDebtor[], claimed: readonly string[],
): Promise<{ drafts: Draft[]; users: ReadonlyMap<string, LetterPatron> }> {
  const { institutionId, runId } = run;
  const due = judged.flatMap((debtor) => lettersOf(debtor.decision).map((letter) => ({ debtor, letter })));
  const decided = due.map(({ letter }) => letter.letterKey);
  const keys = [...new Set([...decided, ...claimed])];
  if (keys.length === 0) return { drafts: [], users: new Map() };
  const begun = await models.Letter.find({ institutionId, runId, dedupeKey: { $in: keys.flatMap(channelKeysOf) } }).lean<StoredLetter[]>();
  const ofKey = new Map(begun.map((letter) => [letter.dedupeKey.slice(0, letter.dedupeKey.lastIndexOf(':')), letter]));
  const userIds = [...new Set([...due.map(({ debtor }) => debtor.userId), ...begun.flatMap(({ recipient }) => recipient.id ?? [])])];
  const [users, institution] = await Promise.all([
    models.User.find({ institutionId, _id: { $in: userIds } }, patronFields).lean<LetterPatron[]>(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  const usersById = new Map(users.map((user) => [user._id, user]));
  if (institution === null) return { drafts: [], users: usersById };

  const drafts = due.flatMap(({ debtor, letter }): Draft[] => {
    const user = usersById.get(debtor.userId);
    if (user === undefined) return [];
    const standing = ofKey.get(letter.letterKey);
    if (standing !== undefined) return [asBegun(run, letter.letterKey, standing, user, letter.profile.sendFormat)];
    const charged = debtor.unsaid.get(letter.letterKey);
    const notificationFee = charged?.originalAmount ?? letter.profile.notificationFee;
    const data = dataOf(run, ground, institution, user, debtor.fees, letter, notificationFee);
    return [{ request: requestOf(run, letter.letterKey, user._id, letter.profile.sendFormat, data), data, letterKey: letter.letterKey, user, charged: charged !== undefined, begun: false }];
  });
  const left = [...ofKey].filter(([letterKey]) => !decided.includes(letterKey)).flatMap(([letterKey, standing]) => {
    const user = usersById.get(standing.recipient.id ?? '');
    return user === undefined ? [] : [asBegun(run, letterKey, standing, user, formatOf(ground, letterKey, standing))];
  });
  return { drafts: [...drafts, ...left], users: usersById };
}

function asBegun(run: Run, letterKey: string, { data: stored }: StoredLetter, user: LetterPatron, sendFormat: SendFormat): Draft {
  const data = finesFeesLetterData.parse(stored);
  return { request: requestOf(run, letterKey, user._id, sendFormat, data), data, letterKey, user, charged: data.notificationFee > 0, begun: true };
}

/** By the profile that the key names; where it is gone meanwhile, by the way that is written. */
const formatOf = ({ profiles }: Ground, letterKey: string, { channel }: StoredLetter): SendFormat =>
  profiles.find(({ profileId }) => letterKey.startsWith(`ffn:${profileId}:`))?.sendFormat ?? (channel === 'SMS' ? 'SMS' : 'EMAIL');

function requestOf({ runId }: Run, letterKey: string, userId: string, sendFormat: SendFormat, data: FinesFeesLetterData): LetterRequest {
  const causes = data.fees.map(({ feeId }) => ({ recordType: 'fee', recordId: feeId }));
  return { letterCode: LETTER, dedupeKey: letterKey, to: { userId }, libraryCode: null, data: { ...data }, sendFormat, causes, runId, part: 1 };
}

function dataOf(
  run: Run, { told }: Ground, institution: Institution, user: LetterPatron, fees: readonly ReadFee[], { profile, feeIds, total }: DueLetter, notificationFee: number,
): FinesFeesLetterData {
  const byId = new Map(fees.map((fee) => [fee._id, fee]));
  return {
    ...commonOf(run, institution, user, undefined),
    notificationType: profile.notificationType,
    fees: feeIds.map((id) => feeInLetter(byId.get(id)!, told)),
    total,
    notificationFee,
  };
}

/**
 * The fees for letters, which are charged only if one goes out by any way; otherwise the letter does not speak of it. Answers with
 * those that are not charged yet; of letters that are begun this was settled then.
 */
export function settleFees(run: Run, drafts: readonly Draft[], planned: StoredLetter[], at: Date): Fee[] {
  return drafts.filter(({ data, begun }) => data.notificationFee > 0 && !begun).flatMap(({ request, data, letterKey, user, charged }) => {
    const letters = planned.filter(({ dedupeKey }) => channelKeysOf(letterKey).includes(dedupeKey));
    if (!letters.some(({ state }) => state === 'QUEUED')) {
      request.data = { ...data, notificationFee: 0 };
      for (const letter of letters) letter.data = request.data;
      return [];
    }
    if (charged) return [];
    const fee = { type: NOTIFICATION_FEE, amount: data.notificationFee, currency: run.currency, dedupeKey: notificationFeeKey(letterKey) };
    const owed = { userId: user._id, userGroup: user.userGroup ?? '', libraryCode: null, loanId: null, itemId: null, barcode: null, title: null };
    return [feeDocument(run, fee, owed, at)];
  });
}
