import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Import Using Profile <integration profile>: reads which invoices the finance system has paid or refused.
 * Specification: acquisitions.md.
 */
export const erpImportPayments = {
  ...ordinary,
  key: 'erp-import-payments',
  name: 'Import Using Profile <integration profile>',
  category: 'ACQUISITION',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'ERP', action: 'IMPORT_PAYMENTS' },
  instances: 'PER_PROFILE',
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS' },
    { kind: 'DAILY' },
    { kind: 'WEEKLY' },
  ],
  defaultSchedule: { proposed: { kind: 'DAILY', times: ['06:00'] } },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
