/** Serves the endpoints: sign-in, institution, reading of the request, headers, the answer (platform.md 17). */
import { Router, type Request, type Response } from 'express';
import type { z } from 'zod';
import type { ApiContext } from '../context.js';
import { once } from '../idempotency.js';
import { inputProblems } from '../input-problems.js';
import { Refusal, type InputProblem } from '../refusal.js';
import { viewerIn, type Viewer } from '../viewer.js';
import { authorIn, type Endpoint, type Reply } from './endpoint.js';

/** Of a request whose sender is not known. */
export const NOBODY = 'Neither an API key (Authorization: Bearer alm_…) nor the cookie of a living session came with the request.';
export const BASE = '/api/v1/institutions/{code}';

/** Methods that a path does not have are 405, and say which it has. */
export function serve(context: ApiContext, endpoints: readonly Endpoint[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const methods = new Map<string, string[]>();
  for (const each of endpoints) {
    const path = expressPath(BASE + each.at);
    methods.set(path, [...(methods.get(path) ?? []), each.method.toUpperCase()]);
    router[each.method](path, async (request, response) => answer(context, each, request, response));
  }
  for (const [path, allowed] of methods) {
    router.all(path, (request, response) => {
      response.set('Allow', allowed.join(', '));
      throw new Refusal('method-not-allowed', `${request.method} was given; expected ${allowed.join(' or ')} at ${request.path}.`);
    });
  }
  return router;
}

async function answer(context: ApiContext, endpoint: Endpoint, request: Request, response: Response): Promise<void> {
  const viewer = await viewerAt(context, request);
  if (endpoint.status !== 204 && request.accepts('json') === false) {
    throw new Refusal('not-acceptable', `${request.headers.accept ?? ''} was given; expected an Accept that allows application/json.`);
  }
  const pathGiven = Object.fromEntries(Object.entries(request.params).filter(([name]) => name !== 'code'));
  const asked = {
    viewer,
    path: read(endpoint.path, pathGiven, 'parameter', 'The path'),
    query: read(endpoint.query, request.query, 'parameter', 'The query'),
    body: bodyOf(endpoint, request),
    version: endpoint.ifMatch ? versionOf(request) : 0,
    author: authorIn(viewer, request.id),
  };
  const work = async () => endpoint.handle(context, asked);
  const key = endpoint.method === 'post' ? idempotencyKey(request) : null;
  if (key === null && endpoint.onceOnly && viewer.actor.type === 'API_KEY') throw keyRequired();
  const { kept } = endpoint;
  const { answer: reply, replayed } = key === null
    ? { answer: await work(), replayed: false }
    : await once(context, { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: `POST ${request.path}`, key, body: request.body }, work, kept && ((done) => ({ ...done, body: kept(done.body) })));
  if (replayed) response.set('Idempotency-Replayed', 'true');
  send(endpoint, reply, request, response);
}

/** An institution that the person may not enter does not exist. */
async function viewerAt(context: ApiContext, request: Request): Promise<Viewer> {
  if (request.caller === undefined) throw new Refusal('unauthenticated', NOBODY);
  const { code } = request.params;
  const viewer = await viewerIn(context, request.caller, String(code));
  if (viewer === null) throw new Refusal('not-found', `There is no institution ${String(code)}.`);
  return viewer;
}

function read<T extends z.ZodType>(schema: T, input: unknown, place: 'body' | 'parameter', what: string): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = inputProblems(parsed.error, input, place);
  const said = problems.map(({ pointer, parameter, message }) => `${pointer ?? parameter ?? ''}: ${message}`).join('; ');
  throw new Refusal('validation-failed', `${what} is not valid. ${said}.`, problems);
}

function bodyOf(endpoint: Endpoint, request: Request): unknown {
  if (endpoint.method === 'get' || endpoint.method === 'delete') return undefined;
  const type = request.headers['content-type'];
  const empty = type === undefined && request.body === undefined;
  if (!empty && request.is('application/json') === false) {
    throw new Refusal('unsupported-media-type', `Content-Type ${type ?? 'nothing'} was given; expected application/json.`, [
      { parameter: 'Content-Type', code: 'invalid', message: `"${type ?? ''}" was given; expected application/json` },
    ]);
  }
  const body: unknown = request.body;
  return read(endpoint.body, body ?? {}, 'body', 'The body');
}

function versionOf(request: Request): number {
  const given = request.get('if-match');
  const expected = 'expected the ETag of the last answer, such as "3"';
  const wrong = (message: string): InputProblem[] => [{ parameter: 'If-Match', code: 'invalid', message }];
  if (given === undefined) throw new Refusal('precondition-required', `If-Match is missing; ${expected}.`, wrong(`nothing was given; ${expected}`));
  const [, version] = /^"(\d{1,9})"$/.exec(given) ?? [];
  if (version === undefined) throw new Refusal('malformed-request', `If-Match ${given} was given; ${expected}.`, wrong(`${given} was given; ${expected}`));
  return Number(version);
}

function idempotencyKey(request: Request): string | null {
  const given = request.get('idempotency-key');
  if (given === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(given)) return given;
  const message = `${JSON.stringify(given).slice(0, 60)} was given; expected 1 to 255 printable characters without blanks`;
  throw new Refusal('malformed-request', `Idempotency-Key: ${message}.`, [{ parameter: 'Idempotency-Key', code: 'invalid', message }]);
}

function keyRequired(): Refusal {
  const message = 'nothing was given; expected a value of your own for this one request, so that a repetition does nothing twice';
  return new Refusal('idempotency-key-required', `Idempotency-Key: ${message}.`, [{ parameter: 'Idempotency-Key', code: 'invalid', message }]);
}

function send({ status }: Endpoint, { body, version, location }: Reply<unknown>, request: Request, response: Response): void {
  response.status(status).set('Cache-Control', 'private, no-cache');
  if (version !== undefined) response.set('ETag', `"${version}"`);
  if (location !== undefined) response.location(expressPath(BASE).replace(':code', String(request.params['code'])) + location);
  if (status === 204) return void response.end();
  if (typeof body === 'object' && body !== null && 'next' in body && typeof body.next === 'string') response.links({ next: nextPage(request, body.next) });
  response.json(body);
}

function nextPage(request: Request, cursor: string): string {
  const [path = '', query] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** The record has the version that the caller read. */
export function demandVersion(record: { version: number }, version: number, label: string): void {
  if (record.version === version) return;
  const message = `"${version}" was given; expected "${record.version}", as ${label} was changed since`;
  throw new Refusal('precondition-failed', `${label} was changed by somebody else since version ${version} was read. Read it again.`, [
    { parameter: 'If-Match', code: 'changed', message },
  ]);
}
