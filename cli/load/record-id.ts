/** Identifiers of loaded records. */
import { createHash } from 'node:crypto';

/** The same 24 hex digits for the same record of the same source, whenever it is loaded; other loads cannot meet it. */
export function recordIdOf(...names: string[]): string {
  return createHash('sha256').update(names.join(':')).digest('hex').slice(0, 24);
}
