/**
 * `/metrics` for Prometheus: requests of this process, jobs and letters as the store has them, and the engine's own numbers from the
 * worker beside us when it offers them (engine.md 2.9). Numbers are of the whole installation: no label tells of an institution.
 */
import type { Express, RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openStatuses } from '../domain/run.js';
import type { ApiContext } from './context.js';

const DAY_MS = 24 * 60 * 60_000;
/** Several scrapers cost one reading of the store. */
const FRESH_MS = 15_000;
const WORKER_TIMEOUT_MS = 2_000;

export function serveMetrics(app: Express, context: ApiContext): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'almanac_http_request_duration_seconds', help: 'Time to answer, by route', labelNames: ['method', 'route', 'status'], registers: [registry],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5],
  });
  const stock = stockOf(context, registry);
  app.use(timed(duration));
  app.get('/metrics', async (_request, response) => {
    await stock();
    const own = await registry.metrics();
    response.type(registry.contentType).send(own + (await ofTheWorker(context)));
  });
}

function timed(duration: Histogram<'method' | 'route' | 'status'>): RequestHandler {
  return (request, response, next) => {
    const end = duration.startTimer({ method: request.method });
    response.on('finish', () => {
      // The pattern, never the address: each record would be a series of its own.
      const route: unknown = (request.route as { path?: unknown } | undefined)?.path;
      end({ route: typeof route === 'string' ? route : 'none', status: String(response.statusCode) });
    });
    next();
  };
}

/** Reads what is open and what happened within a day, institution by institution, along their indexes. */
function stockOf({ models, now }: ApiContext, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const open = new Gauge({ name: 'almanac_runs_open', help: 'Runs that have not ended', labelNames: ['status'], registers });
  const ended = new Gauge({ name: 'almanac_runs_last_day', help: 'Runs submitted within 24 hours', labelNames: ['category', 'status'], registers });
  const letters = new Gauge({ name: 'almanac_letters_last_day', help: 'Letters asked for within 24 hours', labelNames: ['state'], registers });
  const waiting = new Gauge({ name: 'almanac_letters_waiting', help: 'Letters not sent yet', registers });
  const oldest = new Gauge({ name: 'almanac_letters_oldest_waiting_seconds', help: 'How long the first of the waiting letters has been due', registers });
  let readAt = 0;

  return async () => {
    const at = now();
    if (Math.abs(at.getTime() - readAt) < FRESH_MS) return;
    readAt = at.getTime();
    const since = new Date(at.getTime() - DAY_MS);
    for (const gauge of [open, ended, letters, waiting, oldest]) gauge.reset();
    let firstDue = at.getTime();
    for (const { code: institutionId } of await models.Institution.find({}, { code: 1 }).lean()) {
      const [openRuns, runs, asked, queued, first] = await Promise.all([
        models.Run.find({ institutionId, status: { $in: openStatuses } }, { status: 1 }).lean(),
        models.Run.aggregate<{ _id: { category: string; status: string }; count: number }>([
          { $match: { institutionId, submittedAt: { $gte: since } } },
          { $group: { _id: { category: '$category', status: '$status' }, count: { $sum: 1 } } },
        ]),
        models.Letter.aggregate<{ _id: string; count: number }>([
          { $match: { institutionId, createdAt: { $gte: since } } },
          { $group: { _id: '$state', count: { $sum: 1 } } },
        ]),
        models.Letter.countDocuments({ institutionId, state: { $in: ['QUEUED', 'SENDING'] } }),
        models.Letter.findOne({ institutionId, state: 'QUEUED', nextAttemptAt: { $lte: at } }, { nextAttemptAt: 1 }).sort({ nextAttemptAt: 1 }).lean(),
      ]);
      for (const { status } of openRuns) open.inc({ status });
      for (const { _id, count } of runs) ended.inc(_id, count);
      for (const { _id, count } of asked) letters.inc({ state: _id }, count);
      waiting.inc(queued);
      firstDue = Math.min(firstDue, first?.nextAttemptAt?.getTime() ?? firstDue);
    }
    oldest.set((at.getTime() - firstDue) / 1_000);
  };
}

/** Empty when no worker beside us offers any: workers on other machines are scraped there. */
async function ofTheWorker({ workerMetricsPort, log }: ApiContext): Promise<string> {
  if (workerMetricsPort === null) return '';
  try {
    const answer = await fetch(`http://127.0.0.1:${workerMetricsPort}/metrics`, { signal: AbortSignal.timeout(WORKER_TIMEOUT_MS) });
    return answer.ok ? await answer.text() : '';
  } catch (error) {
    log.warn({ err: error, port: workerMetricsPort }, 'the worker gives no metrics');
    return '';
  }
}
