/** Turns what went wrong into one status and one body: a problem document for programs, a page for people (platform.md 17). */
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { ErrorRequestHandler, Request } from 'express';
import type { ApiContext } from './context.js';
import { Refusal, type InputProblem } from './refusal.js';

export interface Problem {
  slug: string;
  status: number;
  detail: string;
  problems: InputProblem[];
  /** In seconds. */
  retryAfter?: number | null;
}

export const titles: Readonly<Record<string, string>> = {
  'malformed-request': 'The request cannot be read', 'invalid-cursor': 'The cursor does not fit', 'idempotency-key-required': 'An Idempotency-Key is required',
  unauthenticated: 'Not signed in', forbidden: 'Not permitted', 'not-found': 'Not found', 'method-not-allowed': 'Method not allowed', 'not-acceptable': 'Not acceptable',
  'job-inactive': 'The job is inactive', 'job-not-available': 'The job is not yet available', 'on-hold': 'Jobs are on hold',
  'too-many-waiting': 'Too many runs are waiting', 'not-abortable': 'The run cannot be stopped now', 'already-final': 'The run has ended',
  'not-retryable': 'Nothing can be retried', 'not-possible': 'Not possible as it stands', duplicate: 'It exists already', 'request-in-progress': 'The first request is still at work', gone: 'No longer kept',
  'precondition-failed': 'Changed in the meantime', 'payload-too-large': 'Too large', 'unsupported-media-type': 'Unsupported media type',
  'validation-failed': 'Not valid', 'idempotency-key-reused': 'The Idempotency-Key was used for another request', 'precondition-required': 'If-Match is required',
  'rate-limited': 'Too many requests', internal: 'Something went wrong', 'engine-unavailable': 'The workflow engine cannot be reached',
};

/** Null: none of ours, an error of the program. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Refusal) return { slug: error.slug, status: error.status, detail: error.message, problems: error.problems, retryAfter: error.retryAfter };
  if (isGrpcServiceError(error) || error instanceof ServiceError) {
    const detail = 'Starts and stops of jobs wait until it answers again; everything else works.';
    return { slug: 'engine-unavailable', status: 503, detail, problems: [] };
  }
  // A path with a % that encodes nothing.
  if (error instanceof URIError) return { slug: 'malformed-request', status: 400, detail: `The address cannot be read: ${error.message}.`, problems: [] };
  return fromBodyParser(error);
}

/** What express says of a body it cannot read: an error with a status and a type. */
function fromBodyParser(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('status' in error) || !('type' in error)) return null;
  if (error.status === 413) return { slug: 'payload-too-large', status: 413, detail: 'The body of the request is larger than 1 MB.', problems: [] };
  if (error.status === 415) return { slug: 'unsupported-media-type', status: 415, detail: error.message, problems: [] };
  if (error.status === 400) {
    const message = `${error.message}; expected JSON in UTF-8`;
    return { slug: 'malformed-request', status: 400, detail: `The body cannot be read: ${message}.`, problems: [{ pointer: '', code: 'malformed', message }] };
  }
  return null;
}

const internal: Problem = {
  slug: 'internal', status: 500, detail: 'The error is in the log under the number of this request. Nothing was lost; you can try again.', problems: [],
};

/** The last handler: `page` answers people, programs get a problem document. */
export function answerErrors({ log }: ApiContext, page: (request: Request, problem: Problem) => Promise<string>): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(error) ?? internal;
    if (problem.status >= 500) log.error({ err: error, requestId: request.id, path: request.path }, 'request failed');
    response.status(problem.status);
    if (typeof problem.retryAfter === 'number') response.set('Retry-After', String(problem.retryAfter));
    if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
    if (isForPrograms(request)) response.type('application/problem+json').send(JSON.stringify(problemBody(request, problem)));
    else response.type('html').send(await page(request, problem));
  };
}

/** All of the API but its page to read. */
export const isForPrograms = ({ path }: Request): boolean => path.startsWith('/api/') && !path.startsWith('/api/docs');

export function problemBody(request: Request, { slug, status, detail, problems }: Problem) {
  return {
    type: `/problems/${slug}`, title: titles[slug] ?? slug, status, detail, instance: String(request.id),
    ...(problems.length > 0 && { errors: problems }),
  };
}
