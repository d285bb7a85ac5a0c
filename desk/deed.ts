/** What every function of the desk is handed. */
import type { Models } from '../models/models.js';

/** Something that is done in an institution, at one moment, by somebody. */
export interface Deed {
  models: Models;
  institutionId: string;
  /** The moment that the rules go by and that is written into every record. */
  at: Date;
  /** Staff at the desk, or the patron at a machine or at home. */
  by: 'STAFF' | 'PATRON';
  /** The user who did it, kept with money that changes hands. */
  actorId: string;
  /** Tells the delivery that there is a letter; it finds one that it was not told of by itself, later. */
  tellMail: () => Promise<void>;
}

/** How often a record that others write meanwhile is read and decided again (spec/README.md, Documents). */
export const ATTEMPTS = 4;
