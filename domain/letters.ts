/**
 * Who gets a letter, by which channel, to which address, in which language, and when delivery tries again.
 *
 * Specification: README.md, "Letters"; fulfillment-loans.md S8; platform.md 13. Settled when a letter is queued, except
 * `suppressionAtSending`, which asks again when its turn comes.
 */
import type { Instant } from './days.js';

export const sendFormats = ['EMAIL', 'SMS', 'EMAIL_AND_SMS'] as const;
export type SendFormat = (typeof sendFormats)[number];
export type Channel = 'EMAIL' | 'SMS';

export type SuppressedReason = 'NO_ADDRESS' | 'NOT_ALLOWED_ADDRESS' | 'RECIPIENT_DELETED' | 'OPTED_OUT' | 'LETTER_DISABLED';

/** What is settled about one kind of letter. */
export interface LetterType {
  code: string;
  /** Switched off by the institution. */
  enabled: boolean;
  /** Whether a person may say no to it: convenience yes, the person's own business no. */
  optOutAllowed: boolean;
}

/** The person a letter is for; null stands for a recipient that is no user (a library, an address). */
export interface Addressee {
  status: 'ACTIVE' | 'INACTIVE' | 'DELETED';
  /** Letter codes the person does not want. */
  letterOptOut: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** platform.md 13: how long after the first, second … unsuccessful attempt the next one is made; after the sixth there is none. */
const RETRY_AFTER = [MINUTE, 5 * MINUTE, 30 * MINUTE, 4 * HOUR, 19 * HOUR];

/** S8.7: what a gateway carries as three joined messages. */
const SMS_LENGTH = 480;

/** One letter a channel; there is no silent change from one to the other (S8.3). */
export function channelsOf(sendFormat: SendFormat): readonly Channel[] {
  return sendFormat === 'EMAIL_AND_SMS' ? ['EMAIL', 'SMS'] : [sendFormat];
}

/** S8.3: the preferred address that has not bounced, else the first that has not. */
export function emailAddressOf(emails: readonly { address: string; preferred: boolean; bounced: boolean }[]): string | null {
  const usable = emails.filter(({ address, bounced }) => address !== '' && !bounced);
  return (usable.find(({ preferred }) => preferred) ?? usable[0])?.address ?? null;
}

/**
 * S8.3 and S8.7: the gateway's mailbox of the number preferred for text messages.
 *
 * `gatewayPattern` is `{number}@…`; null (no gateway) is the same as no number. Numbers are typed with blanks, brackets and
 * dashes, which gateways do not know: the digits go.
 */
export function smsAddressOf(
  phones: readonly { number: string; preferredSms: boolean }[], gatewayPattern: string | null,
): string | null {
  const digits = phones.find(({ preferredSms }) => preferredSms)?.number.replace(/\D/g, '') ?? '';
  return gatewayPattern === null || digits === '' ? null : gatewayPattern.replace('{number}', digits);
}

/** Cuts between characters, not inside one: what lies outside the basic plane is two code units. */
export function cutForSms(text: string): string {
  return [...text].slice(0, SMS_LENGTH).join('');
}

/**
 * S8.4: the person's language, its base language, the institution's default, `en`: the first with a template.
 *
 * The answer keeps the region (`fr-CA` where only `fr` has templates), because days and amounts are written by region. What is
 * no language tag (`german`, empty) is passed over.
 */
export function languageOf(preferred: string | null, institutionDefault: string, withTemplates: readonly string[]): string {
  const spoken = [preferred, institutionDefault].flatMap((tag) => languageTag(tag) ?? []);
  return spoken.find((tag) => languagesBehind(tag).some((language) => withTemplates.includes(language))) ?? 'en';
}

/** A tag and what it falls back to, nearest first: `zh-Hant-TW`, `zh-Hant`, `zh`. */
export function languagesBehind(tag: string): string[] {
  const parts = tag.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

function languageTag(text: string | null): string | null {
  if (text === null) return null;
  try {
    const [tag] = Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'));
    return tag ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Why a letter may not go, settled when it is queued; null = it goes. The first reason that applies is kept. */
export function suppression(type: LetterType, addressee: Addressee | null, address: string | null): SuppressedReason | null {
  if (addressee?.status === 'DELETED') return 'RECIPIENT_DELETED';
  if (addressee !== null && type.optOutAllowed && addressee.letterOptOut.includes(type.code)) return 'OPTED_OUT';
  if (!type.enabled) return 'LETTER_DISABLED';
  return address === null ? 'NO_ADDRESS' : null;
}

/**
 * The same asked again when the letter's turn comes (platform.md 13): much may have changed since it was queued, and a test
 * system mails nobody outside `allowedEmails`.
 */
export function suppressionAtSending(
  type: LetterType,
  addressee: Addressee | null,
  address: string | null,
  institution: { environment: 'PRODUCTION' | 'SANDBOX'; allowedEmails: readonly string[] },
): SuppressedReason | null {
  const reason = suppression(type, addressee, address);
  if (reason !== null || address === null || institution.environment === 'PRODUCTION') return reason;
  return isAllowed(address, institution.allowedEmails) ? null : 'NOT_ALLOWED_ADDRESS';
}

/** An entry is an address or `*@domain`; subdomains are other domains. Case does not count. */
function isAllowed(address: string, allowedEmails: readonly string[]): boolean {
  const wanted = address.toLowerCase();
  const domain = wanted.slice(wanted.lastIndexOf('@'));
  return allowedEmails.some((entry) => {
    const allowed = entry.trim().toLowerCase();
    return allowed.startsWith('*@') ? allowed.slice(1) === domain : allowed === wanted;
  });
}

/** When to try again after `attempts` attempts without success; null = given up. */
export function nextAttemptAfter(attempts: number, at: Instant): Instant | null {
  const wait = RETRY_AFTER[attempts - 1];
  return wait === undefined ? null : at + wait;
}
