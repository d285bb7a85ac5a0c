/** A real SMTP server that misbehaves as told: by the receiver's address, or altogether. Messages it accepted are kept, parsed. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What happens to mail for one address. A reply is `550 5.1.1 no such user`. */
export type Behaviour =
  | { atRecipient: string }
  | { afterText: string }
  | 'SILENT_AT_RECIPIENT'
  | 'CUT_AFTER_TEXT';

export interface Received extends Email {
  envelopeFrom: string;
  envelopeTo: string;
  source: string;
}

export interface MailServer {
  url: string;
  /** Its address, for a test in which it falls silent: half a second is waited for it. */
  impatientUrl: string;
  received: Received[];
  /** By address; nothing said: accepted. */
  behaviour: Map<string, Behaviour>;
  /** Refuses every password with this reply; null = takes anybody. */
  refuseLogin: string | null;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const received: Received[] = [];
  const behaviour: MailServer['behaviour'] = new Map();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    closeTimeout: 100,
    onAuth: ({ username }, _session, done) =>
      house.refuseLogin === null ? done(null, { user: username }) : done(reply(house.refuseLogin)),
    onRcptTo: ({ address }, _session, done) => {
      const told = behaviour.get(address);
      if (told === 'SILENT_AT_RECIPIENT') return;
      done(typeof told === 'object' && 'atRecipient' in told ? reply(told.atRecipient) : null);
    },
    onData: (stream, session, done) => {
      void buffer(stream).then(async (source) => {
        const envelopeTo = session.envelope.rcptTo[0]?.address ?? '';
        const told = behaviour.get(envelopeTo);
        if (told === 'CUT_AFTER_TEXT') return cut(server, session);
        if (typeof told === 'object' && 'afterText' in told) return done(reply(told.afterText));
        const { mailFrom } = session.envelope;
        const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
        received.push({ ...(await PostalMime.parse(source)), envelopeFrom, envelopeTo, source: source.toString('utf8') });
        done();
      });
    },
  });
  server.on('error', () => undefined); // connections that a test breaks
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const house: MailServer = {
    url: `smtp://almanac:secret@127.0.0.1:${port}`,
    impatientUrl: `smtp://almanac:secret@127.0.0.1:${port}?socketTimeout=500`,
    received,
    behaviour,
    refuseLogin: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return house;
}

function reply(text: string): Error {
  const [, code = '', message = ''] = /^(\d{3}) (.*)$/.exec(text) ?? [];
  return Object.assign(new Error(message), { responseCode: Number(code) });
}

function cut(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections as Set<{ id: string; _socket: Socket }>) {
    if (connection.id === session.id) connection._socket.destroy();
  }
}
