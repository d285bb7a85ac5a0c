/** Identifiers of loaded records. */
import { hash } from 'node:crypto';

/** The same 24 hex digits for the same record of the same source, whenever it is loaded; other loads cannot meet it. */
export function recordIdOf(...names: string[]): string {
  return hash('sha256', names.join(':'), 'hex').slice(0, 24);
}
