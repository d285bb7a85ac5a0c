/** What lies behind the report of a run: its events, the proposals of a preview, its letters (platform.md 7 and 8). */
import { z } from 'zod';
import { severities } from '../../domain/run.js';
import { eventsOf, readableProposal } from '../events.js';
import { allLetters, lettersOf } from '../letters.js';
import { runOf } from '../runs.js';
import { endpoint } from './endpoint.js';
import { letterFact, shownLetter } from './letters.js';
import { reference, runPath } from './runs.js';
import { anyOf, id, instant, iso, none, pageSchema, paging, values } from './values.js';

const tag = 'Runs';

const event = z
  .object({
    seq: z.int(),
    at: instant,
    severity: z.enum(severities),
    code: z.string(),
    message: z.string(),
    params: values,
    recordType: z.string().nullable(),
    recordId: z.string().nullable(),
    recordLabel: z.string().nullable(),
    retryable: z.boolean(),
    attempts: z.int(),
    resolvedInRunId: id.nullable(),
  })
  .meta({ id: 'RunEvent', description: 'Without the permission PATRON_DATA, patrons are masked.' });

const events = endpoint({
  method: 'get',
  at: '/runs/{id}/events',
  tag,
  summary: 'What happened in a run, in order',
  path: runPath,
  query: z.strictObject({
    severity: anyOf(z.enum(severities)),
    code: z.string().max(100).default(''),
    record: z.string().max(200).default('').describe('Id or label of a record.'),
    ...paging,
  }),
  body: z.undefined(),
  status: 200,
  answer: pageSchema(event),
  refusals: ['invalid-cursor'],
  handle: async (context, { viewer, path, query }) => {
    const run = await runOf(context, viewer, reference(path.id));
    const filter = { severities: query.severity, code: query.code, record: query.record };
    const { items, next } = await eventsOf(context, viewer.grants, run, filter, {
      limit: query.limit,
      cursor: query.cursor ?? null,
    });
    return {
      body: {
        items: items.map(
          ({
            seq,
            at,
            severity,
            code,
            message,
            params,
            recordType,
            recordId,
            recordLabel,
            retryable,
            attempts,
            resolvedInRunId,
          }) => ({
            seq,
            at: iso(at),
            severity,
            code,
            message,
            params,
            recordType,
            recordId,
            recordLabel,
            retryable,
            attempts,
            resolvedInRunId,
          }),
        ),
        next,
      },
    };
  },
});

const proposal = z
  .object({
    recordType: z.string(),
    recordId: z.string(),
    recordLabel: z.string(),
    action: z.string(),
    details: values,
  })
  .meta({ id: 'Proposal' });

const proposals = endpoint({
  method: 'get',
  at: '/runs/{id}/proposals',
  tag,
  summary: 'What a run would do, of a preview; none of any other run',
  path: runPath,
  query: none,
  body: z.undefined(),
  status: 200,
  answer: z.object({ items: z.array(proposal), next: z.null().describe('A preview keeps a thousand at the most.') }),
  refusals: [],
  handle: async (context, { viewer, path }) => {
    const { institutionId, _id: runId } = await runOf(context, viewer, reference(path.id));
    const batches = await context.models.RunBatch.find({ institutionId, runId }, { proposals: 1, batchNo: 1 })
      .sort({ batchNo: 1 })
      .lean();
    // A letter as it would read is for those who may know its patron.
    const mayRead = viewer.grants.institution.has('PATRON_DATA');
    const items = batches
      .flatMap((batch) => batch.proposals)
      .filter(({ recordType }) => mayRead || recordType !== 'letter');
    return { body: { items: items.map((each) => readableProposal(viewer.grants, each)), next: null } };
  },
});

const letters = endpoint({
  method: 'get',
  at: '/runs/{id}/letters',
  tag,
  summary: 'The letters that a run asked for, newest first',
  path: runPath,
  query: z.strictObject(paging),
  body: z.undefined(),
  status: 200,
  answer: pageSchema(letterFact),
  refusals: ['invalid-cursor'],
  handle: async (context, { viewer, path, query }) => {
    const run = await runOf(context, viewer, reference(path.id));
    const { items, next } = await lettersOf(
      context,
      viewer,
      { ...allLetters, run },
      { limit: query.limit, cursor: query.cursor ?? null },
    );
    return { body: { items: items.map((each) => shownLetter(viewer, each)), next } };
  },
});

export const runDetailEndpoints = [events, proposals, letters];
