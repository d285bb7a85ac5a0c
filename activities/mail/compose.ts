/** The message that carries a letter: sender, headers and addresses (engine.md 3.1; README.md, "Letters"). */
import type { LetterContent, StoredLetter } from '../../models/letter.js';
import type { Known } from './prepare.js';
import type { Message } from './mime.js';

export interface Sender {
  /** `MAIL_FROM`: used where neither the library nor the letter has an address of its own. */
  mailFrom: string;
  /** Where bounces are read; null: they go to the sender. */
  bounceDomain: string | null;
}

/** A letter without an address has been suppressed before; here it would be a bug. */
export function composeMessage(
  letter: StoredLetter, content: LetterContent, { configs, libraries }: Known, { mailFrom, bounceDomain }: Sender,
): Message {
  const { address, name } = letter.recipient;
  if (address === null) throw new TypeError(`letter ${letter._id} has no address`);
  const config = configs.get(letter.letterCode);
  const library = letter.libraryCode === null ? undefined : libraries.get(letter.libraryCode);
  const from = library?.email ? { name: library.name, address: library.email } : (config?.from ?? mailFrom);
  const sms = letter.channel === 'SMS';
  return {
    from,
    replyTo: config?.replyTo ?? null,
    to: sms || name === null ? address : { name, address },
    subject: sms ? null : content.subject,
    text: content.text,
    html: content.html,
    headers: {
      // RFC 3834: no machine answers this letter. The second header says the same to Exchange.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': letter.language,
    },
    messageId: messageIdOf(letter._id, bounceDomain ?? domainOf(mailFrom)),
    date: content.createdAt,
    boundary: letter._id,
    envelope: { from: bounceDomain === null ? bare(from) : `bounce+${letter._id}@${bounceDomain}`, to: address },
  };
}

/** The same for every attempt, so that a receiver recognises a repeat. */
const messageIdOf = (letterId: string, mailDomain: string) => `<ltr-${letterId}@${mailDomain}>`;

/** `Name <address>` or the address alone. */
function bare(from: Message['from']): string {
  if (typeof from !== 'string') return from.address;
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

const domainOf = (from: string) => bare(from).slice(bare(from).lastIndexOf('@') + 1);
