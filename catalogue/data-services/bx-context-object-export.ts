import { ordinary, type JobDefinition } from '../definition.js';

/** Export Context object to BX job: shares what readers looked up with the recommender service. Specification: publishing-import.md. */
export const bxContextObjectExport = {
  ...ordinary,
  key: 'bx-context-object-export',
  name: 'Export Context object to BX job',
  category: 'DATA_SERVICES',
  userSchedulable: false,
  family: { type: 'INTEGRATION', subtype: 'LINK_RESOLVER_STATISTICS', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { features: ['BX'], profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['02:30'] }] },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
