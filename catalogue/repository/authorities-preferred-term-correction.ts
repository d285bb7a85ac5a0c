import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Authorities – Preferred Term Correction: puts the preferred form into linked headings. Specification: repository-users-admin.md. */
export const authoritiesPreferredTermCorrection = {
  ...ordinary,
  key: 'authorities-preferred-term-correction',
  name: 'Authorities – Preferred Term Correction',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY', mostTimesADay: 2 }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['03:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    cosmeticChanges: z.enum(['APPLY', 'SKIP']).default('APPLY'),
    allowTagChange: z.boolean().default(false),
    removeDuplicates: z.boolean().default(true),
    terminalPunctuation: z.enum(['KEEP', 'NONE']).default('KEEP'),
    markLocalSource: z.boolean().default(false),
  }),
  locks: [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
  runAfter: ['authorities-link-bib-headings'],
} as const satisfies JobDefinition;
