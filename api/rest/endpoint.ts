/**
 * One endpoint of the REST API: what it takes and answers as zod schemas, and what it does (platform.md 17).
 *
 * Requests are read by the very schemas that the OpenAPI document shows. An endpoint does one thing for one viewer in one institution;
 * `serve.ts` has done the reading, the sign-in and the headers before.
 */
import type { z } from 'zod';
import { authorOf, type Author } from '../changes.js';
import type { ApiContext } from '../context.js';
import type { RefusalSlug } from '../refusal.js';
import type { Viewer } from '../viewer.js';

export interface Asked<Path, Query, Body> {
  viewer: Viewer;
  path: Path;
  query: Query;
  body: Body;
  /** The version of If-Match; 0 for an endpoint that asks for none. */
  version: number;
  author: (reason?: string | null) => Author;
}

export interface Reply<Answer> {
  body: Answer;
  /** Becomes the ETag. */
  version?: number;
  /** Below the institution: `/runs/…`. */
  location?: string;
}

type Shape = z.ZodObject;

interface Spec<Path extends Shape, Query extends Shape, Body extends z.ZodType, Answer extends z.ZodType> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1/institutions/{code}`, with `{name}` for what `path` names. */
  at: string;
  tag: string;
  summary: string;
  path: Path;
  query: Query;
  /** null: the request has no body. */
  body: Body;
  /** Of a successful answer; 204 has no body. */
  status: 200 | 201 | 202 | 204;
  answer: Answer;
  /** Changes a configuration: If-Match is required. */
  ifMatch?: true;
  /** Done twice it would harm: of a program an Idempotency-Key is required. */
  onceOnly?: true;
  /** What of the answer is stored for a repeated request; left out: all of it. */
  kept?: (answer: z.input<Answer>) => z.input<Answer>;
  /** Beside those that every endpoint may answer with. */
  refusals: readonly RefusalSlug[];
  handle: (context: ApiContext, asked: Asked<z.output<Path>, z.output<Query>, z.output<Body>>) => Promise<Reply<z.input<Answer>>>;
}

/** An endpoint whose types are settled: what `serve.ts` and the OpenAPI document need of it. */
export interface Endpoint extends Pick<Spec<Shape, Shape, z.ZodType, z.ZodType>, 'method' | 'at' | 'tag' | 'summary' | 'path' | 'query' | 'body' | 'status' | 'answer' | 'ifMatch' | 'onceOnly' | 'refusals'> {
  // Methods, so that each endpoint's own types may stand here: `serve.ts` hands over what these very schemas gave out.
  kept?(answer: unknown): unknown;
  handle(context: ApiContext, asked: Asked<unknown, unknown, unknown>): Promise<Reply<unknown>>;
}

export function endpoint<Path extends Shape, Query extends Shape, Body extends z.ZodType, Answer extends z.ZodType>(
  spec: Spec<Path, Query, Body, Answer>,
): Endpoint {
  return spec;
}

export const authorIn = (viewer: Viewer, requestId: unknown) => (reason: string | null = null) => authorOf(viewer, requestId, reason);
