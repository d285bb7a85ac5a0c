/** Run now, Preview and Explain a record: what a person asks a job to do or to say at once (platform.md 1 and 8). */
import { Router, type Request } from 'express';
import type { RecordType } from '../../catalogue/definition.js';
import { scheduleText } from '../../domain/schedule-text.js';
import { PREVIEW_KEPT_MS } from '../../models/new-run.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { briefly, count } from '../format.js';
import { onceAsTyped } from '../idempotency.js';
import { checked } from '../job-settings.js';
import { Refusal } from '../refusal.js';
import { scheduledJobOf, type ListedJob } from '../scheduled-jobs.js';
import { demandRun, start } from '../starts.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { spelledOut, statusBadge } from '../words.js';
import { besideFirstPart, formOf, oneTimeValue, problemsOf, type Beside, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import { localInstant, noInstant } from './local-time.js';
import { parameterFields, parametersInput } from './parameters-form.js';
import type { Present } from './present.js';
import { Query } from './query.js';
import { questionRow } from './question.js';
import { nextRuns } from './scheduled-job.js';

/** What staff know a record by, beside its id. */
const knownBy: Readonly<Partial<Record<RecordType, string>>> = { loan: 'barcode', user: 'primary id', block: 'primary id of its user', notification: 'primary id of its user' };

export function startForms(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;
  const listedOf = (request: Request<{ id: string }>) => scheduledJobOf(context, viewerOf(request), request.params.id);
  const about = ({ job }: ListedJob, heading: string) => ({
    title: `${heading}: ${job.name}`,
    section: 'scheduled' as const,
    name: job.name,
    page: `/scheduled-jobs/${job._id}`,
    once: oneTimeValue(),
  });

  async function confirmation(viewer: Viewer, listed: ListedJob, form: Form | null, problems: FieldProblem[]) {
    const { institutionId, _id: scheduledJobId, lastRun } = listed.job;
    const [last, preview] = await Promise.all([
      lastRun === null ? null : models.Run.findOne({ institutionId, _id: lastRun.runId }).lean(),
      models.Run.findOne({
        institutionId,
        scheduledJobId,
        trigger: 'DRY_RUN',
        submittedAt: { $gt: new Date(now().getTime() - PREVIEW_KEPT_MS) },
      })
        .sort({ submittedAt: -1, _id: -1 })
        .lean(),
    ]);
    const told = (run: typeof last) =>
      run === null
        ? null
        : {
            href: `/runs/${run.processId}`,
            badge: statusBadge(run),
            at: briefly(viewer.zone, run.endedAt ?? run.submittedAt, now()),
            selected: count(run.counters['recordsSelected'] ?? 0),
            changed: count(run.counters['recordsChanged'] ?? 0),
            letters: count(run.counters['lettersCreated'] ?? 0),
          };
    return {
      ...withProblems(problems),
      sandbox: viewer.institution.environment === 'SANDBOX',
      running: listed.openRun !== null,
      schedule: scheduleText(listed.job.schedule),
      next: listed.active ? (nextRuns(listed, viewer, now())[0] ?? null) : null,
      last: told(last),
      preview: told(preview),
      fields: parameterFields(listed.definition.runParameters, form === null ? {} : givenIn(listed, form), problems),
      asOf: form?.text('asOf') ?? '',
      asOfError: problems.find(({ field }) => field === 'asOf')?.message ?? null,
      zone: viewer.zone.timeZone,
    };
  }

  for (const [step, heading, trigger] of [
    ['run', 'Run now', 'MANUAL'],
    ['preview', 'Preview', 'DRY_RUN'],
  ] as const) {
    router.get(`/scheduled-jobs/:id/${step}`, async (request: Request<{ id: string }>, response) => {
      const viewer = viewerOf(request);
      const listed = await listedOf(request);
      demandStart(viewer, listed, trigger);
      present(request, response, `${step}-form`, {
        ...about(listed, heading),
        ...(await confirmation(viewer, listed, null, [])),
      });
    });

    router.post(`/scheduled-jobs/:id/${step}`, async (request: Request<{ id: string }>, response) => {
      const viewer = viewerOf(request);
      const form = formOf(request);
      const listed = await listedOf(request);
      demandStart(viewer, listed, trigger);
      const asOf = localInstant(viewer.zone, form.text('asOf'));
      const given = givenIn(listed, form);
      const runParameters = checked(listed.definition.runParameters, given);
      const problems = runParameters.problems.map(besideFirstPart);
      if (asOf === 'WRONG') problems.unshift({ field: 'asOf', message: noInstant(form.text('asOf')) });
      const refused = async (wrong: readonly FieldProblem[]) =>
        present(request, response, `${step}-form`, { ...about(listed, heading), ...(await confirmation(viewer, listed, form, [...wrong])) }, 422);
      if (asOf === 'WRONG' || runParameters.value === null) return refused(problems);
      const asked = {
        institutionId: viewer.institution.code,
        actorId: viewer.actor.id,
        route: request.path,
        key: form.text('once'),
        body: { asOf: form.text('asOf'), ...given },
      };
      const said = { trigger, asOf, parameters: null, runParameters: runParameters.value };
      const found = await problemsOf(async () => {
        const { answer } = await onceAsTyped(context, asked, async () => {
          const { processId } = await start(context, viewer, listed, said, authorOf(viewer, request.id, form.text('reason') || null));
          return { processId };
        });
        response.redirect(303, `/runs/${answer.processId}?done=started`);
      }, besideLastPart);
      if (found.length > 0) await refused(found);
    });
  }

  router.get('/scheduled-jobs/:id/explain', async (request, response) => {
    const viewer = viewerOf(request);
    const listed = await listedOf(request);
    demandStart(viewer, listed, 'DRY_RUN');
    const query = Query.of(request);
    const record = query.text('record');
    const asOf = localInstant(viewer.zone, query.text('asOf'));
    const wrong = asOf === 'WRONG' ? `As of: ${noInstant(query.text('asOf'))}` : null;
    const asked = record !== '' && asOf !== 'WRONG';
    const explained = asked ? await explain(context, listed, record, asOf) : null;
    const problem = wrong ?? (explained instanceof Refusal ? explained.message : null);
    present(
      request,
      response,
      'explain',
      {
        ...about(listed, 'Explain a record'),
        record,
        recordLabel: recordLabelOf(listed),
        asOf: query.text('asOf'),
        zone: viewer.zone.timeZone,
        problem,
        result:
          explained === null || explained instanceof Refusal
            ? null
            : {
                ...explained,
                act: explained.decision === 'ACT',
                questions: explained.questions.map((heard) => questionRow(viewer, heard)),
                history: `/records/${explained.recordType}/${explained.recordId}/jobs`,
              },
      },
      problem === null ? 200 : 422,
    );
  });

  return router;
}

/** `/runParameters/libraryCode` belongs to the field `libraryCode`. */
const besideLastPart: Beside = ({ pointer = '', message }) => ({ field: pointer.split('/').at(-1) ?? '', message });

/** What this start alone is given; a field that was left empty is not. */
const givenIn = ({ definition }: ListedJob, form: Form): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parametersInput(definition.runParameters, form)).filter(([, value]) => value !== ''));

function recordLabelOf({ definition: { explains, alsoExplains } }: ListedJob): string {
  if (explains === null) return 'Record';
  const other = knownBy[explains];
  return [`${spelledOut(explains)} id${other === undefined ? '' : ` or ${other}`}`, ...alsoExplains.map((type) => `${type}:id`)].join(', ');
}

/** A record that is not there is an answer to the form, not an error page. */
async function explain({ operations }: ApiContext, { job, definition }: ListedJob, record: string, asOf: Date | null) {
  const named = record.includes(':') || definition.explains === null ? record : `${definition.explains}:${record}`;
  try {
    return await operations.explainRecord({
      institutionId: job.institutionId,
      jobKey: job.jobKey,
      record: named,
      ...(asOf !== null && { asOf }),
    });
  } catch (error) {
    if (error instanceof Refusal && (error.slug === 'not-found' || error.slug === 'validation-failed')) return error;
    throw error;
  }
}

function demandStart(viewer: Viewer, listed: ListedJob, trigger: 'MANUAL' | 'DRY_RUN'): void {
  demandRun(viewer, listed);
  const { job, definition } = listed;
  if (!definition.available)
    throw new Refusal('job-not-available', `${job.name} is not yet available: it can be neither run nor previewed.`);
  if (trigger === 'MANUAL' && !job.active && !viewer.grants.operator) {
    throw new Refusal('job-inactive', `${job.name} is inactive: it can be previewed, and run once it is activated.`);
  }
}
