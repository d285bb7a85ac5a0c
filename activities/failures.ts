/** What makes a run fail by name; everything else the engine tries again (style.md, What can go wrong). */
import { ApplicationFailure } from '@temporalio/common';

export type FailureType = 'RUN_MISSING' | 'INSTITUTION_MISSING' | 'SETTINGS_MISSING' | 'PARAMETERS_INVALID' | 'READING_LISTS_URL_MISSING' | 'WORKFLOW_LOST';

/** The run cannot be right: it ends FAILED under this name and is not tried again. */
export function permanently(type: FailureType, message: string, details: Record<string, unknown> = {}): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, details);
}
