import { ordinary, type JobDefinition } from '../definition.js';
import { reportParameters } from './report-parameters.js';

/**
 * Schedule of Analytics Reports and Dashboards - Daily: makes and mails the analytics reports asked for every day.
 * Specification: repository-users-admin.md.
 */
export const analyticsReportsDaily = {
  ...ordinary,
  key: 'analytics-reports-daily',
  name: 'Schedule of Analytics Reports and Dashboards - Daily',
  category: 'ANALYTICS',
  userSchedulable: false,
  instances: 'TWO_SLOTS',
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: {
    slots: [
      { kind: 'DAILY', times: ['05:00'] },
      { kind: 'DAILY', times: ['09:00'] },
    ],
  },
  defaultActive: [true, true],
  parameters: reportParameters,
  letters: ['AnalyticsLetter', 'AnalyticsScheduleSuspendedLetter'],
} as const satisfies JobDefinition;
