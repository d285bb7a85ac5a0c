/** What the pages read of the mail catcher of the embedded installation. */

/** A message that was caught; `id` rises with time. */
export interface CaughtMail {
  id: string;
  receivedAt: string;
  from: string;
  to: string;
  subject: string;
  messageId: string;
}

export interface Mailbox {
  /** Newest first, those before the id `before`. */
  list(page: { limit: number; before: string | null }): Promise<CaughtMail[]>;
  read(id: string): Promise<(CaughtMail & { text: string | null; html: string | null; headers: { name: string; value: string }[] }) | null>;
  source(id: string): Promise<Buffer | null>;
}
