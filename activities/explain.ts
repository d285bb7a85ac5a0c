/** How each job explains a record: by the decision of its run, taken with a listener (design.md 7). */
import type { Explain } from '../domain/explanation.js';
import type { Models } from '../models/models.js';
import { createArchivingExplainer } from './fulfillment/archiving/explain.js';
import { createBlockExplainer } from './fulfillment/blocks/explain.js';
import { createActivityExplainer } from './fulfillment/activity/explain.js';
import { createFinesFeesExplainer } from './fulfillment/fines/explain.js';
import { createCourtesyExplainer } from './fulfillment/courtesy/explain.js';
import { createOverdueExplainer } from './fulfillment/overdue/explain.js';
import { createCorrectionExplainer } from './fulfillment/due-dates/explain.js';
import { createNewsExplainer } from './fulfillment/reading-lists/explain.js';
import { createReminderExplainer } from './fulfillment/reminders/explain.js';

/** By job key; every available job has one. */
export const createExplainers = (models: Models): Readonly<Record<string, Explain>> => ({
  'loans-due-date-correction': createCorrectionExplainer(models),
  'email-leganto-notifications': createNewsExplainer(models),
  'fines-fees-notifications': createFinesFeesExplainer(models),
  'fulfillment-historical-archiving': createArchivingExplainer(models),
  'loans-overdue-and-lost': createOverdueExplainer(models),
  'notifications-courtesy-and-renewals': createCourtesyExplainer(models),
  'notifications-activity-report': createActivityExplainer(models),
  'notifications-due-date-reminders': createReminderExplainer(models),
  'users-remove-blocks': createBlockExplainer(models),
});
