/** API keys: list, a new one, one with what it may, and its end (platform.md 11 and 16). */
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { addMonths, dayNumber, dayText, localDay, startOfDay } from '../../domain/days.js';
import type { ApiKey } from '../../models/api-key.js';
import { apiKeyFields, apiKeyOf, createApiKey, listApiKeys, revokeApiKey, rolesOfKeys, stateOf, type KeyState } from '../api-keys.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { briefly, lastOf, when } from '../format.js';
import { onceAsTyped } from '../idempotency.js';
import { checked, valid } from '../job-settings.js';
import { demand, viewerOf, type Viewer } from '../viewer.js';
import { spelledOut, type Badge } from '../words.js';
import { demandFormOf, formOf, messageFor, oneTimeValue, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';
import { options } from './query.js';

const PATH = '/api-keys';

const badges: Readonly<Record<KeyState, Badge>> = {
  ACTIVE: { text: 'Valid', tone: 'good', icon: 'check' },
  EXPIRED: { text: 'Expired', tone: 'quiet', icon: 'clock' },
  REVOKED: { text: 'Revoked', tone: 'quiet', icon: 'stop' },
};
const roleWords = Object.fromEntries(rolesOfKeys.map((role) => [role, spelledOut(role)]).toSorted(([, one = ''], [, other = '']) => one.localeCompare(other)));

export function apiKeyPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const keys = await listApiKeys(context, viewer);
    const rows = keys.map((key) => ({
      href: `${PATH}/${key._id}`,
      name: key.name,
      begins: beginning(key),
      roles: rolesText(key),
      expires: lastOf(viewer.zone, key.expiresAt),
      used: briefly(viewer.zone, key.lastUsedAt, now()),
      badge: badges[stateOf(key, now())],
    }));
    present(request, response, 'api-keys', { title: 'API keys', section: 'configuration', rows });
  });

  router.get(`${PATH}/new`, (request, response) => {
    const { zone } = viewerOf(request);
    showForm(request, response, { name: '', roles: [], lastDay: dayText(addMonths(localDay(zone, now().getTime()), 3)) }, []);
  });

  router.post(`${PATH}/new`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const typed = { name: form.text('name'), roles: form.list('roles'), lastDay: form.text('expiresAt') };
    const asked = { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: request.path, key: form.text('once'), body: typed };
    const create = async () => {
      const fields = valid('API key', checked(apiKeyFields, { name: typed.name, roles: typed.roles, expiresAt: endOf(viewer, typed.lastDay) }));
      const { stored, key } = await createApiKey(context, viewer, fields, authorOf(viewer, request.id));
      return { id: stored._id, key };
    };
    const problems = await problemsOf(async () => {
      const { answer: { id, key } } = await onceAsTyped<{ id: string; key: string | null }>(context, asked, create, (made) => ({ ...made, key: null }));
      showKey(request, response, await apiKeyOf(context, viewer, id), { justMade: true, secret: key });
    });
    if (problems.length > 0) showForm(request, response, typed, problems);
  });

  router.get(`${PATH}/:id`, async (request, response) => {
    showKey(request, response, await apiKeyOf(context, viewerOf(request), request.params.id), { justMade: false, secret: null });
  });

  router.post(`${PATH}/:id/revoke`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await apiKeyOf(context, viewer, request.params.id);
    if (before.revokedAt === null) demandFormOf(before, form); // of one that is revoked, that is said
    await revokeApiKey(context, viewer, before, authorOf(viewer, request.id));
    response.redirect(303, `${PATH}?done=key-revoked`);
  });

  function showForm(request: Request, response: Response, typed: { name: string; roles: readonly string[]; lastDay: string }, problems: readonly FieldProblem[]): void {
    const viewer = viewerOf(request);
    demand(viewer, 'ROLES');
    const today = localDay(viewer.zone, now().getTime());
    present(request, response, 'api-key-form', {
      title: 'New API key',
      section: 'configuration',
      once: oneTimeValue(),
      name: { id: 'name', value: typed.name, error: messageFor(problems, 'name') },
      roles: { id: 'roles', list: options(roleWords, typed.roles), error: messageFor(problems, 'roles') },
      expiresAt: { id: 'expiresAt', value: typed.lastDay, first: dayText(today), last: dayText(addMonths(today, 12)), error: messageFor(problems, 'expiresAt') },
      ...withProblems(problems),
    }, problems.length === 0 ? 200 : 422);
  }

  /** `secret`: told this once, to who made it. */
  function showKey(request: Request, response: Response, key: ApiKey, { justMade, secret }: { justMade: boolean; secret: string | null }): void {
    const { zone, institution: { code } } = viewerOf(request);
    const state = stateOf(key, now());
    present(request, response, 'api-key', {
      title: key.name,
      section: 'configuration',
      secret,
      gone: justMade && secret === null,
      badge: badges[state],
      facts: [
        { name: 'Key', value: beginning(key) },
        { name: 'Roles', value: rolesText(key) },
        { name: 'Made', value: when(zone, key.createdAt).text },
        { name: 'Valid until', value: lastOf(zone, key.expiresAt) },
        { name: 'Last used', value: when(zone, key.lastUsedAt)?.text ?? 'never' },
        ...(key.revokedAt === null ? [] : [{ name: 'Revoked', value: when(zone, key.revokedAt).text }]),
      ],
      example: state === 'ACTIVE' ? `curl -H "Authorization: Bearer $ALMANAC_KEY" ${context.publicUrl}/api/v1/institutions/${code}/scheduled-jobs` : null,
      revoke: state === 'REVOKED' ? null : `${PATH}/${key._id}/revoke`,
      version: key.version,
    }, justMade && secret !== null ? 201 : 200);
  }
  return router;
}

const beginning = ({ institutionId, prefix }: ApiKey): string => `alm_${institutionId}_${prefix}…`;
const rolesText = ({ roles }: ApiKey): string => roles.map(spelledOut).join(', ');

/** The end of a local day, when the next begins; what is no day stays as it was typed, so that the refusal can name it. */
function endOf({ zone }: Viewer, day: string): Date | string {
  return z.iso.date().safeParse(day).success ? new Date(startOfDay(zone, dayNumber(day) + 1)) : day;
}
