import { ordinary, type JobDefinition } from '../definition.js';

/** PDA – Alert PDA Reached Threshold: warns when a purchase program has used up its budget. Specification: acquisitions.md. */
export const pdaAlertThreshold = {
  ...ordinary,
  key: 'pda-alert-threshold',
  name: 'PDA – Alert PDA Reached Threshold',
  category: 'ACQUISITION',
  userSchedulable: true,
  listedWhen: { exists: 'PDA_PROGRAM' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['07:00'] }] },
  defaultActive: [true],
  letters: ['PdaThresholdLetter'],
} as const satisfies JobDefinition;
