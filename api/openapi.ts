/** The OpenAPI 3.1 document, made from the schemas that the endpoints read and answer with (platform.md 17). */
import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { titles } from './problems.js';
import { statusOf, type RefusalSlug } from './refusal.js';
import type { Endpoint } from './rest/endpoint.js';
import { BASE } from './rest/serve.js';

export const problemSchema = z.object({
  type: z.string().meta({ examples: ['/problems/validation-failed'] }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().describe('Number of the request, as in X-Request-Id and the log.'),
  errors: z.array(z.object({
    pointer: z.string().optional().describe('Place in the body, a JSON pointer.'),
    parameter: z.string().optional().describe('Name in the path, the query or the headers.'),
    code: z.string(),
    limit: z.number().optional().describe('Of code too_small the least that is right, of too_big the most.'),
    message: z.string().describe('The value that was given, and what was expected.'),
  })).optional(),
}).meta({ id: 'Problem' });

/** What every endpoint may answer with. */
const always: readonly RefusalSlug[] = ['unauthenticated', 'rate-limited', 'not-found', 'validation-failed', 'not-acceptable', 'method-not-allowed'];
const codePath = z.object({ code: z.string().meta({ examples: ['riverside'] }) });
const ifMatch = z.object({ 'If-Match': z.string().meta({ examples: ['"3"'] }) });
const idempotencyKey = (onceOnly: boolean) =>
  z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional().describe(`The same value again does nothing twice and repeats the first answer.${onceOnly ? ' Required with an API key.' : ''}`) });

export function openApiDocument(endpoints: readonly Endpoint[], institutions: RouteConfig) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'almanac_session', description: 'Set by POST /sign-in with the fields primaryId and password.' });
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer', bearerFormat: 'alm_…', description: 'Of the institution that made it, and of no other; 600 requests a minute.' });
  registry.registerPath(institutions);
  for (const each of endpoints) registry.registerPath(pathOf(each));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Almanac', version: '1', description: 'The scheduled jobs of a library. Times are RFC 3339 UTC; unknown fields are refused; every error is a problem document (RFC 9457).' },
    security: [{ apiKey: [] }, { session: [] }],
  });
}

function pathOf(endpoint: Endpoint): RouteConfig {
  const { method, at, tag, summary, path, query, body, status, answer } = endpoint;
  const withBody = method !== 'get' && method !== 'delete';
  return {
    method,
    path: BASE + at,
    tags: [tag],
    summary,
    request: {
      params: codePath.extend(path.shape),
      query,
      ...(endpoint.ifMatch ? { headers: ifMatch } : method === 'post' ? { headers: idempotencyKey(endpoint.onceOnly === true) } : {}),
      ...(withBody && { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      [status]: status === 204 ? { description: 'Done' } : { description: 'Done', content: { 'application/json': { schema: answer } } },
      ...problemResponses([...always, ...bodyRefusals(endpoint), ...endpoint.refusals]),
    },
  };
}

const bodyRefusals = ({ ifMatch: configuration, onceOnly, method }: Endpoint): RefusalSlug[] => [
  ...(onceOnly ? (['idempotency-key-required'] as const) : []),
  ...(configuration ? (['precondition-required', 'precondition-failed', 'malformed-request'] as const) : []),
  ...(method === 'post' ? (['idempotency-key-reused', 'request-in-progress', 'malformed-request'] as const) : []),
  ...(method === 'get' || method === 'delete' ? [] : (['unsupported-media-type', 'payload-too-large', 'malformed-request'] as const)),
];

/** One answer a status, which names its problem types. */
export function problemResponses(slugs: readonly RefusalSlug[]): RouteConfig['responses'] {
  const byStatus = new Map<number, RefusalSlug[]>();
  for (const slug of new Set(slugs)) byStatus.set(statusOf[slug], [...(byStatus.get(statusOf[slug]) ?? []), slug]);
  return Object.fromEntries([...byStatus].map(([status, same]) => [
    status,
    { description: same.map((slug) => `${titles[slug] ?? slug} (\`${slug}\`)`).join('; '), content: { 'application/problem+json': { schema: problemSchema } } },
  ]));
}
