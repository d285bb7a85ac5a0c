/** All models over one connection, as the shells are handed them. */
import type { Connection } from 'mongoose';
import { auditEntryModel, counterModel, idempotencyRecordModel, jobHoldModel, sessionModel } from './administration.js';
import { apiKeyModel } from './api-key.js';
import { borrowingRequestModel } from './borrowing-request.js';
import { bibModel, holdingModel, itemModel } from './catalogue-records.js';
import { exchangeRateModel } from './exchange-rate.js';
import { feeModel } from './fee.js';
import { finesFeesNotificationProfileModel } from './fines-fees-notification-profile.js';
import {
  demeritModel,
  fulfillmentSettingsModel,
  overdueLostProfileModel,
  policyModel,
  termsOfUseModel,
  userBlockDefinitionModel,
  userBlockModel,
} from './fulfillment.js';
import { fulfillmentUnitModel, fulfillmentUnitRuleModel } from './fulfillment-unit.js';
import { institutionModel, platformSettingsModel } from './institution.js';
import { itemHistoryModel } from './item-history.js';
import { letterConfigModel, letterContentModel, letterModel } from './letter.js';
import { calendarChangeModel, calendarRecordModel, libraryModel, locationModel } from './library.js';
import { loanEventModel, loanModel, loanNoticeModel } from './loan.js';
import { blockPreferenceModel, patronLimitModel } from './patron-limit.js';
import { readingListNotificationModel } from './reading-list.js';
import { requestModel } from './request.js';
import { anonymizationRuleModel, autoRenewalRuleModel, demeritRuleModel } from './rule-tables.js';
import { runBatchModel, runEventModel, runModel } from './run.js';
import { scheduledJobModel } from './scheduled-job.js';
import { userIdentifierModel, userModel } from './user.js';

export const createModels = (db: Connection) => ({
  AnonymizationRule: anonymizationRuleModel(db),
  ApiKey: apiKeyModel(db),
  AuditEntry: auditEntryModel(db),
  AutoRenewalRule: autoRenewalRuleModel(db),
  Bib: bibModel(db),
  BlockPreference: blockPreferenceModel(db),
  BorrowingRequest: borrowingRequestModel(db),
  CalendarChange: calendarChangeModel(db),
  CalendarRecord: calendarRecordModel(db),
  Counter: counterModel(db),
  Demerit: demeritModel(db),
  DemeritRule: demeritRuleModel(db),
  ExchangeRate: exchangeRateModel(db),
  Fee: feeModel(db),
  FinesFeesNotificationProfile: finesFeesNotificationProfileModel(db),
  FulfillmentSettings: fulfillmentSettingsModel(db),
  FulfillmentUnit: fulfillmentUnitModel(db),
  FulfillmentUnitRule: fulfillmentUnitRuleModel(db),
  Holding: holdingModel(db),
  IdempotencyRecord: idempotencyRecordModel(db),
  Institution: institutionModel(db),
  Item: itemModel(db),
  ItemHistory: itemHistoryModel(db),
  JobHold: jobHoldModel(db),
  Letter: letterModel(db),
  LetterConfig: letterConfigModel(db),
  LetterContent: letterContentModel(db),
  Library: libraryModel(db),
  Loan: loanModel(db),
  LoanEvent: loanEventModel(db),
  LoanNotice: loanNoticeModel(db),
  Location: locationModel(db),
  OverdueLostProfile: overdueLostProfileModel(db),
  PatronLimit: patronLimitModel(db),
  PlatformSettings: platformSettingsModel(db),
  Policy: policyModel(db),
  ReadingListNotification: readingListNotificationModel(db),
  Request: requestModel(db),
  Run: runModel(db),
  RunBatch: runBatchModel(db),
  RunEvent: runEventModel(db),
  ScheduledJob: scheduledJobModel(db),
  Session: sessionModel(db),
  TermsOfUse: termsOfUseModel(db),
  User: userModel(db),
  UserBlock: userBlockModel(db),
  UserBlockDefinition: userBlockDefinitionModel(db),
  UserIdentifier: userIdentifierModel(db),
});
export type Models = ReturnType<typeof createModels>;

/** Makes every declared index that is not there yet; drops none. Repeatable. */
export async function createIndexes(models: Models): Promise<void> {
  for (const model of Object.values(models)) await model.createIndexes();
}
