/** Ports of this machine: whether one is free, and waiting until a server listens on one. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** `preferred` when it is free, else any other; 0 prefers none. The system may give it away before it is used. */
export async function freePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  if (preferred !== 0 && !(await isFree(preferred, host))) return freePort(0, host);
  const server = createServer().listen(preferred, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
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
