/** apiKey: what a program signs in with (spec/data-model.md, 1 Platform). */
import type { Connection } from 'mongoose';
import { anything, instant, maybeInstant, number, text, texts, versioned, type Versioned } from './document.js';
import type { LastChange } from './scheduled-job.js';

export interface ApiKey extends Versioned {
  /** Need not be unique: a key and the one that replaces it may bear the same for a while. */
  name: string;
  /** The first 8 characters of its secret, by which people tell keys apart. */
  prefix: string;
  /** SHA-256 of the whole key, which is stored nowhere. */
  hash: string;
  roles: string[];
  expiresAt: Date;
  /** The first use within the last minute that it was used in. */
  lastUsedAt: Date | null;
  /** How often it was used in that minute. */
  usesInMinute: number;
  revokedAt: Date | null;
  lastChange: LastChange | null;
}

const apiKeySchema = versioned<ApiKey>('apiKeys', {
  name: text,
  prefix: text,
  hash: text,
  roles: texts,
  expiresAt: instant,
  lastUsedAt: maybeInstant,
  usesInMinute: { ...number, default: 0 },
  revokedAt: maybeInstant,
  lastChange: { type: anything, default: null },
});
apiKeySchema.index({ hash: 1 }, { unique: true });
// The page: by name.
apiKeySchema.index({ institutionId: 1, name: 1, _id: 1 });
export const apiKeyModel = (db: Connection) => db.model<ApiKey>('ApiKey', apiKeySchema);
