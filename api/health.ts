/** `/healthz`: the process lives. `/readyz`: it can work: with the store; without the engine it reads and configures (engine.md 5). */
import { Router } from 'express';
import type { ApiContext } from './context.js';

export function health(context: ApiContext): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const [store, engine] = await Promise.all([storeAnswers(context.models), context.operations.engineAnswers()]);
    const status = !store ? 'unavailable' : engine ? 'ok' : 'degraded';
    response.status(store ? 200 : 503).set('Cache-Control', 'no-store').json({ status, store, engine });
  });
  return router;
}

async function storeAnswers(models: ApiContext['models']): Promise<boolean> {
  try {
    await models.Institution.findOne({}, { _id: 1 }).maxTimeMS(2_000).lean();
    return true;
  } catch {
    return false; // why is in the log of whatever needed it
  }
}
