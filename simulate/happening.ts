/** What happens in the simulated library on a day: who does what, when, to which records. */
import type { Draw } from '../chaos/draw.js';
import type { Plan } from '../cli/seed/plan.js';
import type { Deed } from '../desk/deed.js';
import type { Models } from '../models/models.js';
import type { Touching } from './side-by-side.js';

export interface Life {
  models: Models;
  seed: number;
  plan: Plan;
}

export type Asked = (deed: Deed) => Promise<{ outcome: string; reason?: string }>;
export interface Happening extends Touching {
  /** Of the wall clock. */
  minutes: number;
  what: string;
  by: Deed['by'];
  asked: Asked;
}

/** Minutes of the wall clock. */
export const [OPENS, CLOSES] = [9 * 60, 20 * 60];
export const sometime = (draw: Draw): number => OPENS + draw.below(CLOSES - OPENS);

/** What has happened when a library has lived for some time; a life without one of these has not tried it. */
export const everything = [
  'lent: LENT', 'renewed: RENEWED', 'returned: RETURNED', 'returned to the book drop: RETURNED', 'return dated back: RETURNED', 'recalled: RECALLED', 'recall cancelled: CANCELLED',
  'claimed returned: CLAIMED', 'declared lost: LOST', 'lost item returned: RETURNED', 'found: FOUND', 'payment: BOOKED', 'waive: BOOKED', 'dispute: BOOKED', 'all paid: PAID',
  'lent: USER_BLOCKED', 'a day closed: APPLIED', 'due dates moved: MOVED',
];
