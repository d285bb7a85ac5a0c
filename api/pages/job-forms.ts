/** The forms of a scheduled job: schedule, parameters, activation; each saves one thing and leads back to the job's page. */
import { Router, type Request } from 'express';
import { may } from '../../domain/permissions.js';
import { scheduleText } from '../../domain/schedule-text.js';
import type { Schedule } from '../../domain/schedule.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { checkParameters, checkSchedule, demandConfigure, demandSchedule, saveActivation, saveParameters, saveSchedule } from '../job-settings.js';
import { Refusal } from '../refusal.js';
import { scheduledJobOf, type ListedJob } from '../scheduled-jobs.js';
import { forbidden, viewerOf } from '../viewer.js';
import { besideFirstPart, formOf, type FieldProblem, type Form } from './form.js';
import { parameterFields, parametersInput } from './parameters-form.js';
import type { Present } from './present.js';
import { scheduleInput, scheduleParts, typedFrom, typedIn } from './schedule-form.js';
import { nextRuns } from './scheduled-job.js';

const REASON_LENGTH = 500;

export function jobForms(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { now } = context;
  const listedOf = (request: Request<{ id: string }>) => scheduledJobOf(context, viewerOf(request), request.params.id);
  const about = ({ job }: ListedJob, heading: string) => ({
    title: `${heading}: ${job.name}`, section: 'scheduled' as const, name: job.name, page: `/scheduled-jobs/${job._id}`, version: job.version,
  });

  router.get('/scheduled-jobs/:id/schedule', async (request, response) => {
    const listed = await listedOf(request);
    demandSchedule(viewerOf(request), listed);
    const { job, definition } = listed;
    present(request, response, 'schedule-form', {
      ...about(listed, 'Schedule'),
      ...withProblems([]),
      kinds: scheduleParts(definition.scheduleKinds, job.schedule.kind, typedFrom(job.schedule), []),
      now: scheduleText(job.schedule),
      before: nextRuns(listed, viewerOf(request), now()),
      after: null,
    });
  });

  router.post('/scheduled-jobs/:id/schedule', async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const listed = await listedOf(request);
    demandSchedule(viewer, listed);
    const { value, problems } = checkSchedule(listed, scheduleInput(form));
    const kind = form.text('kind');
    // The ids of the fields carry the kind; the summary links to them.
    const beside = problems.map(besideFirstPart);
    const preview = value !== null && form.ticked('preview');
    if (value === null || preview) {
      present(request, response, 'schedule-form', {
        ...about(listed, 'Schedule'),
        version: form.text('version'),
        ...withProblems(beside.map(({ field, message }) => ({ field: field === 'kind' || field === '' ? 'kind' : `${kind}.${field}`, message }))),
        kinds: scheduleParts(listed.definition.scheduleKinds, kind, typedIn(form), beside),
        now: scheduleText(listed.job.schedule),
        before: nextRuns(listed, viewer, now()),
        after: value === null ? null : { text: scheduleText(value), next: nextRuns({ job: { ...listed.job, schedule: value } }, viewer, now()) },
      }, preview ? 200 : 422);
      return;
    }
    await saveSchedule(context, viewer, ofVersion(listed, form), value satisfies Schedule, authorOf(viewer, request.id));
    response.redirect(303, `/scheduled-jobs/${listed.job._id}?done=schedule`);
  });

  router.get('/scheduled-jobs/:id/parameters', async (request, response) => {
    const listed = await listedOf(request);
    demandConfigure(viewerOf(request), listed);
    const fields = parameterFields(listed.definition.parameters, listed.job.parameters, []);
    present(request, response, 'parameters-form', { ...about(listed, 'Parameters'), ...withProblems([]), fields });
  });

  router.post('/scheduled-jobs/:id/parameters', async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const listed = await listedOf(request);
    demandConfigure(viewer, listed);
    const input = parametersInput(listed.definition.parameters, form);
    const { value, problems } = checkParameters(listed, input);
    if (value === null) {
      const beside = problems.map(besideFirstPart);
      const fields = parameterFields(listed.definition.parameters, input, beside);
      present(request, response, 'parameters-form', { ...about(listed, 'Parameters'), version: form.text('version'), ...withProblems(beside), fields }, 422);
      return;
    }
    await saveParameters(context, ofVersion(listed, form), value, authorOf(viewer, request.id));
    response.redirect(303, `/scheduled-jobs/${listed.job._id}?done=parameters`);
  });

  router.get('/scheduled-jobs/:id/activation', async (request, response) => {
    const viewer = viewerOf(request);
    const listed = await listedOf(request);
    if (!may(viewer.grants, 'ACTIVATE')) throw forbidden('ACTIVATE');
    present(request, response, 'activation-form', {
      ...about(listed, listed.job.active ? 'Deactivate' : 'Activate'),
      ...withProblems([]),
      active: listed.job.active,
      schedule: scheduleText(listed.job.schedule),
      next: nextRuns(listed, viewer, now()),
      running: listed.openRun !== null,
    });
  });

  router.post('/scheduled-jobs/:id/activation', async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const listed = await listedOf(request);
    const active = form.text('active') === 'yes';
    const reason = form.text('reason').slice(0, REASON_LENGTH);
    await saveActivation(context, viewer, ofVersion(listed, form), active, authorOf(viewer, request.id, reason === '' ? null : reason));
    response.redirect(303, `/scheduled-jobs/${listed.job._id}?done=${active ? 'activated' : 'deactivated'}`);
  });

  return router;
}

/** The form was made from a version of the record; a later one is not overwritten. */
function ofVersion(listed: ListedJob, form: Form): ListedJob {
  if (form.text('version') === String(listed.job.version)) return listed;
  throw new Refusal('precondition-failed', `${listed.job.name} was changed by somebody else while you had the form open. Open it again to see how it is set now.`);
}

export const withProblems = (problems: readonly FieldProblem[]) => ({ problems, onlyOne: problems.length === 1 });
