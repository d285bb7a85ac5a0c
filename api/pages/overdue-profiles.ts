/** Overdue and lost profiles: list and form (fulfillment-loans.md, loans-overdue-and-lost, Configuration). */
import { Router, type Request, type Response } from 'express';
import type { StoredOverdueLostProfile } from '../../models/fulfillment.js';
import { mayIn } from '../../domain/permissions.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { briefly, count } from '../format.js';
import {
  changeOverdueProfile, createOverdueProfile, listOverdueProfiles, overdueProfileFields, overdueProfileOf, removeOverdueProfile,
} from '../overdue-profiles.js';
import { demandIn, viewerOf, type Viewer } from '../viewer.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import { overdueFormFields, profileForm, profileInput, typedFrom, typeWords, type TypedProfile } from './overdue-profile-form.js';
import type { Present } from './present.js';
import { typedIn } from './typed.js';

const PATH = '/overdue-profiles';

export function overdueProfilePages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const profiles = await listOverdueProfiles(context, viewer);
    present(request, response, 'overdue-profiles', {
      title: 'Overdue and lost profiles',
      section: 'configuration',
      mayChange: mayChange(viewer),
      rows: profiles.toSorted(byStage).map((profile) => row(profile, viewer, now())),
    });
  });

  router.get(`${PATH}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'overdue profiles');
    const fresh = overdueProfileFields.parse({ name: 'x', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1 });
    await show(request, response, null, typedFrom({ ...fresh, name: '' }, viewer.institution.currency), []);
  });

  router.get(`${PATH}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const profile = await overdueProfileOf(context, viewer, request.params.id);
    await show(request, response, profile, typedFrom(profile, viewer.institution.currency), []);
  });

  router.post(`${PATH}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    await saved(request, response, form, null, (input) => createOverdueProfile(context, viewer, input, authorOf(viewer, request.id)));
  });

  router.post(`${PATH}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await overdueProfileOf(context, viewer, request.params.id);
    demandFormOf(before, form);
    await saved(request, response, form, before, (input) => changeOverdueProfile(context, viewer, before, input, authorOf(viewer, request.id)));
  });

  router.post(`${PATH}/:id/delete`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await overdueProfileOf(context, viewer, request.params.id);
    demandFormOf(before, form);
    await removeOverdueProfile(context, viewer, before, authorOf(viewer, request.id));
    response.redirect(303, `${PATH}?done=profile-removed`);
  });

  /** Saves and goes back to the list; what is wrong is shown beside its field, with everything that was typed. */
  async function saved(
    request: Request, response: Response, form: Form, before: StoredOverdueLostProfile | null, save: (input: unknown) => Promise<unknown>,
  ): Promise<void> {
    const typed = typedIn(overdueFormFields, form);
    const problems = await problemsOf(() => save(profileInput(typed, viewerOf(request).institution.currency)));
    if (problems.length > 0) return show(request, response, before, typed, problems);
    response.redirect(303, `${PATH}?done=profile`);
  }

  async function show(
    request: Request, response: Response, profile: StoredOverdueLostProfile | null, typed: TypedProfile, problems: readonly FieldProblem[],
  ): Promise<void> {
    const viewer = viewerOf(request);
    const { code: institutionId, currency } = viewer.institution;
    const [libraries, definitions] = await Promise.all([
      models.Library.find({ institutionId }).sort({ code: 1 }).lean(),
      models.UserBlockDefinition.find({ institutionId, active: true }).sort({ code: 1 }).lean(),
    ]);
    present(request, response, 'overdue-profile', {
      title: profile === null ? 'New profile' : profile.name,
      section: 'configuration',
      action: profile === null ? `${PATH}/new` : `${PATH}/${profile._id}`,
      remove: profile === null ? null : `${PATH}/${profile._id}/delete`,
      version: profile === null ? '' : String(profile.version),
      mayChange: mayChange(viewer),
      ...withProblems(problems),
      ...profileForm(typed, problems, { libraries, definitions, currency }),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

const mayChange = ({ grants }: Viewer): boolean => mayIn(grants, 'FULFILLMENT', 'CONFIGURE');

/** In the order in which a loan meets them. */
const byStage = (one: StoredOverdueLostProfile, other: StoredOverdueLostProfile): number =>
  one.daysAfterDueDate - other.daysAfterDueDate || one.name.localeCompare(other.name);

function row(profile: StoredOverdueLostProfile, { zone }: Viewer, now: Date) {
  const { _id, name, active, type, daysAfterDueDate, dayCount, libraries, userGroups, sendNotification, blockUser, createFine, updatedAt } = profile;
  const does = [
    ...(sendNotification ? ['letter'] : []), ...(createFine ? ['fine'] : []), ...(profile.notificationFee > 0 ? ['fee'] : []), ...(blockUser ? ['block'] : []),
    ...(type === 'CHANGE_TO_LOST' && profile.chargeReplacementFee ? ['replacement fee'] : []), ...(type === 'CHANGE_TO_LOST' && profile.chargeProcessFee ? ['process fee'] : []),
  ];
  return {
    href: `${PATH}/${_id}`, name, type: typeWords[type],
    after: `${count(daysAfterDueDate)} ${dayCount === 'OPEN' ? 'open ' : ''}${daysAfterDueDate === 1 ? 'day' : 'days'} late`,
    does: does.join(', '),
    forWhom: [...libraries, ...userGroups].join(', ') || 'all loans',
    badge: active ? { text: 'Active', tone: 'good', icon: 'check' } : { text: 'Inactive', tone: 'quiet', icon: 'skip' },
    changed: briefly(zone, updatedAt, now),
  };
}
