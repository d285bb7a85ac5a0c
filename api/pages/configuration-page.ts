/** Configuration: the page that leads to all others of its kind. */
import { Router } from 'express';
import type { ApiContext } from '../context.js';
import { Refusal } from '../refusal.js';
import { viewerOf } from '../viewer.js';
import { configurationSeenBy } from './configuration.js';
import type { Present } from './present.js';

export function configurationPage(_context: ApiContext, { present }: Present): Router {
  const router = Router();
  router.get('/configuration', (request, response) => {
    const groups = configurationSeenBy(viewerOf(request).grants);
    if (groups.length === 0) throw new Refusal('not-found', 'There is no page /configuration.');
    present(request, response, 'configuration', { title: 'Configuration', section: 'configuration', groups });
  });
  return router;
}
