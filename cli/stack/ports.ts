/** Ports of this machine: whether one is free, and waiting until a server listens on one. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../error-code.js';

/** An address that is none of this machine, or a port that its user may not open. */
export class CannotListen extends Error {
  constructor(host: string, port: number, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`No server can listen on ${host}:${port} (HOST, PORT): ${said}. Expected an address of this machine, and a port that its user may open.`, { cause });
    this.name = 'CannotListen';
  }
}

/** `preferred` when it is free, else any other; 0 prefers none. The system may give it away before it is used. Throws `CannotListen`. */
export async function freePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  return (await listenOnce(preferred, host)) ?? freePort(0, host);
}

/** Throws `CannotListen`. */
export const isFree = async (port: number, host: string): Promise<boolean> => (await listenOnce(port, host)) !== null;

/** The port on which a server listened for a moment; null where another does. */
async function listenOnce(asked: number, host: string): Promise<number | null> {
  const server = createServer().listen(asked, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return null;
    throw new CannotListen(host, asked, error);
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when something accepts connections on the port; rejects when `signal` is aborted before. */
export async function listening(port: number, signal: AbortSignal, host = '127.0.0.1'): Promise<void> {
  while (!(await accepts(port, host))) await pause(25, undefined, { signal });
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}
