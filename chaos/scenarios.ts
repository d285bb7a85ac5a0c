/** What the harness needs of a job: the night that is given to each institution. A job joins with a line. */
import type { Models } from '../models/models.js';
import { nightsWork, type Size } from './library.js';

export interface Scenario {
  /** Makes the institution with its work; answers with the id of the scheduled job, which nothing but a person starts. */
  prepare(models: Models, institutionId: string, size: Size): Promise<string>;
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'loans-overdue-and-lost': { prepare: nightsWork },
};
