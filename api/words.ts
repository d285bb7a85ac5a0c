/** The words that pages use for stored values (platform.md 5, 6, 11 and 13). */
import type { Category } from '../domain/categories.js';
import type { RunStatus, Trigger } from '../domain/run.js';
import type { LetterState, SuppressedReason } from '../models/letter.js';
import type { SkipReason, StoredRun } from '../models/run.js';

/** How a value looks beside its words: a colour and a sign of the icon sheet, never alone. */
export type Tone = 'good' | 'warning' | 'bad' | 'busy' | 'waiting' | 'quiet';
export interface Badge {
  text: string;
  tone: Tone;
  icon: string;
}

export const categoryWords: Readonly<Record<Category, string>> = {
  ACQUISITION: 'Acquisition', ADMINISTRATION: 'Administration', ANALYTICS: 'Analytics', DATA_SERVICES: 'Data Services',
  DISCOVERY: 'Discovery', FULFILLMENT: 'Fulfillment', IMPORT: 'Import', PUBLISHING: 'Publishing', REPOSITORY: 'Repository', USERS: 'Users',
};

const statusBadges: Readonly<Record<RunStatus, Badge>> = {
  PENDING: { text: 'Pending', tone: 'waiting', icon: 'clock' },
  QUEUED: { text: 'Queued', tone: 'waiting', icon: 'clock' },
  INITIALIZING: { text: 'Initializing', tone: 'busy', icon: 'play' },
  MANUAL_HANDLING_REQUIRED: { text: 'Needs a decision', tone: 'warning', icon: 'hand' },
  RUNNING: { text: 'Running', tone: 'busy', icon: 'play' },
  FINALIZING: { text: 'Finalizing', tone: 'busy', icon: 'play' },
  COMPLETED_SUCCESSFULLY: { text: 'Completed Successfully', tone: 'good', icon: 'check' },
  COMPLETED_WITH_WARNINGS: { text: 'Completed with Warnings', tone: 'warning', icon: 'warning' },
  COMPLETED_WITH_ERRORS: { text: 'Completed with Errors', tone: 'bad', icon: 'cross' },
  FAILED: { text: 'Failed', tone: 'bad', icon: 'cross' },
  ABORTED_BY_USER: { text: 'Aborted by User', tone: 'quiet', icon: 'stop' },
  ABORTED_BY_SYSTEM: { text: 'Aborted by System', tone: 'bad', icon: 'stop' },
  SKIPPED: { text: 'Did not run', tone: 'quiet', icon: 'skip' },
};

export const statusWords = (status: RunStatus): string => statusBadges[status].text;

export function statusBadge(run: Pick<StoredRun, 'status' | 'noWork' | 'skipReason' | 'missedCount'>): Badge {
  const badge = statusBadges[run.status];
  if (run.status === 'COMPLETED_SUCCESSFULLY' && run.noWork) return { ...badge, text: `${badge.text} – nothing to do` };
  if (run.skipReason === null) return badge;
  const times = run.missedCount > 1 ? ` (${run.missedCount} times)` : '';
  return { ...badge, text: `${badge.text}: ${skipWords[run.skipReason]}${times}` };
}

export const skipWords: Readonly<Record<SkipReason, string>> = {
  OVERLAP: 'a newer start took its place', MISSED: 'missed', STALE: 'too late to be of use', HELD: 'on hold',
  WAITED_TOO_LONG: 'waited too long', DST: 'the clock was put forward',
};

export const triggerWords: Readonly<Record<Trigger, string>> = {
  SCHEDULE: 'Schedule', MANUAL: 'By hand', API: 'API', RERUN: 'Re-run', RETRY_FAILED: 'Retry failed', AUTO_RETRY: 'Automatic retry',
  CONTINUATION: 'Continuation', DRY_RUN: 'Preview',
};

export const letterBadges: Readonly<Record<LetterState, Badge>> = {
  QUEUED: { text: 'Queued', tone: 'waiting', icon: 'clock' },
  SENDING: { text: 'Sending', tone: 'busy', icon: 'play' },
  SENT: { text: 'Sent', tone: 'good', icon: 'check' },
  FAILED: { text: 'Failed', tone: 'bad', icon: 'cross' },
  SUPPRESSED: { text: 'Not sent', tone: 'quiet', icon: 'skip' },
  CANCELLED: { text: 'Cancelled', tone: 'quiet', icon: 'stop' },
};

/** Letters by what they are to staff; a job's specification calls them by their code. */
export const letterNames: Readonly<Record<string, string>> = {
  FulOverdueAndLostLoanNotificationLetter: 'Overdue loans', FulOverdueAndLostLoanLetter: 'Lost loans',
  FulLostLoanNotificationLetter: 'Overdue loan', FulLostLoanLetter: 'Lost loan', FulUserOverdueNoticeLetter: 'Loans due today',
  UndeliverableLettersReport: 'Letters without an address',
};

export const suppressedWords: Readonly<Record<SuppressedReason, string>> = {
  NO_ADDRESS: 'no address', NOT_ALLOWED_ADDRESS: 'not an address that this sandbox may write to', RECIPIENT_DELETED: 'the recipient was deleted',
  OPTED_OUT: 'the recipient opted out', LETTER_DISABLED: 'letters of this kind are switched off',
};

export const inactiveWords = {
  OPERATOR: 'switched off by the operator', PROFILE_INACTIVE: 'its profile is inactive', NOT_ENABLED: 'never switched on',
} as const;

/** What names shorten, as people write it. */
const inFull: Readonly<Record<string, string>> = { tou: 'terms of use', sms: 'SMS', url: 'URL' };

/** `lettersSuppressed` → `Letters suppressed`; `fees:USD` → `Fees, USD`; `CHANGE_TO_LOST` → `Change to lost`; `TOU_MISSING` → `Terms of use missing`. */
export function spelledOut(name: string): string {
  const spaced = /^[A-Z0-9_]+$/.test(name) ? name.toLowerCase().replaceAll('_', ' ') : name.replace(/([a-z])([A-Z0-9])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  const [first = '', ...keys] = spaced.replace(/\b(?:tou|sms|url)\b/gi, (word) => inFull[word.toLowerCase()]!).split(':');
  return [first.charAt(0).toUpperCase() + first.slice(1), ...keys].join(', ');
}

/** A type of fee that rules charge as every page calls it, for all others see fee-names.ts; that of the fee for a letter would say fine and fee twice. */
export const feeTypeName = (type: string): string => (type === 'FINE_FEE_NOTIFICATION_FEE' ? 'Fee for a letter' : spelledOut(type));

/** What somebody typed or scanned, as a sentence repeats it: at most 60 signs. */
export const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
