/** What is said between the harness and its workers. */
import type { PlaceName } from './places.js';

/** KILL: SIGKILL there. FREEZE: SIGSTOP there, until the harness lets it go on. TELL: say so and go on. */
export type How = 'KILL' | 'FREEZE' | 'TELL';

export interface Order {
  id: number;
  institutionId: string;
  place: PlaceName;
  how: How;
  /** How often the place is passed before. */
  skip: number;
}

/** The protection that is switched off in an institution, to see that its absence is noticed. */
export const sabotages = ['notice-key', 'loan-filter', 'letter-claim'] as const;
export type Sabotage = (typeof sabotages)[number];

/** To a worker: all its orders, in place of those before; or a question. */
export type ToWorker = { orders: Order[] } | { question: 'busy' };
/** From a worker: an order was carried out (of a KILL it may get lost); so many activities are at work. */
export type FromWorker = { reached: number } | { busy: number };
