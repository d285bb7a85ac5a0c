/** Connections to the mail server: a small pool for each institution, because each has a rate of its own. */
import { createConnections } from './connections.js';
import { wireForm, type Message } from './mime.js';
import { accepted, outcomeOf, type Outcome } from './outcome.js';
import { createRate } from './rate.js';

/** Parallel connections of one institution; as many letters are under way at once. */
export const CONNECTIONS = 5;

export interface Transporter {
  /** Waits for its turn within the rate, then for the server's answer or its silence; never throws for what a server may do. */
  send(message: Message): Promise<Outcome>;
}

export interface Transporters {
  of(institutionId: string, perMinute: number): Transporter;
  close(): void;
}

/**
 * `smtpUrl`: `smtp://user:password@host:port`; options of the connection may follow as a query (`?socketTimeout=5000`).
 * `perMinute` is at least 1.
 */
export function createTransporters(smtpUrl: string): Transporters {
  const open = new Map<string, { perMinute: number; transporter: Transporter; close(): void }>();
  return {
    of(institutionId, perMinute) {
      let known = open.get(institutionId);
      if (known === undefined || known.perMinute !== perMinute) {
        known?.close();
        known = { perMinute, ...pooled(smtpUrl, perMinute) };
        open.set(institutionId, known);
      }
      return known.transporter;
    },
    close() {
      for (const { close } of open.values()) close();
      open.clear();
    },
  };
}

function pooled(smtpUrl: string, perMinute: number): { transporter: Transporter; close(): void } {
  const turn = createRate(perMinute, 60_000);
  const connections = createConnections(smtpUrl, CONNECTIONS);
  return {
    transporter: {
      async send(message) {
        const wire = wireForm(message);
        await turn();
        const answer = await connections.send(wire);
        return 'error' in answer ? outcomeOf(answer.error, answer.handedOver) : accepted(answer.response);
      },
    },
    close: () => connections.close(),
  };
}
