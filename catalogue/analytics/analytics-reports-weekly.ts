import { ordinary, type JobDefinition } from '../definition.js';
import { reportParameters } from './report-parameters.js';

/**
 * Schedule of Analytics Reports and Dashboards - Weekly: makes and mails the analytics reports asked for every week.
 * Specification: repository-users-admin.md.
 */
export const analyticsReportsWeekly = {
  ...ordinary,
  key: 'analytics-reports-weekly',
  name: 'Schedule of Analytics Reports and Dashboards - Weekly',
  category: 'ANALYTICS',
  userSchedulable: false,
  instances: 'TWO_SLOTS',
  scheduleKinds: [{ kind: 'WEEKLY' }],
  defaultSchedule: {
    slots: [
      { kind: 'WEEKLY', weekdays: ['MON'], times: ['05:00'] },
      { kind: 'WEEKLY', weekdays: ['MON'], times: ['09:00'] },
    ],
  },
  defaultActive: [true, true],
  parameters: reportParameters,
  letters: ['AnalyticsLetter', 'AnalyticsScheduleSuspendedLetter'],
} as const satisfies JobDefinition;
