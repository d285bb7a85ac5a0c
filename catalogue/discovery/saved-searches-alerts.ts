import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Saved Searches Alerts: tells readers what is new for their saved searches. Specification: repository-users-admin.md. */
export const savedSearchesAlerts = {
  ...ordinary,
  key: 'saved-searches-alerts',
  name: 'Saved Searches Alerts',
  category: 'DISCOVERY',
  userSchedulable: false,
  listedWhen: { features: ['PRIMO_VE', 'CATALOGUE'] },
  scheduleKinds: [{ kind: 'WEEKLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SAT'], times: ['00:30'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    grouping: z.enum(['PER_USER', 'PER_SEARCH']).default('PER_USER'),
    maxItemsPerSearch: z.int().min(1).default(20),
    inactiveAfterDays: z.int().min(1).default(90),
    maxAlertsPerUser: z.int().min(1).default(50),
    catalogueUrl: z.url().nullable().default(null),
  }),
  guarded: true,
  letters: ['SavedSearchAlertLetter'],
} as const satisfies JobDefinition;
