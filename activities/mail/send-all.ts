/** Sends claimed letters, several at a time, and records each before its connection takes the next; those that wait for that, together. */
import type { Models } from '../../models/models.js';
import { composeMessage, type Sender } from './compose.js';
import { giveBack, recordOutcomes, type Attempt, type Attempted } from './letter-states.js';
import { markBounced } from './mark-bounced.js';
import type { Outcome } from './outcome.js';
import type { Known, Ready } from './prepare.js';
import { CONNECTIONS, type Transporter } from './transporters.js';

/** Why letters that are due stay queued: paused by staff; no answer from the mail server; it refuses us. */
export interface Stop {
  reason: 'PAUSED' | 'SERVER_AWAY' | 'SENDER_REFUSED';
  /** What the mail server said, or what happened instead. */
  text: string;
}

export interface Counts {
  sent: number;
  /** Without success, to be tried again. */
  retried: number;
  failed: number;
  suppressed: number;
}

type SenderRefused = Extract<Outcome, { kind: 'SENDER_REFUSED' }>;

/** The longest that a letter is under way: a minute for the rate, connecting, a greeting, and two silences of a minute. */
const LONGEST_SEND_MS = 3.5 * 60_000;

export async function sendAll(
  { models, now, ending }: { models: Models; now: () => Date; ending: AbortSignal },
  claimed: readonly Ready[], known: Known, sender: Sender, transporter: Transporter, counts: Counts,
): Promise<Stop | null> {
  const waiting = [...claimed];
  const refused: { ready: Ready; messageId: string; outcome: SenderRefused }[] = [];
  let away: Stop | null = null;
  let accepted = 0;

  const next = (): Ready | undefined => {
    const [first] = waiting;
    if (first === undefined || away !== null || refused.length > 0 || ending.aborted) return undefined;
    // Without a lease to its end, a letter could be sent twice; it is given back.
    const lease = first.letter.leaseUntil?.getTime() ?? 0;
    return now().getTime() < lease - LONGEST_SEND_MS ? waiting.shift() : undefined;
  };
  const note = together((attempts: readonly Attempt[]) => recordOutcomes(models, attempts));
  const record = async ({ letter, content }: Ready, messageId: string, outcome: Attempted) => {
    const state = await note({ letter, outcome, sent: { messageId, bodyKey: content._id, subject: content.subject }, at: now() });
    counts[state === 'SENT' ? 'sent' : state === 'FAILED' ? 'failed' : 'retried'] += 1;
    const { type, id, address } = letter.recipient;
    if (outcome.kind !== 'REFUSED' || !outcome.addressRefused || letter.channel !== 'EMAIL') return;
    if (type === 'USER' && id !== null && address !== null) await markBounced(models, letter.institutionId, id, address, now());
  };
  const connection = async () => {
    for (let ready = next(); ready !== undefined; ready = next()) {
      const message = composeMessage(ready.letter, ready.content, known, sender);
      const outcome = await transporter.send(message);
      if (outcome.kind === 'SENDER_REFUSED') {
        refused.push({ ready, messageId: message.messageId, outcome });
      } else {
        if (outcome.kind === 'TRANSIENT' && outcome.serverAway) away = { reason: 'SERVER_AWAY', text: outcome.text };
        if (outcome.kind === 'ACCEPTED') accepted += 1;
        await record(ready, message.messageId, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));

  // A server that takes other letters at the same time has nothing against us: its policy is about this letter.
  const aboutLetter = refused.filter(({ outcome }) => outcome.byPolicy && accepted > 0);
  for (const { ready, messageId, outcome } of aboutLetter) {
    await record(ready, messageId, { kind: 'REFUSED', smtpCode: outcome.smtpCode, text: outcome.text, addressRefused: false });
  }
  const aboutUs = refused.filter((each) => !aboutLetter.includes(each));
  await giveBack(models, [...aboutUs.map(({ ready }) => ready.letter), ...waiting.map(({ letter }) => letter)], now());
  const [refusal] = aboutUs;
  return refusal === undefined ? away : { reason: 'SENDER_REFUSED', text: refusal.outcome.text };
}

/** One call of `work` at a time: what is asked for meanwhile is done by the next call, all of it. */
function together<T, R>(work: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  let waiting: T[] = [];
  let next: Promise<readonly R[]> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const begin = () => {
    const items = waiting;
    waiting = [];
    next = null;
    return work(items);
  };
  return async (item) => {
    const index = waiting.push(item) - 1;
    last = next ??= last.then(begin, begin);
    return (await next)[index]!;
  };
}
