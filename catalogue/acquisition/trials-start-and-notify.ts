import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Trials – Start and Notify Participants: starts and ends trials of electronic resources and tells their participants.
 * Specification: acquisitions.md.
 */
export const trialsStartAndNotify = {
  ...ordinary,
  key: 'trials-start-and-notify',
  name: 'Trials – Start and Notify Participants',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['05:00'] }] },
  defaultActive: [true],
  letters: ['TrialLetter'],
} as const satisfies JobDefinition;
