import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

const tags = z.array(z.string().regex(/^\d{3}$/));

/** MMS – Build Record Relations: links bibliographic records that name each other. Specification: repository-users-admin.md. */
export const mmsBuildRecordRelations = {
  ...ordinary,
  key: 'mms-build-record-relations',
  name: 'MMS – Build Record Relations',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'EVERY_N_HOURS' }, { kind: 'HOURLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:40' }] },
  defaultActive: [true],
  parameters: z.strictObject({
    tags: tags.default('760 762 765 767 770 772 773 774 775 776 777 780 785 786 787 800 810 811 830'.split(' ')),
    /** Relations whose target's holdings are shown with the source. */
    inventoryTags: tags.default('773 774 777 780 785 786 800 810 811 830'.split(' ')),
    maxTargets: z.int().min(1).default(20),
  }),
  locks: [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
