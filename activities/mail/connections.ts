/**
 * Connections to a mail server, opened when they are needed and kept for the letters that follow.
 *
 * The conversation is nodemailer's. Its pool is not used: for each letter it parses addresses again and builds streams that a text in one
 * piece does not need, a third of what sending costs (docs/performance.md, "Letters").
 */
import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Wire } from './mime.js';

/** `handedOver`: some of the text had left before the error came. */
export type Answer = { response: string } | { error: NodeJS.ErrnoException & { responseCode?: number }; handedOver: boolean };

export interface Connections {
  /** Waits for a free connection, then for the server's answer or its silence. */
  send(wire: Wire): Promise<Answer>;
  /** Letters under way come to their end. */
  close(): void;
}

interface Line {
  connection: SMTPConnection;
  letters: number;
}

/** Before a server that counts says 421 to the next. */
const LETTERS_OF_A_CONNECTION = 100;

/** `most`: how many are open at once. */
export function createConnections(smtpUrl: string, most: number): Connections {
  const { auth, ...options } = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 60_000, ...parseConnectionUrl(smtpUrl) };
  let idle: Line[] = [];
  let busy = 0;
  let closed = false;
  const waiting: (() => void)[] = [];

  return {
    async send(wire) {
      if (busy === most) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy += 1;
      try {
        idle = idle.filter(({ connection }) => !connection.destroyed);
        const kept = idle.pop();
        const answer = kept === undefined ? null : await sendOver(kept, wire);
        // A server may hang up on a connection that waits. As nothing of the letter has left, another may take it.
        return answer === null || leftNothing(answer) ? await sendOver(await opened(), wire) : answer;
      } catch (error) {
        return { error: error as Error, handedOver: false };
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
    close() {
      closed = true;
      for (const { connection } of idle) connection.close();
    },
  };

  async function sendOver(line: Line, wire: Wire): Promise<Answer> {
    const answer = await conversation(line.connection, wire);
    line.letters += 1;
    const usable = line.letters < LETTERS_OF_A_CONNECTION && !closed && (!('error' in answer) || (isAboutLetter(answer) && await wasReset(line.connection)));
    if (usable) idle.push(line);
    else line.connection.close();
    return answer;
  }

  function opened(): Promise<Line> {
    const connection = new SMTPConnection(options);
    return new Promise<Line>((resolve, reject) => {
      const failed = (error: Error) => {
        reject(error);
        connection.close();
      };
      const open = (error: Error | null | undefined) => (error ? failed(error) : resolve({ connection, letters: 0 }));
      // Later ones are told to the letter that is under way.
      connection.on('error', failed);
      connection.on('end', () => failed(Object.assign(new Error('The mail server hung up.'), { code: 'ECONNECTION' })));
      connection.connect((error) => {
        if (error || auth === undefined || !connection.allowsAuth) open(error);
        else connection.login(auth, open);
      });
    });
  }
}

function conversation(connection: SMTPConnection, { envelope, text }: Wire): Promise<Answer> {
  const stream = new Readable({
    read() {
      this.push(text);
      this.push(null);
    },
  });
  return new Promise((resolve) => {
    connection.send({ ...envelope }, stream, (error, info) => {
      resolve(error || info === undefined ? { error: error ?? new TypeError('neither error nor answer'), handedOver: stream.readableDidRead } : { response: info.response });
    });
  });
}

/** The server refused a letter; the connection is as good as before. */
const isAboutLetter = (answer: Answer): boolean =>
  'error' in answer && ['EENVELOPE', 'EMESSAGE'].includes(answer.error.code ?? '') && answer.error.responseCode !== 421;

const leftNothing = (answer: Answer): boolean =>
  'error' in answer && !answer.handedOver && !isAboutLetter(answer);

function wasReset(connection: SMTPConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const broke = () => resolve(false);
    connection.once('end', broke);
    connection.reset((error) => {
      connection.off('end', broke);
      resolve(!error);
    });
  });
}
