import { ordinary, type JobDefinition } from '../definition.js';

/** Import PO Approvals: reads which purchase orders the finance system has approved. Specification: acquisitions.md. */
export const erpImportPoApprovals = {
  ...ordinary,
  key: 'erp-import-po-approvals',
  name: 'Import PO Approvals',
  category: 'ACQUISITION',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'ERP', action: 'IMPORT_PO_APPROVALS' },
  instances: 'PER_PROFILE',
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'HOURLY' }, { kind: 'EVERY_N_HOURS' }, { kind: 'DAILY' }],
  defaultSchedule: { proposed: { kind: 'EVERY_N_HOURS', everyHours: 6, startTime: '00:00' } },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
