/** The jobs whose night is measured by so many records among so many, by their keys. */
import { archiveNight } from './archive.js';
import { blocksNight } from './blocks.js';
import { dueDatesNight } from './due-dates.js';
import { finesNight } from './fines.js';
import { newsNight } from './news.js';
import type { JobNight, JobSize } from './night.js';
import { remindersNight } from './reminders.js';
import { reportsNight } from './reports.js';

export const jobNights: Readonly<Record<string, (size: JobSize) => JobNight>> = {
  'notifications-due-date-reminders': remindersNight,
  'notifications-activity-report': reportsNight,
  'fines-fees-notifications': finesNight,
  'loans-due-date-correction': dueDatesNight,
  'fulfillment-historical-archiving': archiveNight,
  'users-remove-blocks': blocksNight,
  'email-leganto-notifications': newsNight,
};
