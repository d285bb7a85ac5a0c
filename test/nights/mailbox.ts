/** Letters of loans-overdue-and-lost as their readers have them: what the mail itself says, and nothing of the store. */
import PostalMime from 'postal-mime';
import { listMail, sourceOf } from '../../cli/mail-catcher.js';

export interface Read {
  /** Id in the mail catcher, rising with time. */
  id: string;
  messageId: string;
  /** `2020-10-20 type 1 to 99999355250@patrons.example: CONC4000036 [Fine so far: $1.20]` */
  letter: string;
}

const types = [
  [/^A friendly reminder: /, 'type 1'],
  [/^Second reminder: /, 'type 2'],
  [/^Third reminder: /, 'type 3'],
  [/ been recorded as lost$/, 'lost'],
] as const;

/** What came after the mail `last`; null: all there is. */
export async function lettersAfter(folder: string, last: string | null): Promise<Read[]> {
  const arrived = await listMail(folder, { limit: Infinity });
  return Promise.all(arrived.filter(({ id }) => last === null || id > last).reverse().map(async ({ id, messageId, subject, envelopeTo }) => {
    const source = await sourceOf(folder, id);
    const { text = '' } = source === null ? {} : await PostalMime.parse(source);
    const type = types.find(([pattern]) => pattern.test(subject))?.[1] ?? subject;
    const loans = text.split(/^ {2}- /m).slice(1).map(loanOf).sort();
    return { id, messageId, letter: `${dayOf(text)} ${type} to ${envelopeTo.join()}: ${loans.join('; ')}` };
  }));
}

/** A loan's lines are indented; what follows an empty line is not its own. */
function loanOf(block: string): string {
  const lines = block.split('\n\n')[0]?.split('\n') ?? [];
  const barcode = lines.flatMap((line) => /Barcode: (\S+)$/.exec(line)?.[1] ?? []).join();
  const amounts = lines.flatMap((line) => /^ {4}(.+: \$[\d.,]+)$/.exec(line)?.[1] ?? []);
  return `${barcode} [${amounts.join(', ')}]`;
}

/** `… written automatically on Tuesday, March 4, 2025.` */
function dayOf(text: string): string {
  const [, day = ''] = /written automatically on \w+, (\w+ \d+, \d{4})\./.exec(text) ?? [];
  return new Date(`${day} UTC`).toISOString().slice(0, 10);
}
