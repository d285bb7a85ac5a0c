/**
 * All jobs, in the order of the catalogue table of the specification (README.md).
 */
import type { JobDefinition } from './definition.js';
import { ediLoadFiles } from './acquisition/edi-load-files.js';
import { erpExportInvoices } from './acquisition/erp-export-invoices.js';
import { erpImportPayments } from './acquisition/erp-import-payments.js';
import { erpImportPoApprovals } from './acquisition/erp-import-po-approvals.js';
import { erpUpdateFundTransactions } from './acquisition/erp-update-fund-transactions.js';
import { networkDistributeAcquisitionChanges } from './acquisition/network-distribute-acquisition-changes.js';
import { notifyEActivationDue } from './acquisition/notify-e-activation-due.js';
import { pdaAlertThreshold } from './acquisition/pda-alert-threshold.js';
import { poLineClaiming } from './acquisition/po-line-claiming.js';
import { poLineDeferred } from './acquisition/po-line-deferred.js';
import { poLinePackaging } from './acquisition/po-line-packaging.js';
import { poLineRenewal } from './acquisition/po-line-renewal.js';
import { recalculateEncumbranceExchangeRates } from './acquisition/recalculate-encumbrance-exchange-rates.js';
import { recalculateTransactionExchangeRates } from './acquisition/recalculate-transaction-exchange-rates.js';
import { sushiHarvesting } from './acquisition/sushi-harvesting.js';
import { trialsStartAndNotify } from './acquisition/trials-start-and-notify.js';
import { configurationHealthCheck } from './administration/configuration-health-check.js';
import { analyticsReportsDaily } from './analytics/analytics-reports-daily.js';
import { analyticsReportsMonthly } from './analytics/analytics-reports-monthly.js';
import { analyticsReportsWeekly } from './analytics/analytics-reports-weekly.js';
import { bxContextObjectExport } from './data-services/bx-context-object-export.js';
import { czSynchronizeChanges } from './data-services/cz-synchronize-changes.js';
import { savedSearchesAlerts } from './discovery/saved-searches-alerts.js';
import { bldssUpdateRequests } from './fulfillment/bldss-update-requests.js';
import { coursesActivateDeactivate } from './fulfillment/courses-activate-deactivate.js';
import { documentDeliveryFilesCleanup } from './fulfillment/document-delivery-files-cleanup.js';
import { emailLegantoNotifications } from './fulfillment/email-leganto-notifications.js';
import { finesFeesNotifications } from './fulfillment/fines-fees-notifications.js';
import { fulfillmentHistoricalArchiving } from './fulfillment/fulfillment-historical-archiving.js';
import { loansDueDateCorrection } from './fulfillment/loans-due-date-correction.js';
import { loansOverdueAndLost } from './fulfillment/loans-overdue-and-lost.js';
import { networkDistributeFulfillmentChanges } from './fulfillment/network-distribute-fulfillment-changes.js';
import { notificationsActivityReport } from './fulfillment/notifications-activity-report.js';
import { notificationsCourtesyAndRenewals } from './fulfillment/notifications-courtesy-and-renewals.js';
import { notificationsDueDateReminders } from './fulfillment/notifications-due-date-reminders.js';
import { requestsHandleExpirationStep } from './fulfillment/requests-handle-expiration-step.js';
import { requestsRecalculateAfterInventoryUpdate } from './fulfillment/requests-recalculate-after-inventory-update.js';
import { requestsRestoreTemporarilyShelved } from './fulfillment/requests-restore-temporarily-shelved.js';
import { requestsSendReport } from './fulfillment/requests-send-report.js';
import { rsDistributeCentralConfiguration } from './fulfillment/rs-distribute-central-configuration.js';
import { rsExpiredRequests } from './fulfillment/rs-expired-requests.js';
import { rsSendOverdueMessage } from './fulfillment/rs-send-overdue-message.js';
import { usersRemoveBlocks } from './fulfillment/users-remove-blocks.js';
import { metadataImport } from './import/metadata-import.js';
import { networkImplementationPublishing } from './publishing/network-implementation-publishing.js';
import { networkPublishing } from './publishing/network-publishing.js';
import { publishingGoogleScholar } from './publishing/publishing-google-scholar.js';
import { publishingLibrariesAustralia } from './publishing/publishing-libraries-australia.js';
import { publishingOclcBibliographic } from './publishing/publishing-oclc-bibliographic.js';
import { publishingOclcHoldings } from './publishing/publishing-oclc-holdings.js';
import { publishingPlatform } from './publishing/publishing-platform.js';
import { publishingPrimo } from './publishing/publishing-primo.js';
import { publishingPrimoCentral } from './publishing/publishing-primo-central.js';
import { publishingPubmed } from './publishing/publishing-pubmed.js';
import { publishingRss } from './publishing/publishing-rss.js';
import { authoritiesHandleLocalUpdates } from './repository/authorities-handle-local-updates.js';
import { authoritiesLinkBibHeadings } from './repository/authorities-link-bib-headings.js';
import { authoritiesPreferredTermCorrection } from './repository/authorities-preferred-term-correction.js';
import { depositActivityReport } from './repository/deposit-activity-report.js';
import { flattening } from './repository/flattening.js';
import { indexing } from './repository/indexing.js';
import { inventoryECollectionActivation } from './repository/inventory-e-collection-activation.js';
import { mmsBuildRecordRelations } from './repository/mms-build-record-relations.js';
import { remoteStorageUpdate } from './repository/remote-storage-update.js';
import { auditPurgeWithRetention } from './users/audit-purge-with-retention.js';
import { bursarExport } from './users/bursar-export.js';
import { lettersPurgeWithRetention } from './users/letters-purge-with-retention.js';
import { usersExternalAction } from './users/users-external-action.js';

export const jobs = [
  poLinePackaging,
  poLineRenewal,
  poLineClaiming,
  ediLoadFiles,
  trialsStartAndNotify,
  poLineDeferred,
  recalculateTransactionExchangeRates,
  pdaAlertThreshold,
  recalculateEncumbranceExchangeRates,
  notifyEActivationDue,
  erpExportInvoices,
  erpImportPayments,
  erpUpdateFundTransactions,
  sushiHarvesting,
  erpImportPoApprovals,
  networkDistributeAcquisitionChanges,
  configurationHealthCheck,
  analyticsReportsDaily,
  analyticsReportsWeekly,
  analyticsReportsMonthly,
  bxContextObjectExport,
  czSynchronizeChanges,
  savedSearchesAlerts,
  requestsHandleExpirationStep,
  loansDueDateCorrection,
  notificationsCourtesyAndRenewals,
  fulfillmentHistoricalArchiving,
  notificationsActivityReport,
  notificationsDueDateReminders,
  requestsRestoreTemporarilyShelved,
  requestsRecalculateAfterInventoryUpdate,
  loansOverdueAndLost,
  finesFeesNotifications,
  rsSendOverdueMessage,
  coursesActivateDeactivate,
  usersRemoveBlocks,
  rsExpiredRequests,
  rsDistributeCentralConfiguration,
  networkDistributeFulfillmentChanges,
  emailLegantoNotifications,
  requestsSendReport,
  bldssUpdateRequests,
  documentDeliveryFilesCleanup,
  metadataImport,
  publishingPrimo,
  networkPublishing,
  networkImplementationPublishing,
  publishingPrimoCentral,
  publishingRss,
  publishingPlatform,
  publishingGoogleScholar,
  publishingOclcBibliographic,
  publishingOclcHoldings,
  publishingPubmed,
  publishingLibrariesAustralia,
  inventoryECollectionActivation,
  mmsBuildRecordRelations,
  authoritiesHandleLocalUpdates,
  authoritiesLinkBibHeadings,
  authoritiesPreferredTermCorrection,
  remoteStorageUpdate,
  indexing,
  flattening,
  depositActivityReport,
  usersExternalAction,
  bursarExport,
  lettersPurgeWithRetention,
  auditPurgeWithRetention,
] as const satisfies readonly JobDefinition[];
export type JobKey = (typeof jobs)[number]['key'];

const byKey = new Map<string, JobDefinition>(jobs.map((job) => [job.key, job]));

/** The definition of a stored key; a key of no job is a RangeError. */
export function jobOf(key: string): JobDefinition {
  const job = byKey.get(key);
  if (job === undefined) throw new RangeError(`no job has the key "${key}"`);
  return job;
}
