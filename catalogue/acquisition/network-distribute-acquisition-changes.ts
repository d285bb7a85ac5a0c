import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Distribute Network Acquisition Changes to Members: copies the network's vendors and licences to its members.
 * Specification: acquisitions.md.
 */
export const networkDistributeAcquisitionChanges = {
  ...ordinary,
  key: 'network-distribute-acquisition-changes',
  name: 'Distribute Network Acquisition Changes to Members',
  category: 'ACQUISITION',
  userSchedulable: true,
  listedWhen: { kinds: ['NETWORK'] },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:00'] }] },
  defaultActive: 'ACQ_DISTRIBUTION_JOB',
  parameters: z.strictObject({
    /** Institution codes; empty: all active members. */
    members: z.array(z.string()).default([]),
  }),
} as const satisfies JobDefinition;
