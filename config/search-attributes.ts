/**
 * What runs and schedules can be found by in the engine. The values are stored in clear: none of them is personal
 * (engine.md 1.2, 2.8).
 */
import { defineSearchAttributeKey } from '@temporalio/common';

export const searchAttributes = {
  institution: defineSearchAttributeKey('Institution', 'KEYWORD'),
  jobKey: defineSearchAttributeKey('JobKey', 'KEYWORD'),
  jobCategory: defineSearchAttributeKey('JobCategory', 'KEYWORD'),
  profileId: defineSearchAttributeKey('ProfileId', 'KEYWORD'),
  runTrigger: defineSearchAttributeKey('RunTrigger', 'KEYWORD'),
  runStatus: defineSearchAttributeKey('RunStatus', 'KEYWORD'),
  /** Of schedules only: the fingerprint of the record a schedule was made from. */
  specHash: defineSearchAttributeKey('SpecHash', 'KEYWORD'),
  errorCount: defineSearchAttributeKey('ErrorCount', 'INT'),
  asOf: defineSearchAttributeKey('AsOf', 'DATETIME'),
};
