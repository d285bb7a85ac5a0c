/** Every workflow type of Almanac by the name that the engine shows: a job's type is its key. */
export { dispatcher } from './dispatcher.js';
export { emailLegantoNotifications as 'email-leganto-notifications' } from './fulfillment/email-leganto-notifications.js';
export { finesFeesNotifications as 'fines-fees-notifications' } from './fulfillment/fines-fees-notifications.js';
export { fulfillmentHistoricalArchiving as 'fulfillment-historical-archiving' } from './fulfillment/fulfillment-historical-archiving.js';
export { loansDueDateCorrection as 'loans-due-date-correction' } from './fulfillment/loans-due-date-correction.js';
export { loansOverdueAndLost as 'loans-overdue-and-lost' } from './fulfillment/loans-overdue-and-lost.js';
export { notificationsCourtesyAndRenewals as 'notifications-courtesy-and-renewals' } from './fulfillment/notifications-courtesy-and-renewals.js';
export { notificationsActivityReport as 'notifications-activity-report' } from './fulfillment/notifications-activity-report.js';
export { notificationsDueDateReminders as 'notifications-due-date-reminders' } from './fulfillment/notifications-due-date-reminders.js';
export { mail } from './mail.js';
export { systemReconcile as 'system-reconcile' } from './system-reconcile.js';
export { usersRemoveBlocks as 'users-remove-blocks' } from './fulfillment/users-remove-blocks.js';
