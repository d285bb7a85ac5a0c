/** Every page, behind the sign-in. */
import { Router } from 'express';
import type { ApiContext } from '../context.js';
import type { Present } from './present.js';
import { scheduledPage } from './scheduled.js';
import { signInPages } from './sign-in.js';

export function allPages(context: ApiContext, presenting: Present): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (request.viewer !== undefined || request.path === '/sign-in') return next();
    // After signing in one goes on where one wanted to go; a form that was sent is not sent again by itself.
    const to = request.method === 'GET' ? request.originalUrl : '/';
    response.redirect(303, to === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`);
  });
  router.use(signInPages(context, presenting));
  router.use(scheduledPage(context, presenting));
  return router;
}
