import { ordinary, type JobDefinition } from '../definition.js';
import { reportParameters } from './report-parameters.js';

/**
 * Schedule of Analytics Reports and Dashboards - Monthly: makes and mails the analytics reports asked for every month.
 * Specification: repository-users-admin.md.
 */
export const analyticsReportsMonthly = {
  ...ordinary,
  key: 'analytics-reports-monthly',
  name: 'Schedule of Analytics Reports and Dashboards - Monthly',
  category: 'ANALYTICS',
  userSchedulable: false,
  instances: 'TWO_SLOTS',
  scheduleKinds: [{ kind: 'MONTHLY' }],
  defaultSchedule: {
    slots: [
      { kind: 'MONTHLY', monthDays: [1], times: ['05:00'] },
      { kind: 'MONTHLY', monthDays: [1], times: ['09:00'] },
    ],
  },
  defaultActive: [true, true],
  parameters: reportParameters,
  letters: ['AnalyticsLetter', 'AnalyticsScheduleSuspendedLetter'],
} as const satisfies JobDefinition;
