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
