/**
 * What a mail server's answer, or its silence, means for one letter and for the queue (engine.md 3.1).
 *
 * Reply codes: RFC 5321. Enhanced codes `class.subject.detail`: RFC 3463; subject 1 is the address, 2 the mailbox, 7 policy.
 */
import { z } from 'zod';

export type Outcome =
  | { kind: 'ACCEPTED'; smtpCode: number; text: string }
  /** Tried again later. `serverAway`: nobody answered, so that the next letter would fare no better. */
  | { kind: 'TRANSIENT'; smtpCode: number | null; text: string; serverAway: boolean }
  /** Not tried again. `addressRefused`: there is no such mailbox, whatever the letter. */
  | { kind: 'REFUSED'; smtpCode: number | null; text: string; addressRefused: boolean }
  /** The connection broke after the text was handed over: the server may have accepted it or not. */
  | { kind: 'UNKNOWN'; smtpCode: null; text: string }
  /** The server refuses us: a wrong password, its policy. `byPolicy`: unless it takes other letters, then it is about this one. */
  | { kind: 'SENDER_REFUSED'; smtpCode: number | null; text: string; byPolicy: boolean };

/** What nodemailer puts on its errors; other errors are bugs of ours. */
const mailError = z.looseObject({
  message: z.string(),
  code: z.string(),
  command: z.string().optional(),
  response: z.string().optional(),
  responseCode: z.int().optional(),
});

/** Replies that ask for credentials or refuse them, whatever the command. */
const ABOUT_CREDENTIALS = [530, 534, 535, 538];
/** Commands before any letter was spoken of. */
const GREETINGS = ['CONN', 'EHLO', 'HELO', 'STARTTLS'];
const NO_SUCH_MAILBOX = [550, 551, 553];

export function accepted(response: string): Outcome {
  return { kind: 'ACCEPTED', smtpCode: Number.parseInt(response, 10), text: response };
}

/** `handedOver`: some of the text had left before the error came. What is no error of sending is thrown again. */
export function outcomeOf(thrown: unknown, handedOver: boolean): Outcome {
  const parsed = mailError.safeParse(thrown);
  if (!parsed.success) throw thrown;
  const { code, command = '', response = '', responseCode: smtpCode = null, message } = parsed.data;
  const text = response === '' ? message : response;

  if (['EAUTH', 'ENOAUTH', 'EOAUTH2'].includes(code)) return { kind: 'SENDER_REFUSED', smtpCode, text, byPolicy: false };
  if (smtpCode === null) {
    // An address that cannot be one never reaches the server.
    if (code === 'EENVELOPE') return { kind: 'REFUSED', smtpCode, text, addressRefused: true };
    return handedOver ? { kind: 'UNKNOWN', smtpCode, text } : { kind: 'TRANSIENT', smtpCode, text, serverAway: true };
  }
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
  if (ABOUT_CREDENTIALS.includes(smtpCode) || (smtpCode >= 500 && GREETINGS.includes(command))) {
    return { kind: 'SENDER_REFUSED', smtpCode, text, byPolicy: false };
  }
  if (enhanced.startsWith('5.7.')) return { kind: 'SENDER_REFUSED', smtpCode, text, byPolicy: true };

  // 552 without an enhanced code is a full mailbox as well, a later day may find it emptied.
  const mailboxFull = enhanced === '5.2.2' || (smtpCode === 552 && enhanced === '');
  // 503 says that the session went wrong: the same letter may pass on a new connection.
  if (smtpCode < 500 || mailboxFull || smtpCode === 503) {
    return { kind: 'TRANSIENT', smtpCode, text, serverAway: smtpCode === 421 };
  }
  // 5.1.7 and 5.1.8 speak of the sender's address.
  const noMailbox = enhanced === '' ? NO_SUCH_MAILBOX.includes(smtpCode) : /^5\.(1\.([0-6]|10)|2\.1)$/.test(enhanced);
  return { kind: 'REFUSED', smtpCode, text, addressRefused: command === 'RCPT TO' && noMailbox };
}
