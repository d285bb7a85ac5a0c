/** Somebody who is signed in and opens pages: each answer is timed to its first byte. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { demonstrationPassword } from '../cli/seed/staff.js';

/** A connection that was idle for so long is not used again: the server is about to close it. */
const IDLE_MS = 3_000;

export interface Answer {
  status: number;
  /** From the request to the first byte of the answer. */
  ms: number;
  text: string;
  cookie: string;
  location: string;
}

export type Open = (path: string) => Promise<Answer>;

/** By the form, as people do: the session it opens is checked at each request. */
export async function signedIn(url: string, primaryId: string): Promise<{ open: Open; leave: () => void }> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const form = new URLSearchParams({ primaryId, password: demonstrationPassword }).toString();
  const { status, cookie } = await send(agent, new URL('/sign-in', url), {}, form);
  if (status !== 303 || cookie === '') throw new Error(`${primaryId} was not signed in: ${status}`);
  return { open: (path) => send(agent, new URL(path, url), { cookie }, null), leave: () => agent.destroy() };
}

function send(agent: Agent, url: URL, headers: Record<string, string>, form: string | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const asking = request(url, {
      agent,
      method: form === null ? 'GET' : 'POST',
      headers: { ...headers, ...(form !== null && { 'content-type': 'application/x-www-form-urlencoded' }) },
    });
    asking.once('error', reject);
    asking.once('response', (response) => {
      const ms = performance.now() - startedAt;
      textOf(response).then(
        (text) =>
          resolve({
            status: response.statusCode ?? 0,
            ms,
            text,
            cookie: cookiesOf(response),
            location: response.headers.location ?? '',
          }),
        reject,
      );
    });
    asking.end(form ?? undefined);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += String(chunk);
  return text;
}

const cookiesOf = ({ headers }: IncomingMessage) =>
  (headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0]).join('; ');
