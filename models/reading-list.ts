/** readingListNotification (spec/data-model.md, 4 Circulation). */
import type { Connection } from 'mongoose';
import { readingListEvents, type ReadingListEvent } from '../domain/fulfillment/email-leganto-notifications.js';
import { maybeInstant, maybeText, oneOf, text, versioned, type Versioned } from './document.js';

/** News of a reading list to one of its owners or collaborators. Made by the reading list functions; only mailed here. */
export interface ReadingListNotification extends Versioned {
  userId: string;
  /** null: news of a course that has no list. */
  readingListId: string | null;
  readingListName: string;
  courseCode: string;
  courseName: string;
  eventType: ReadingListEvent;
  actorUserId: string | null;
  /** What it is about: a title, a remark. */
  text: string;
  /** What it is now: a tag, a day. */
  value: string | null;
  /** To the place in the list; empty where there is none. */
  link: string;
  readAt: Date | null;
  emailedAt: Date | null;
  /** Of the mail that has claimed it; empty while none has. */
  letterKey: string;
}

const readingListNotificationSchema = versioned<ReadingListNotification>('readingListNotifications', {
  userId: text,
  readingListId: maybeText,
  readingListName: { type: String, default: '' },
  courseCode: { type: String, default: '' },
  courseName: { type: String, default: '' },
  eventType: oneOf(readingListEvents),
  actorUserId: maybeText,
  text: { type: String, default: '' },
  value: maybeText,
  link: { type: String, default: '' },
  readAt: maybeInstant,
  emailedAt: maybeInstant,
  letterKey: { type: String, default: '' },
});
// email-leganto-notifications: news not yet mailed by user, and (by `letterKey` alone) what has been claimed and not mailed.
readingListNotificationSchema.index({ institutionId: 1, emailedAt: 1, letterKey: 1, readAt: 1, userId: 1, createdAt: 1, _id: 1 });
// The news of one mail.
readingListNotificationSchema.index({ institutionId: 1, letterKey: 1 });
export const readingListNotificationModel = (db: Connection) =>
  db.model<ReadingListNotification>('ReadingListNotification', readingListNotificationSchema);
