/** What a letter is to everyone who writes or renders one. */
import type { Reader, Spoken } from './reader.js';

export interface Letter {
  /** As letters administration and the job specifications call it. */
  readonly code: string;
  /** Its templates are `templates/letters/<template>.html.hbs`, `.txt.hbs` and, where `sms`, `.sms.hbs`. */
  readonly template: string;
  /** Templates like the others, of one line: the subject, and what a mailbox shows beside it. */
  readonly subject: string;
  readonly preview: string;
  /** Whether it may go as a text message. */
  readonly sms: boolean;
  /** Whether a person may say no to it. */
  readonly optOutAllowed: boolean;
  /** The stored data in one reader's words, days and amounts; data of another shape is a ZodError. */
  view(data: unknown, spoken: Spoken): { reader: Reader; view: LetterView };
  /** Stored data to look at, by what it shows: one record, many, an edge. */
  readonly samples: Readonly<Record<string, unknown>>;
}

/** What the layout shows of every letter. */
export interface LetterView {
  /** The library, where the letter is of one, else the institution. */
  readonly senderName: string;
  /** The institution, where it is not the sender. */
  readonly institutionLine: string | null;
  /** Why the reader got this letter, and when it was written. */
  readonly footer: string;
}
