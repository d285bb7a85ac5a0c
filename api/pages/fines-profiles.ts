/** Fines and fees notification profiles: list and form (fulfillment-loans.md, fines-fees-notifications, Configuration). */
import { Router, type Request, type Response } from 'express';
import { mayIn } from '../../domain/permissions.js';
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import {
  changeFinesProfile, createFinesProfile, finesProfileFields, finesProfileOf, listFinesProfiles, removeFinesProfile,
} from '../fines-profiles.js';
import { briefly, count } from '../format.js';
import { demandIn, viewerOf, type Viewer } from '../viewer.js';
import { finesFormFields, profileForm, profileInput, typedFrom, typeWords, type TypedProfile } from './fines-profile-form.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { majorUnits, typedIn } from './typed.js';

const PATH = '/fines-profiles';

export function finesProfilePages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const profiles = await listFinesProfiles(context, viewer);
    present(request, response, 'fines-profiles', {
      title: 'Fines and fees profiles',
      section: 'configuration',
      mayChange: mayChange(viewer),
      rows: profiles.toSorted(byType).map((profile) => row(profile, viewer, now())),
    });
  });

  router.get(`${PATH}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'fines and fees profiles');
    const fresh = finesProfileFields.parse({ name: 'x', notificationType: 1 });
    await show(request, response, null, typedFrom({ ...fresh, name: '' }, viewer.institution.currency), []);
  });

  router.get(`${PATH}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const profile = await finesProfileOf(context, viewer, request.params.id);
    await show(request, response, profile, typedFrom(profile, viewer.institution.currency), []);
  });

  router.post(`${PATH}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    await saved(request, response, form, null, (input) => createFinesProfile(context, viewer, input, authorOf(viewer, request.id)));
  });

  router.post(`${PATH}/:id`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await finesProfileOf(context, viewer, request.params.id);
    demandFormOf(before, form);
    await saved(request, response, form, before, (input) => changeFinesProfile(context, viewer, before, input, authorOf(viewer, request.id)));
  });

  router.post(`${PATH}/:id/delete`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await finesProfileOf(context, viewer, request.params.id);
    demandFormOf(before, form);
    await removeFinesProfile(context, viewer, before, authorOf(viewer, request.id));
    response.redirect(303, `${PATH}?done=profile-removed`);
  });

  /** Saves and goes back to the list; what is wrong is shown beside its field, with everything that was typed. */
  async function saved(
    request: Request, response: Response, form: Form, before: StoredFinesFeesProfile | null, save: (input: unknown) => Promise<unknown>,
  ): Promise<void> {
    const typed = typedIn(finesFormFields, form);
    const problems = await problemsOf(() => save(profileInput(typed, viewerOf(request).institution.currency)));
    if (problems.length > 0) return show(request, response, before, typed, problems);
    response.redirect(303, `${PATH}?done=profile`);
  }

  async function show(
    request: Request, response: Response, profile: StoredFinesFeesProfile | null, typed: TypedProfile, problems: readonly FieldProblem[],
  ): Promise<void> {
    const viewer = viewerOf(request);
    const { code: institutionId, currency } = viewer.institution;
    const libraries = await models.Library.find({ institutionId }).sort({ code: 1 }).lean();
    present(request, response, 'fines-profile', {
      title: profile === null ? 'New fines and fees profile' : profile.name,
      section: 'configuration',
      action: profile === null ? `${PATH}/new` : `${PATH}/${profile._id}`,
      remove: profile === null ? null : `${PATH}/${profile._id}/delete`,
      version: profile === null ? '' : String(profile.version),
      mayChange: mayChange(viewer),
      ...withProblems(problems),
      ...profileForm(typed, problems, { libraries, currency }),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

const mayChange = ({ grants }: Viewer): boolean => mayIn(grants, 'FULFILLMENT', 'CONFIGURE');

/** From the friendly reminder to the final notice. */
const byType = (one: StoredFinesFeesProfile, other: StoredFinesFeesProfile): number =>
  one.notificationType - other.notificationType || one.name.localeCompare(other.name);

function row(profile: StoredFinesFeesProfile, { zone, institution: { currency } }: Viewer, now: Date) {
  const { _id, name, active, notificationType, minimumBalance, notificationFee, libraries, userGroups, feeTypes, updatedAt } = profile;
  return {
    href: `${PATH}/${_id}`, name, type: typeWords[notificationType],
    from: `${majorUnits(minimumBalance, currency)} ${currency}`,
    times: timesOf(profile),
    fee: notificationFee === 0 ? 'none' : `${majorUnits(notificationFee, currency)} ${currency}`,
    forWhat: [...libraries, ...userGroups, ...feeTypes].join(', ') || 'all fees',
    badge: active ? { text: 'Active', tone: 'good', icon: 'check' } : { text: 'Inactive', tone: 'quiet', icon: 'skip' },
    changed: briefly(zone, updatedAt, now),
  };
}

/** Rule 3: `at 7 days, then every 14 days, 2 times`. */
function timesOf({ daysAfterCreation, repeatEveryDays, maxRepeats }: StoredFinesFeesProfile): string {
  const first = daysAfterCreation === 0 ? 'at once' : `at ${days(daysAfterCreation)}`;
  if (repeatEveryDays === null || maxRepeats === 0) return `${first}, once`;
  return `${first}, then every ${days(repeatEveryDays)}, ${maxRepeats === 1 ? 'once' : `${count(maxRepeats)} times`}`;
}

const days = (number: number): string => `${count(number)} ${number === 1 ? 'day' : 'days'}`;
