/** The REST API: institutions, the endpoints within one, their document and its page (platform.md 17). */
import { Router } from 'express';
import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { openApiDocument, problemResponses } from '../openapi.js';
import { Refusal } from '../refusal.js';
import { apiKeyEndpoints } from './api-keys.js';
import { blockAndDemeritEndpoints } from './blocks-and-demerits.js';
import { blockEndpoints } from './blocks.js';
import { calendarEndpoints } from './calendar.js';
import { configurationTableEndpoints } from './configuration-tables.js';
import { apiDocs } from './docs.js';
import { dueDateEndpoints } from './due-dates.js';
import { feeEndpoints } from './fees.js';
import { fulfillmentSettingsEndpoints } from './fulfillment-settings.js';
import { fulfillmentUnitEndpoints } from './fulfillment-units.js';
import { institutionEndpoints } from './institution.js';
import { letterEndpoints } from './letters.js';
import { loanEndpoints } from './loans.js';
import { runDetailEndpoints } from './run-details.js';
import { runEndpoints } from './runs.js';
import { scheduledJobEndpoints } from './scheduled-jobs.js';
import { NOBODY, serve } from './serve.js';
import { startEndpoints } from './starts.js';
import { termsOfUseEndpoints } from './terms-of-use.js';

const endpoints = [
  ...scheduledJobEndpoints,
  ...runEndpoints,
  ...runDetailEndpoints,
  ...startEndpoints,
  ...letterEndpoints,
  ...calendarEndpoints,
  ...termsOfUseEndpoints,
  ...fulfillmentUnitEndpoints,
  ...configurationTableEndpoints,
  ...fulfillmentSettingsEndpoints,
  ...institutionEndpoints,
  ...blockAndDemeritEndpoints,
  ...loanEndpoints,
  ...dueDateEndpoints,
  ...feeEndpoints,
  ...blockEndpoints,
  ...apiKeyEndpoints,
];

const institution = z
  .object({
    code: z.string(),
    name: z.string(),
    environment: z.enum(['PRODUCTION', 'SANDBOX']),
    timeZone: z.string(),
    currency: z.string(),
    href: z.string(),
  })
  .meta({ id: 'Institution' });
const institutions = z.object({ items: z.array(institution), next: z.null() });

export function restApi(context: ApiContext): Router {
  const router = Router();
  const document = openApiDocument(endpoints, {
    method: 'get',
    path: '/api/v1/institutions',
    tags: ['Institutions'],
    summary: 'The institutions the viewer may enter',
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: institutions } } },
      ...problemResponses(['unauthenticated', 'rate-limited']),
    },
  });
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(document);
  });
  router.use(apiDocs());

  router.get('/api/v1/institutions', async (request, response) => {
    if (request.caller === undefined)
      throw new Refusal('unauthenticated', NOBODY);
    const { institutionId } = request.caller;
    const own = institutionId === '*' ? {} : { institutionId, code: institutionId };
    const found = await context.models.Institution.find({ ...own, status: 'ACTIVE' })
      .sort({ code: 1 })
      .lean();
    const items = found.map(({ code, name, environment, timeZone, currency }): z.input<typeof institution> => ({
      code,
      name,
      environment,
      timeZone,
      currency,
      href: `/api/v1/institutions/${code}`,
    }));
    response
      .set('Cache-Control', 'private, no-cache')
      .json({ items, next: null } satisfies z.input<typeof institutions>);
  });
  router.use(serve(context, endpoints));
  return router;
}
