/** How each job explains a record: by the decision of its run, taken with a listener (design.md 7). */
import type { Asking, Explain, ExplainOne } from '../domain/explanation.js';
import type { Models } from '../models/models.js';
import { createArchivingExplainer } from './fulfillment/archiving/explain.js';
import { createBlockExplainer } from './fulfillment/blocks/explain.js';
import { createActivityExplainer } from './fulfillment/activity/explain.js';
import { createFinesFeesExplainer } from './fulfillment/fines/explain.js';
import { createCourtesyExplainer, explainLoansFallingDue } from './fulfillment/courtesy/explain.js';
import { createOverdueExplainer, explainOverdueLoans } from './fulfillment/overdue/explain.js';
import { createCorrectionExplainer, explainCorrections } from './fulfillment/due-dates/explain.js';
import { createNewsExplainer } from './fulfillment/reading-lists/explain.js';
import { createReminderExplainer, explainReminders } from './fulfillment/reminders/explain.js';

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

/** Of the jobs over loans, for many loans at one moment: what they are judged by is read once. */
export const explainLoans = {
  'loans-due-date-correction': explainCorrections,
  'loans-overdue-and-lost': explainOverdueLoans,
  'notifications-courtesy-and-renewals': explainLoansFallingDue,
  'notifications-due-date-reminders': explainReminders,
} as const satisfies Record<string, (models: Models, asking: Asking) => Promise<ExplainOne>>;
