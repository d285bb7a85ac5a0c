/** The jobs whose night is measured by so many records among so many, by their keys. */
import type { JobNight, JobSize } from './night.js';
import { remindersNight } from './reminders.js';

export const jobNights: Readonly<Record<string, (size: JobSize) => JobNight>> = {
  'notifications-due-date-reminders': remindersNight,
};
