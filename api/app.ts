/** The web application: pages and REST over one context, in the order that a request passes through. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { ApiContext } from './context.js';
import { health } from './health.js';
import { callerOfKey, keyIn } from './key-caller.js';
import { serveMetrics } from './metrics.js';
import { allPages } from './pages/pages.js';
import { createPresent } from './pages/present.js';
import { answerErrors, isForPrograms, titles, type Problem } from './problems.js';
import { Refusal } from './refusal.js';
import { restApi } from './rest/rest.js';
import { chosenInstitution, sessionOf } from './sessions.js';
import { viewerIn } from './viewer.js';

const BODY_LIMIT = '1mb';

export function createApp(context: ApiContext): Express {
  const app = express();
  const presenting = createPresent(context);
  app.set('query parser', 'simple').set('trust proxy', 'loopback').disable('x-powered-by');

  app.use(pinoHttp({ logger: context.log, genReqId: () => randomUUID(), autoLogging: { ignore: ({ url }) => url?.startsWith('/public/') ?? false } }));
  app.use((request, response, next) => {
    response.set('X-Request-Id', String(request.id));
    next();
  });
  app.use(security(context));
  serveMetrics(app, context);
  app.use(health(context));
  app.use('/public', express.static(join(import.meta.dirname, 'public'), { maxAge: '1h', index: false }));

  app.use(ownFormsOnly(context));
  app.use(express.json({ limit: BODY_LIMIT }), express.urlencoded({ extended: false, limit: BODY_LIMIT }));
  app.use(recognise(context));
  app.use(restApi(context));
  app.use('/api', (request) => {
    throw new Refusal('not-found', `There is nothing at ${request.originalUrl.split('?')[0] ?? ''}.`);
  });
  app.use(allPages(context, presenting));
  app.use((request) => {
    throw new Refusal('not-found', `There is nothing at ${request.path}.`);
  });
  app.use(
    answerErrors(context, async (request, problem) => {
      const data = { title: titles[problem.slug] ?? 'Error', section: null, reload: reloadable(problem) ? request.originalUrl : null };
      return presenting.pageText(request, 'error', { ...data, ...problem, requestId: String(request.id) });
    }),
  );
  return app;
}

const reloadable = ({ status }: Problem) => status >= 500 || status === 429 || status === 412;

/** No script and no style but our own; letters are shown in frames of our own, which their route forbids everything. */
function security({ publicUrl }: ApiContext): RequestHandler {
  const encrypted = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'self'"], objectSrc: ["'none'"],
        ...(encrypted && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: encrypted,
    xFrameOptions: { action: 'sameorigin' },
    referrerPolicy: { policy: 'same-origin' },
  });
}

/**
 * Requests that change something come from our own pages or from no browser at all. The cookie's SameSite=Lax says the same; this
 * also holds for sign-in, which has no session whose token a form could carry.
 */
function ownFormsOnly({ publicUrl }: ApiContext): RequestHandler {
  return (request, _response, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next();
    const { origin, host } = request.headers;
    const site = request.get('sec-fetch-site');
    const foreign = origin !== undefined && origin !== new URL(publicUrl).origin && origin.replace(/^https?:\/\//, '') !== host;
    if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
      throw new Refusal('forbidden', 'The request was sent by a page of another site.');
    }
    next();
  };
}

/** By the API key that a program sends, else by the session of the cookie. */
function recognise(context: ApiContext): RequestHandler {
  return async (request, _response, next) => {
    const key = isForPrograms(request) ? keyIn(request.headers.authorization) : null;
    if (key !== null) {
      request.caller = await callerOfKey(context, key);
      return next();
    }
    const known = await sessionOf(context, request);
    if (known !== null) {
      const { session, caller } = known;
      const viewer = (await viewerIn(context, caller, chosenInstitution(request))) ?? (await viewerIn(context, caller, null)) ?? undefined;
      Object.assign(request, { session, caller, viewer });
    }
    next();
  };
}
