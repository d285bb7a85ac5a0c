/**
 * Queues letters for the jobs (README.md, "Letters"; fulfillment-loans.md S8): a job plans a page of letters, looks at who gets
 * one, and inserts them under their keys. Sending is the delivery's business (activities/mail.ts).
 */
import {
  channelsOf,
  emailAddressOf,
  languageOf,
  smsAddressOf,
  suppression,
  type Channel,
  type SendFormat,
  type SuppressedReason,
} from '../domain/letters.js';
import type { Problem } from '../domain/run.js';
import { newId } from '../models/document.js';
import { insertOnce } from '../models/insert-once.js';
import type { LetterState, StoredLetter } from '../models/letter.js';
import type { Models } from '../models/models.js';
import type { User } from '../models/user.js';
import { letterOf } from '../templates/letters.js';
import { languages } from '../templates/labels.js';
import { permanently } from './failures.js';

/** A recipient that is no user: its address and language are the caller's to know. */
export interface OtherRecipient {
  type: 'VENDOR' | 'PARTNER' | 'LIBRARY' | 'ADDRESS';
  id: string | null;
  name: string | null;
  address: string | null;
  /** BCP 47; null = the institution's default. */
  language: string | null;
}

/** What a job asks for: one letter by each channel of `sendFormat`. */
export interface LetterRequest {
  letterCode: string;
  /** What makes it one letter, without the channel; ends in the part. */
  dedupeKey: string;
  to: { userId: string } | OtherRecipient;
  /** Set when the letter is of one library: its address becomes the sender. */
  libraryCode: string | null;
  /** As the letter's type in templates/letters/ says; checked when it is rendered. */
  data: Record<string, unknown>;
  sendFormat: SendFormat;
  causes: { recordType: string; recordId: string }[];
  runId: string | null;
  part: number;
}

export interface LetterContext {
  models: Models;
  institutionId: string;
  now: () => Date;
}

export interface PlannedLetters {
  /** QUEUED or SUPPRESSED, complete, not yet written; or as it stands under its key. Of a user who does not exist there is none. */
  planned: StoredLetter[];
  /** WARNING NO_ADDRESS per user, INFO OPTED_OUT per user and LETTER_DISABLED per letter code. */
  problems: Problem[];
}

/** A letter as it stands under its key, whoever queued it. */
export interface QueuedLetter {
  letterId: string;
  state: LetterState;
  suppressedReason: SuppressedReason | null;
  runId: string | null;
  /** It was there before. */
  existed: boolean;
}

/**
 * Decides for a page of requests who gets a letter, by which channel, where and in which language. Writes nothing.
 *
 * One query each for users, letter settings, institution, gateway and letters that an earlier attempt wrote, whatever the number of
 * requests. What such a letter was decided to be stays: it may have left since. `read`: all users of the requests, by id, where the
 * caller has them.
 */
export async function planLetters(
  context: LetterContext,
  requests: readonly LetterRequest[],
  read?: ReadonlyMap<string, Recipient>,
): Promise<PlannedLetters> {
  if (requests.length === 0) return { planned: [], problems: [] };
  const { institutionId } = context;
  const [known, users] = await Promise.all([readForPlanning(context, requests), read ?? readRecipients(context, requests)]);
  const at = context.now();

  const planned: StoredLetter[] = [];
  const problems: Problem[] = [];
  for (const request of requests) {
    const user = 'userId' in request.to ? users.get(request.to.userId) : null;
    if (user === undefined) continue; // the caller's rules have said USER_MISSING
    const letters = channelsOf(request.sendFormat).map((channel) => {
      const standing = known.standing.get(letterKeyOf(request, channel));
      if (standing !== undefined) return standing;
      const recipient = recipientOf(request, user, channel, known.smsGatewayPattern);
      const { optOutAllowed } = letterOf(request.letterCode);
      const type = { code: request.letterCode, enabled: !known.disabled.has(request.letterCode), optOutAllowed };
      const language = 'userId' in request.to ? (user?.preferredLanguage ?? null) : request.to.language;
      return queuedLetter({
        institutionId, at, request, channel, recipient,
        language: languageOf(language, known.defaultLanguage, languages),
        suppressedReason: suppression(type, user, recipient.address),
      });
    });
    planned.push(...letters);
    problems.push(...problemsOf(request, user, letters));
  }
  return { planned, problems };
}

/**
 * Writes planned letters that are not there yet and answers how each stands now, by `dedupeKey` of the stored letter (with
 * channel). Repeatable: a key that exists keeps its first letter, also with other content.
 */
export async function insertLetters(models: Models, planned: readonly StoredLetter[]): Promise<Map<string, QueuedLetter>> {
  const there = await insertOnce(models.Letter, planned);
  const standing = new Map(planned.map((letter) => [letter.dedupeKey, queuedOf(letter, false)]));
  const keys = there.map((index) => planned[index]!.dedupeKey);
  if (keys.length === 0) return standing;
  const found = await models.Letter.find(
    { institutionId: planned[0]!.institutionId, dedupeKey: { $in: keys } },
    { dedupeKey: 1, state: 1, suppressedReason: 1, runId: 1 },
  ).lean();
  for (const letter of found) standing.set(letter.dedupeKey, queuedOf(letter, true));
  return standing;
}

interface Known {
  /** Codes of letters that the institution switched off. */
  disabled: Set<string>;
  defaultLanguage: string;
  smsGatewayPattern: string | null;
  /** By their stored key. */
  standing: Map<string, StoredLetter>;
}
/** Of a user, what decides whether and where a letter goes. */
export const recipientFields = { primaryId: 1, displayName: 1, status: 1, preferredLanguage: 1, emails: 1, phones: 1, letterOptOut: 1 } as const;
export type Recipient = Pick<User, '_id' | keyof typeof recipientFields>;

async function readRecipients({ models, institutionId }: LetterContext, requests: readonly LetterRequest[]): Promise<Map<string, Recipient>> {
  const userIds = [...new Set(requests.flatMap(({ to }) => ('userId' in to ? [to.userId] : [])))];
  const users = await models.User.find({ institutionId, _id: { $in: userIds } }, recipientFields).lean<Recipient[]>();
  return new Map(users.map((user) => [user._id, user]));
}

async function readForPlanning({ models, institutionId }: LetterContext, requests: readonly LetterRequest[]): Promise<Known> {
  const letterCodes = [...new Set(requests.map(({ letterCode }) => letterCode))];
  const keys = requests.flatMap((request) => channelsOf(request.sendFormat).map((channel) => letterKeyOf(request, channel)));
  const [switchedOff, institution, platform, letters] = await Promise.all([
    models.LetterConfig.find({ institutionId, letterCode: { $in: letterCodes }, enabled: false }, { letterCode: 1 }).lean(),
    models.Institution.findOne({ institutionId, code: institutionId }, { defaultLanguage: 1 }).lean(),
    models.PlatformSettings.findOne({ institutionId: '*' }, { smsGatewayPattern: 1 }).lean(),
    models.Letter.find({ institutionId, dedupeKey: { $in: keys } }).lean<StoredLetter[]>(),
  ]);
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}" to send letters for.`);
  return {
    disabled: new Set(switchedOff.map(({ letterCode }) => letterCode)),
    defaultLanguage: institution.defaultLanguage,
    smsGatewayPattern: platform?.smsGatewayPattern ?? null,
    standing: new Map(letters.map((letter) => [letter.dedupeKey, letter])),
  };
}

const letterKeyOf = ({ dedupeKey }: LetterRequest, channel: Channel): string => `${dedupeKey}:${channel}`;

function recipientOf(
  { to }: LetterRequest, user: Recipient | null, channel: Channel, smsGatewayPattern: string | null,
): StoredLetter['recipient'] {
  if (user !== null) {
    const address = channel === 'EMAIL' ? emailAddressOf(user.emails) : smsAddressOf(user.phones, smsGatewayPattern);
    return { type: 'USER', id: user._id, name: user.displayName, address };
  }
  if ('userId' in to) throw new TypeError(`user ${to.userId} was not read`);
  return { type: to.type, id: to.id, name: to.name, address: to.address };
}

/** The whole document: it goes in lean, so nothing fills in what is left out. */
function queuedLetter(given: {
  institutionId: string;
  at: Date;
  request: LetterRequest;
  channel: Channel;
  language: string;
  recipient: StoredLetter['recipient'];
  suppressedReason: SuppressedReason | null;
}): StoredLetter {
  const { institutionId, at, request, channel, language, recipient, suppressedReason } = given;
  return {
    _id: newId(),
    institutionId,
    letterCode: request.letterCode,
    channel,
    language,
    recipient,
    libraryCode: request.libraryCode,
    data: request.data,
    part: request.part,
    templateVersion: null,
    subject: null,
    bodyKey: null,
    attachments: [],
    causes: request.causes,
    runId: request.runId,
    dedupeKey: letterKeyOf(request, channel),
    state: suppressedReason === null ? 'QUEUED' : 'SUPPRESSED',
    suppressedReason,
    attempts: [],
    nextAttemptAt: suppressedReason === null ? at : null,
    leaseUntil: null,
    messageId: null,
    sentAt: null,
    resendOfId: null,
    hold: false,
    purgedAt: null,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

function queuedOf(
  letter: Pick<StoredLetter, '_id' | 'state' | 'suppressedReason' | 'runId'>, existed: boolean,
): QueuedLetter {
  const { _id, state, suppressedReason, runId } = letter;
  return { letterId: _id, state, suppressedReason, runId, existed };
}

/** One problem a user and code, whatever the channels; a switched-off letter is told once, under its own code. */
function problemsOf(request: LetterRequest, user: Recipient | null, letters: readonly StoredLetter[]): Problem[] {
  const { letterCode } = request;
  const withReason = (reason: SuppressedReason) => letters.filter(({ suppressedReason }) => suppressedReason === reason);
  const ofRecipient = {
    recordType: user === null ? letters[0]!.recipient.type.toLowerCase() : 'user',
    recordId: letters[0]!.recipient.id,
    recordLabel: user?.primaryId ?? letters[0]!.recipient.id,
    retryable: false,
  };
  const problems: Problem[] = [];
  const addressless = withReason('NO_ADDRESS').map(({ channel }) => channel);
  if (addressless.length > 0) {
    const channel = addressless.join('_AND_');
    const missing = addressless.map((each) => (each === 'EMAIL' ? 'e-mail address' : 'number for text messages')).join(' and no ');
    problems.push({
      ...ofRecipient, severity: 'WARNING', code: 'NO_ADDRESS',
      message: `There is no ${missing} for ${ofRecipient.recordLabel}: ${letterCode} was not sent.`,
      params: { channel, letterCode },
    });
  }
  if (withReason('OPTED_OUT').length > 0) {
    problems.push({
      ...ofRecipient, severity: 'INFO', code: 'OPTED_OUT',
      message: `${ofRecipient.recordLabel} does not want ${letterCode}.`,
      params: { letterCode },
    });
  }
  if (withReason('LETTER_DISABLED').length > 0) {
    problems.push({
      severity: 'INFO', code: 'LETTER_DISABLED',
      message: `${letterCode} is switched off: none was sent.`,
      params: { letterCode },
      recordType: 'letterConfig', recordId: letterCode, recordLabel: letterCode, retryable: false,
    });
  }
  return problems;
}
