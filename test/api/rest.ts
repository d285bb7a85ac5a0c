/** What the tests of the REST API share: a library whose engine takes starts, and answers held against the API's own document. */
import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { bindOperations } from '../../api/bind-operations.js';
import type { Explain } from '../../domain/explanation.js';
import { openLibrary, type TestLibrary, type Visitor } from './library.js';

export const RIVERSIDE = '/api/v1/institutions/riverside';

export interface ApiLibrary extends TestLibrary {
  /** Workflow types that the engine was asked to start, in order. */
  started: string[];
  /** Workflow ids that it was asked to cancel. */
  cancelled: string[];
  /** Sends a request, and demands of an answer of success that it is as the document says. */
  call(visitor: Visitor, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: any; // oxlint-disable-line typescript/no-explicit-any -- its shape has been checked against the document
}

const explainLoan: Explain = async ({ record }) =>
  record === 'loan:31234000123'
    ? {
        recordType: 'loan', recordId: 'a'.repeat(24), label: '31234000123', decision: 'LEAVE', summary: 'Not due yet.',
        questions: [{ rule: '1 overdue', holds: false, compared: { daysOverdue: 0, userId: 'b'.repeat(24) } }], actions: [], problems: [],
      }
    : null;

export async function openApi(): Promise<ApiLibrary> {
  const library = await openLibrary();
  const started: string[] = [];
  const cancelled: string[] = [];
  // As much of the engine as a start, a stop and a look at it need.
  const client = {
    withDeadline: async (_at: number, work: () => Promise<unknown>) => work(),
    connection: { workflowService: { getSystemInfo: async () => ({}) } },
    workflow: {
      start: async (type: string) => void started.push(type),
      getHandle: (id: string) => ({ cancel: async () => void cancelled.push(id), signal: async () => undefined }),
    },
  } as unknown as Client;
  library.context.operations = bindOperations({
    models: library.models, client, now: library.context.now, taskQueue: 'no-worker', explainers: { 'loans-overdue-and-lost': explainLoan },
  });
  const document = (await (await fetch(`${library.address}/api/v1/openapi.json`)).json()) as Document;
  const call: ApiLibrary['call'] = async (visitor, method, path, body, headers) => {
    const answer: Answer = await visitor.json(method, path, body, headers);
    if (answer.status !== 204) demandShape(document, method, path, answer);
    return answer;
  };
  return Object.assign(library, { started, cancelled, call });
}

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>;
  components: { schemas: Record<string, object> };
}

/** The status is one that the document names for this endpoint, and the body has its schema, without any other field. */
function demandShape(document: Document, method: string, address: string, { status, headers, body }: Answer): void {
  const path = address.split('?')[0]!;
  const template = Object.keys(document.paths).find((each) => new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));
  assert.ok(template, `${path} is not in the document`);
  const described = document.paths[template]![method.toLowerCase()];
  assert.ok(described, `${method} ${template} is not in the document`);
  const type = headers.get('content-type')!.split(';')[0]!;
  const schema = described.responses[status]?.content?.[type]?.schema;
  assert.ok(schema, `${method} ${template} answered ${status} ${type}, which the document does not name: ${JSON.stringify(body)}`);
  const whole = resolved(document, schema) as Parameters<typeof z.fromJSONSchema>[0];
  const parsed = z.fromJSONSchema(whole).safeParse(body);
  assert.ok(parsed.success, `${method} ${template}: ${parsed.error?.message ?? ''}`);
}

/** The schema with what it refers to, and strict: what is not in it must not be answered. */
function resolved(document: Document, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((each) => resolved(document, each));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema as { $ref?: string };
  if ($ref !== undefined) return resolved(document, document.components.schemas[$ref.split('/').at(-1)!]);
  const strict = 'properties' in rest && !('additionalProperties' in rest) ? { ...rest, additionalProperties: false } : rest;
  return Object.fromEntries(Object.entries(strict).map(([name, value]) => [name, resolved(document, value)]));
}
