/** What the harness needs of a job: the night that is given to each institution. A job joins with a line. */
import type { Models } from '../models/models.js';
import { morningsWork, nightsWork, type Size } from './library.js';
import type { PlaceName } from './places.js';

export interface Scenario {
  /** Makes the institution with its work; answers with the id of the scheduled job, which nothing but a person starts. */
  prepare(models: Models, institutionId: string, size: Size): Promise<string>;
  /** Places that no run of the job comes to, for it has no such write. */
  without: readonly PlaceName[];
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'loans-overdue-and-lost': { prepare: nightsWork, without: [] },
  'notifications-due-date-reminders': {
    prepare: morningsWork,
    without: [
      'a notice of a broken run is taken back', 'the loans of a page are claimed', 'before its loans are lost', 'its loans are lost', 'its items are marked',
      'its fees are charged', 'its users are blocked', 'the fees for its letters are charged',
    ],
  },
};
