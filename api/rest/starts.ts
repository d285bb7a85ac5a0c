/** What is asked of a job or a run at once: run, preview, explain, abort, approve, repeat (platform.md 4, 6 and 8). */
import { z } from 'zod';
import { recordTypes } from '../../catalogue/definition.js';
import type { StoredRun } from '../../models/run.js';
import { readableValues } from '../events.js';
import { Refusal } from '../refusal.js';
import { runOf } from '../runs.js';
import { scheduledJobOf } from '../scheduled-jobs.js';
import { abort, approve, demandRun, repeat, start } from '../starts.js';
import { endpoint } from './endpoint.js';
import { checkedParameters } from './scheduled-jobs.js';
import { reference, runPath, runSchema, shownRun } from './runs.js';
import { givenInstant, id, idPath, none, values } from './values.js';

const reason = z.string().trim().min(1).max(500);
const started = (run: StoredRun) => ({ body: shownRun(run), location: `/runs/${run._id}` });

const startRun = endpoint({
  method: 'post', at: '/scheduled-jobs/{id}/runs', tag: 'Runs', summary: 'Run a job now, or preview what it would do',
  path: idPath, query: none,
  body: z.strictObject({
    kind: z.enum(['RUN', 'DRY_RUN']),
    asOf: givenInstant.optional().describe('Of a preview; of a run only where the institution is a SANDBOX.'),
    parameters: values.optional().describe('Of a preview: others than the saved ones.'),
    runParameters: values.optional().describe('Of this start alone, as the job names them.'),
    reason: reason.optional(),
  }),
  status: 202, answer: runSchema, onceOnly: true,
  refusals: ['forbidden', 'job-inactive', 'job-not-available', 'on-hold', 'too-many-waiting', 'rate-limited', 'validation-failed', 'engine-unavailable'],
  handle: async (context, { viewer, path, body, author }) => {
    const listed = await scheduledJobOf(context, viewer, path.id);
    const { kind, asOf = null, parameters = null, runParameters = null } = body;
    demandRun(viewer, listed);
    if (kind === 'RUN' && parameters !== null) {
      const message = 'a RUN goes by the saved parameters; expected none here, or kind DRY_RUN';
      throw new Refusal('validation-failed', `parameters: ${message}.`, [{ pointer: '/parameters', code: 'invalid', message }]);
    }
    if (parameters !== null) checkedParameters(listed, parameters);
    return started(await start(context, viewer, listed, { trigger: kind === 'RUN' ? 'API' : 'DRY_RUN', asOf, parameters, runParameters }, author(body.reason)));
  },
});

const explain = endpoint({
  method: 'post', at: '/scheduled-jobs/{id}/explanations', tag: 'Scheduled jobs', summary: 'Why a job acts on a record, or leaves it; nothing is stored',
  path: idPath, query: none,
  body: z.strictObject({ recordType: z.enum(recordTypes), recordId: z.string().trim().min(1).max(100).describe('Its id, or what staff know it by: the barcode of a loan, the primary id of a user.'), asOf: givenInstant.optional() }),
  status: 200,
  answer: z.object({
    recordType: z.string(),
    recordId: id,
    label: z.string(),
    decision: z.enum(['ACT', 'LEAVE']),
    summary: z.string(),
    questions: z.array(z.object({ rule: z.string(), holds: z.boolean(), compared: values })).describe('Every question the rules asked, in order.'),
    actions: z.array(z.string()),
    problems: z.array(z.string()),
  }).meta({ id: 'Explanation' }),
  refusals: ['forbidden', 'job-not-available', 'validation-failed'],
  handle: async (context, { viewer, path, body }) => {
    const listed = await scheduledJobOf(context, viewer, path.id);
    demandRun(viewer, listed);
    const { institutionId, jobKey } = listed.job;
    const { recordType, recordId, asOf } = body;
    const explained = await context.operations.explainRecord({ institutionId, jobKey, record: `${recordType}:${recordId}`, ...(asOf !== undefined && { asOf }) });
    const questions = explained.questions.map(({ rule, holds, compared }) => ({ rule, holds, compared: readableValues(viewer.grants, compared) }));
    const { label, decision, summary, actions, problems } = explained;
    return { body: { recordType: explained.recordType, recordId: explained.recordId, label, decision, summary, questions, actions, problems } };
  },
});

const abortRun = endpoint({
  method: 'post', at: '/runs/{id}/abort', tag: 'Runs', summary: 'Stop a run; what it did stays done',
  path: runPath, query: none, body: z.strictObject({ reason: reason.default('Stopped through the API') }),
  status: 202, answer: runSchema,
  refusals: ['forbidden', 'already-final', 'engine-unavailable'],
  handle: async (context, { viewer, path, body, author }) => {
    const run = await runOf(context, viewer, reference(path.id));
    return started(await abort(context, viewer, run, body.reason, author(body.reason)));
  },
});

const approveRun = endpoint({
  method: 'post', at: '/runs/{id}/approve', tag: 'Runs', summary: 'Let a run go on that the guard stopped',
  path: runPath, query: none, body: z.strictObject({ reason: reason.default('Approved through the API') }),
  status: 202, answer: runSchema,
  refusals: ['forbidden', 'already-final', 'engine-unavailable'],
  handle: async (context, { viewer, path, body, author }) => {
    const run = await runOf(context, viewer, reference(path.id));
    return started(await approve(context, viewer, run, author(body.reason)));
  },
});

const repeats = ([['rerun', 'rerun', 'Run the same job once more'], ['retry-failed', 'retryFailed', 'Take up the failed records of a run again']] as const).map(([at, how, summary]) =>
  endpoint({
    method: 'post', at: `/runs/{id}/${at}`, tag: 'Runs', summary,
    path: runPath, query: none, body: z.strictObject({ reason: reason.optional() }),
    status: 202, answer: runSchema, onceOnly: true,
    refusals: ['forbidden', 'not-retryable', 'job-inactive', 'job-not-available', 'on-hold', 'too-many-waiting', 'rate-limited', 'engine-unavailable'],
    handle: async (context, { viewer, path, body, author }) => {
      const run = await runOf(context, viewer, reference(path.id));
      return started(await repeat(context, viewer, run, how, author(body.reason)));
    },
  }),
);

export const startEndpoints = [startRun, explain, abortRun, approveRun, ...repeats];
