/** Help: what the words of these pages mean. */
import { Router } from 'express';
import type { ApiContext } from '../context.js';
import { viewerOf } from '../viewer.js';
import type { Present } from './present.js';

export function helpPage(_context: ApiContext, { present }: Present): Router {
  const router = Router();
  router.get('/help', (request, response) => {
    viewerOf(request);
    present(request, response, 'help', { title: 'Help', section: 'help' });
  });
  return router;
}
