import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Authorities – Link BIB Headings: links headings to authority records. Specification: repository-users-admin.md. */
export const authoritiesLinkBibHeadings = {
  ...ordinary,
  key: 'authorities-link-bib-headings',
  name: 'Authorities – Link BIB Headings',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY', mostTimesADay: 2 }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['01:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** A heading links only to a record whose use allows it. */
    respectUseCodes: z.boolean().default(true),
    linkNamePortion: z.boolean().default(true),
    checkHeadingType: z.boolean().default(true),
    preferPreferred: z.boolean().default(true),
    writeSubfield0: z.enum(['NEVER', 'WHEN_ABSENT']).default('NEVER'),
  }),
  locks: [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
