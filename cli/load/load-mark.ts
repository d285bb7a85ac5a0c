/** What a record looked like when it was last loaded from another system, so that a repeat tells the source's changes from ours. */
import type { Connection } from 'mongoose';
import { text, versioned, type Versioned } from '../../models/document.js';

/** `_id` is that of the record. The hash is of what the loader made, not of what is stored now. */
export interface LoadMark extends Versioned {
  hash: string;
}
const loadMarkSchema = versioned<LoadMark>('loadMarks', { hash: text });
loadMarkSchema.index({ institutionId: 1, _id: 1 });
export const loadMarkModel = (db: Connection) => db.model<LoadMark>('LoadMark', loadMarkSchema);
