/** An SMTP server that misbehaves as a seed has it, and keeps what it accepted. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { drawFrom } from './draw.js';

const faults = ['421', '450', '552', 'SILENT_AT_RECIPIENT', 'SILENT_AFTER_TEXT', 'CUT_AFTER_ACCEPTING'] as const;
type Fault = (typeof faults)[number];

export interface Accepted {
  institutionId: string;
  /** With its angle brackets. */
  messageId: string;
}

/** Moments of a letter, told by the host name that the worker greets with. */
export type MailMoment = 'the text of a letter arrives' | 'a letter is accepted, and no answer given';

export interface ChaosMailServer {
  url: string;
  accepted: readonly Accepted[];
  /** How often each fault befell a letter; `550` is the refusal for good, which the undisturbed night meets too. */
  befell: Map<string, number>;
  /** Called at each moment, before it goes on; the greeting is `name` of the worker's address (`?name=`). */
  onMoment: (moment: MailMoment, greeting: string, institutionId: string) => void;
  /** Letters to these come through, but for 550. */
  spared: Set<string>;
  /** The clock of the test moves on. */
  timePasses(ms: number): void;
  close(): Promise<void>;
}

const PATRONS_WITH_FAULTS = 400;
const HOUR_MS = 60 * 60 * 1000;
const replies = { 421: '4.3.2 closing', 450: '4.2.0 try later', 552: 'mailbox full' };

/**
 * By address, whatever its institution: every tenth is accepted only an hour after it was first tried, every fortieth never (550 to its
 * text), and of the first four hundred patrons two in five meet one or two faults before: a silence holds a connection for seconds.
 */
export async function startChaosMailServer(seed: number): Promise<ChaosMailServer> {
  const accepted: Accepted[] = [];
  const toCome = new Map<string, Fault[]>();
  const firstTried = new Map<string, number>();
  let passed = 0;

  const faultFor = (address: string, at: 'RECIPIENT' | 'TEXT'): Fault | null => {
    if (house.spared.has(placeOf(address).institutionId)) return null;
    let left = toCome.get(address);
    if (left === undefined) toCome.set(address, (left = drawnFaults(seed, placeOf(address).patron)));
    const [next] = left;
    if (next === undefined || (at === 'TEXT') !== ['SILENT_AFTER_TEXT', 'CUT_AFTER_ACCEPTING'].includes(next)) return null;
    left.shift();
    note(next);
    return next;
  };
  const note = (what: string) => house.befell.set(what, (house.befell.get(what) ?? 0) + 1);
  const isTooEarly = (address: string): boolean => {
    const { institutionId, patron } = placeOf(address);
    if (house.spared.has(institutionId) || drawFrom(seed, `relay ${patron}`).below(10) > 0) return false;
    const now = Date.now() + passed;
    const first = firstTried.get(address) ?? now;
    firstTried.set(address, first);
    if (now - first >= HOUR_MS) return false;
    note('only after an hour');
    return true;
  };

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) => {
      const fault = faultFor(address, 'RECIPIENT');
      if (fault === 'SILENT_AT_RECIPIENT') return;
      if (fault === '421' || fault === '450' || fault === '552') return done(reply(Number(fault), replies[fault]));
      done(isTooEarly(address) ? reply(450, '4.7.1 greylisted') : null);
    },
    onData: (stream, session, done) => {
      const address = session.envelope.rcptTo[0]?.address ?? '';
      const { institutionId, patron } = placeOf(address);
      house.onMoment('the text of a letter arrives', session.hostNameAppearsAs, institutionId);
      void buffer(stream).then((source) => {
        if (isRefused(seed, patron)) {
          note('550');
          return done(reply(550, '5.6.0 no such letters here'));
        }
        const fault = faultFor(address, 'TEXT');
        if (fault === 'SILENT_AFTER_TEXT') return;
        const [, messageId = ''] = /^Message-ID: (<[^>]+>)/im.exec(source.toString('utf8')) ?? [];
        accepted.push({ institutionId, messageId });
        if (fault === 'CUT_AFTER_ACCEPTING') return cut(server, session);
        house.onMoment('a letter is accepted, and no answer given', session.hostNameAppearsAs, institutionId);
        done();
      }, () => undefined); // its worker was killed
    },
  });
  server.on('error', () => undefined); // connections of killed workers
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const house: ChaosMailServer = {
    url: `smtp://127.0.0.1:${port}?socketTimeout=2000&greetingTimeout=5000&connectionTimeout=5000`,
    accepted,
    befell: new Map(),
    onMoment: () => undefined,
    spared: new Set(),
    timePasses: (ms) => void (passed += ms),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return house;
}

function drawnFaults(seed: number, patron: string): Fault[] {
  if (Number(patron.slice(1)) >= PATRONS_WITH_FAULTS) return [];
  const draw = drawFrom(seed, `mail ${patron}`);
  const count = Math.max(0, draw.below(10) - 5 - draw.below(4));
  return Array.from({ length: Math.min(count, 2) }, () => draw.one(faults));
}

const isRefused = (seed: number, patron: string): boolean => drawFrom(seed, `refused ${patron}`).below(40) === 0;

/** `p00017.c01@example.org` is patron p00017 of institution c01. */
function placeOf(address: string): { patron: string; institutionId: string } {
  const [patron = '', institutionId = ''] = address.split('@')[0]!.split('.');
  return { patron, institutionId };
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function cut(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections as Set<{ id: string; _socket: Socket }>) {
    if (connection.id === session.id) connection._socket.destroy();
  }
}
