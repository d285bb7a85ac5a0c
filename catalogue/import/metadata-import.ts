import { ordinary, type JobDefinition } from '../definition.js';

/** Metadata Import w/ <import profile>: loads the files of an import profile. Specification: publishing-import.md. */
export const metadataImport = {
  ...ordinary,
  key: 'metadata-import',
  name: 'Metadata Import w/ <import profile>',
  category: 'IMPORT',
  userSchedulable: true,
  family: { type: 'IMPORT', subtype: null, action: null },
  instances: 'PER_PROFILE',
  listedWhen: { profile: 'FETCHES_FILES' },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS' },
    { kind: 'DAILY', minutes: [0, 30] },
    { kind: 'WEEKLY', minutes: [0, 30] },
    { kind: 'MONTHLY', minutes: [0, 30] },
  ],
  defaultSchedule: { proposed: { kind: 'DAILY', times: ['03:00'] } },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
