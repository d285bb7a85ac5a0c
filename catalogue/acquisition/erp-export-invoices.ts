import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Export Using Profile <integration profile>: hands invoices that may be paid to the finance system.
 * Specification: acquisitions.md.
 */
export const erpExportInvoices = {
  ...ordinary,
  key: 'erp-export-invoices',
  name: 'Export Using Profile <integration profile>',
  category: 'ACQUISITION',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'ERP', action: 'EXPORT_INVOICES' },
  instances: 'PER_PROFILE',
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS' },
    { kind: 'DAILY' },
    { kind: 'WEEKLY' },
  ],
  defaultSchedule: { proposed: { kind: 'DAILY', times: ['22:00'] } },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
