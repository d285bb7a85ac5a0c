/** loan, loanEvent and loanNotice (spec/data-model.md, 4 Circulation). */
import type { Connection } from 'mongoose';
import {
  anything,
  appendOnly,
  instant,
  maybeInstant,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  part,
  text,
  texts,
  versioned,
  type Stored,
  type Versioned,
} from './document.js';

export const processStatuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN', 'LOST'] as const;
export type ProcessStatus = (typeof processStatuses)[number];

export interface Lost {
  at: Date;
  by: 'JOB' | 'STAFF';
  profileId: string | null;
  runId: string | null;
  previousStatus: ProcessStatus;
}

export interface Loan extends Versioned {
  /** null = anonymised. */
  userId: string | null;
  proxyUserId: string | null;
  itemId: string;
  bibId: string;
  barcode: string;
  title: string;
  author: string;
  description: string;
  callNumber: string;
  libraryCode: string;
  locationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  circDesk: string | null;
  userGroup: string;
  jobCategory: string | null;
  statisticalCategories: string[];
  touId: string;
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  loanDate: Date;
  dueDate: Date;
  dueDateSource: 'POLICY' | 'EVENT' | 'MANUAL' | 'BULK' | 'RECALL' | 'RENEWAL' | 'CALENDAR';
  /** Raised whenever `dueDate` changes: a new cycle of notices begins. */
  dueCycle: number;
  originalDueDate: Date;
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  processStatusDate: Date;
  recall: { active: boolean; requestId: string | null; at: Date; dueDateBefore: Date; dueDateChanged: boolean } | null;
  renewalCount: number;
  lastRenewalAt: Date | null;
  claimedReturnAt: Date | null;
  lost: Lost | null;
  lostCount: number;
  returnDate: Date | null;
  closeReason: 'RETURNED' | 'LOST_AND_PAID' | null;
  notes: { text: string; at: Date }[];
  lastRenewalFailure: { code: string; at: Date; dueCycle: number } | null;
  anonymizedAt: Date | null;
}

const loanSchema = versioned<Loan>('loans', {
  userId: maybeText,
  proxyUserId: maybeText,
  itemId: text,
  bibId: text,
  barcode: text,
  title: { type: String, default: '' },
  author: { type: String, default: '' },
  description: { type: String, default: '' },
  callNumber: { type: String, default: '' },
  libraryCode: text,
  locationCode: text,
  itemPolicy: maybeText,
  materialType: maybeText,
  circDesk: maybeText,
  userGroup: { type: String, default: '' },
  jobCategory: maybeText,
  statisticalCategories: texts,
  touId: text,
  shortLoan: { type: Boolean, required: true },
  loanDate: instant,
  dueDate: instant,
  dueDateSource: oneOf(['POLICY', 'EVENT', 'MANUAL', 'BULK', 'RECALL', 'RENEWAL', 'CALENDAR']),
  dueCycle: { ...number, default: 1 },
  originalDueDate: instant,
  status: oneOf(['ACTIVE', 'COMPLETE']),
  processStatus: oneOf(processStatuses),
  processStatusDate: instant,
  recall: { type: anything, default: null },
  renewalCount: { ...number, default: 0 },
  lastRenewalAt: maybeInstant,
  claimedReturnAt: maybeInstant,
  lost: { type: anything, default: null },
  lostCount: { ...number, default: 0 },
  returnDate: maybeInstant,
  closeReason: maybeOneOf(['RETURNED', 'LOST_AND_PAID']),
  notes: { type: [part({ text, at: instant })], default: [] },
  lastRenewalFailure: { type: anything, default: null },
  anonymizedAt: maybeInstant,
});
// loans-overdue-and-lost, -courtesy-and-renewals, -due-date-reminders: open loans of one status by due date.
loanSchema.index({ institutionId: 1, status: 1, processStatus: 1, dueDate: 1, _id: 1 });
// loans-due-date-correction: open loans of a library by due date.
loanSchema.index({ institutionId: 1, status: 1, libraryCode: 1, dueDate: 1, _id: 1 });
// Activity report; limits of renewals, which ask for overdue loans of a page's borrowers.
loanSchema.index({ institutionId: 1, status: 1, userId: 1, dueDate: 1, _id: 1 });
// Explain a record and the record pages: the loans of an item, the open one first.
loanSchema.index({ institutionId: 1, itemId: 1, returnDate: 1 });
loanSchema.index({ institutionId: 1, barcode: 1 });
// fulfillment-historical-archiving: ended loans that still name their borrower, by their end.
loanSchema.index({ institutionId: 1, status: 1, anonymizedAt: 1, returnDate: 1, _id: 1 });
export const loanModel = (db: Connection) => db.model<Loan>('Loan', loanSchema);

export interface LoanEvent extends Stored {
  /** `<loanId>:<dueCycle>:<type>`; lost: `<loanId>:LOST:<lostCount>`; by hand `#<_id>`. */
  eventKey: string;
  loanId: string;
  dueCycle: number;
  type: 'LOANED' | 'RENEWED' | 'DUE_DATE_CORRECTED' | 'RECALLED' | 'CLAIMED_RETURN' | 'LOST' | 'FOUND' | 'RETURNED';
  at: Date;
  /** `JOB:<key>`, `STAFF`, `PATRON` or `-`. */
  by: string;
  oldDueDate: Date | null;
  newDueDate: Date | null;
  runId: string | null;
}

const loanEventSchema = appendOnly<LoanEvent>('loanEvents', {
  eventKey: text,
  loanId: text,
  dueCycle: number,
  type: oneOf(['LOANED', 'RENEWED', 'DUE_DATE_CORRECTED', 'RECALLED', 'CLAIMED_RETURN', 'LOST', 'FOUND', 'RETURNED']),
  at: instant,
  by: text,
  oldDueDate: maybeInstant,
  newDueDate: maybeInstant,
  runId: maybeText,
});
loanEventSchema.index({ institutionId: 1, eventKey: 1 }, { unique: true });
loanEventSchema.index({ institutionId: 1, loanId: 1, at: 1 });
export const loanEventModel = (db: Connection) => db.model<LoanEvent>('LoanEvent', loanEventSchema);

export const noticeKinds = [
  'OVERDUE_NOTIFICATION_1',
  'OVERDUE_NOTIFICATION_2',
  'OVERDUE_NOTIFICATION_3',
  'OVERDUE_NOTIFICATION_4',
  'OVERDUE_NOTIFICATION_5',
  'CHANGE_TO_LOST',
  'COURTESY',
  'RENEWED',
  'DUE_TODAY',
  'DUE_DATE_CHANGED',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];
export type SendFormat = 'EMAIL' | 'SMS' | 'EMAIL_AND_SMS';
export type NoticeState = 'DECIDED' | 'LETTER_PENDING' | 'LETTERED' | 'NO_LETTER' | 'SUPERSEDED' | 'CANCELLED';

/** One decision about one loan; the natural key of every notice. */
export interface LoanNotice extends Versioned {
  loanId: string;
  dueCycle: number;
  kind: NoticeKind;
  /** `-` where no profile stands behind it. */
  profileId: string;
  /** `-`, or the day for DUE_TODAY. */
  dayKey: string;
  userId: string | null;
  libraryCode: string;
  sendFormat: SendFormat;
  runId: string;
  decidedAt: Date;
  /** Reason code, old and new due date, fees: what the letter needs and the loan no longer tells. */
  data: Record<string, unknown>;
  state: NoticeState;
  /** The letter it belongs to (fulfillment-loans S8.9); `''` where none. */
  letterKey: string;
}

const loanNoticeSchema = versioned<LoanNotice>('loanNotices', {
  loanId: text,
  dueCycle: number,
  kind: oneOf(noticeKinds),
  profileId: text,
  dayKey: text,
  userId: maybeText,
  libraryCode: text,
  sendFormat: oneOf(['EMAIL', 'SMS', 'EMAIL_AND_SMS']),
  runId: text,
  decidedAt: instant,
  data: { type: anything, default: {} },
  state: oneOf(['DECIDED', 'LETTER_PENDING', 'LETTERED', 'NO_LETTER', 'SUPERSEDED', 'CANCELLED']),
  letterKey: { type: String, default: '' },
});
loanNoticeSchema.index({ institutionId: 1, loanId: 1, dueCycle: 1, kind: 1, profileId: 1, dayKey: 1 }, { unique: true });
// Letter phase: pending notices of a kind by user.
loanNoticeSchema.index({ institutionId: 1, kind: 1, state: 1, userId: 1, _id: 1 });
// Letter phase: all notices of one letter.
loanNoticeSchema.index({ institutionId: 1, letterKey: 1 });
export const loanNoticeModel = (db: Connection) => db.model<LoanNotice>('LoanNotice', loanNoticeSchema);
