/** Sign-in and sign-out, and the choice of an institution for the people of the platform (platform.md 11). */
import { Router, type Request } from 'express';
import type { User } from '../../models/user.js';
import type { ApiContext } from '../context.js';
import { verifyPassword } from '../passwords.js';
import { chooseInstitution, endSession, openSession } from '../sessions.js';
import { closedUntil, countedAs, inTurn, recordWrongTry } from '../sign-in-attempts.js';
import { forbidden, viewerOf } from '../viewer.js';
import { Refusal } from '../refusal.js';
import { fieldsOf, Form, formOf } from './form.js';
import type { Present } from './present.js';

type Outcome = { user: User } | { problem: string; askInstitution: boolean; status: 422 | 429 };

export function signInPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models } = context;

  router.get('/sign-in', (request, response) => {
    if (request.viewer !== undefined) return response.redirect(303, '/');
    const to = localPath(request.query['to']);
    present(request, response, 'sign-in', { ...emptyForm, to, primaryId: '', institution: '' });
  });

  router.post('/sign-in', async (request, response) => {
    const form = new Form(fieldsOf(request));
    const to = localPath(form.text('to'));
    const outcome = await signIn(context, request, form);
    if ('problem' in outcome) {
      const { problem, askInstitution, status } = outcome;
      const typed = { primaryId: form.text('primaryId'), institution: form.text('institution') };
      if (status === 429) response.set('Retry-After', '900');
      present(request, response, 'sign-in', { ...emptyForm, ...typed, to, problem, askInstitution }, status);
      return;
    }
    await openSession(context, response, outcome.user);
    response.redirect(303, to);
  });

  router.post('/sign-out', async (request, response) => {
    formOf(request);
    if (request.session !== undefined) await endSession(context, response, request.session);
    response.redirect(303, '/sign-in?done=signed-out');
  });

  router.get('/institutions', async (request, response) => {
    const viewer = viewerOf(request);
    if (!viewer.ofPlatform) throw forbidden('PLATFORM_OPERATOR');
    const institutions = await models.Institution.find({}, { code: 1, name: 1, environment: 1, kind: 1, timeZone: 1 }).sort({ code: 1 }).lean();
    present(request, response, 'institutions', {
      title: 'Institutions',
      section: null,
      institutions: institutions.map((one) => ({ ...one, current: one.code === viewer.institution.code, sandbox: one.environment === 'SANDBOX' })),
    });
  });

  router.post('/institutions', async (request, response) => {
    const viewer = viewerOf(request);
    if (!viewer.ofPlatform) throw forbidden('PLATFORM_OPERATOR');
    const code = formOf(request).text('code');
    if ((await models.Institution.exists({ institutionId: code, code })) === null) throw new Refusal('not-found', `There is no institution "${code}".`);
    chooseInstitution(context, response, code);
    response.redirect(303, '/?done=institution');
  });

  return router;
}

const emptyForm = { title: 'Sign in', section: null, problem: null as string | null, askInstitution: false } as const;

/** One try. The answer to a wrong one is the same whether the account, its password or the institution was wrong. */
async function signIn(context: ApiContext, request: Request, form: Form): Promise<Outcome> {
  const primaryId = form.text('primaryId').normalize('NFC');
  const institution = form.text('institution').toLowerCase();
  // Not trimmed: a blank may belong to a password.
  const password = form.list('password')[0] ?? '';
  if (primaryId === '' || password === '') {
    return { problem: 'Enter your user name and your password.', askInstitution: institution !== '', status: 422 };
  }
  const counted = countedAs(primaryId, request.ip ?? '');

  return inTurn(counted[0] ?? '', async () => {
    if ((await closedUntil(context, counted)) !== null) {
      return { problem: 'Too many wrong tries. Sign-in is closed for 15 minutes.', askInstitution: institution !== '', status: 429 };
    }
    const accounts = await accountsOf(context, primaryId, institution);
    const opened: User[] = [];
    for (const account of accounts) if (await verifyPassword(password, account.passwordHash)) opened.push(account);
    if (accounts.length === 0) await verifyPassword(password, null);

    const [user, another] = opened;
    if (user !== undefined && another === undefined) return { user };
    if (another !== undefined) {
      return { problem: 'You have an account in more than one institution. Enter the code of the one you want to work in.', askInstitution: true, status: 422 };
    }
    await recordWrongTry(context, counted, accounts[0] ?? null);
    return { problem: 'This user name and password do not belong together.', askInstitution: institution !== '', status: 422 };
  });
}

/** The active accounts of a name, in one institution or, with `''`, in any. */
async function accountsOf({ models }: ApiContext, primaryId: string, institution: string): Promise<User[]> {
  const codes = institution === '' ? ['*', ...(await models.Institution.distinct('code'))] : [institution];
  return models.User.find({ institutionId: { $in: codes }, primaryId, status: 'ACTIVE' }).lean();
}

/** A path of this site to go on to; anything else leads home, so that a link to the sign-in leads nobody astray. */
function localPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) && !value.startsWith('/sign-') ? value : '/';
}
