/** What an armed worker is told, and what it tells. */
import type { Failpoint } from '../../chaos/failpoints.js';

/** What is switched off to see that its absence is noticed. */
export type Sabotage = 'CLAIMS_FORGOTTEN' | 'FEES_WITHOUT_KEYS';

/** By institution; handed to a worker in ALMANAC_TEST_KILLED. */
export interface Arming {
  /** Where its work stands still until the worker is killed. */
  stops: Record<string, readonly Failpoint[]>;
  /** Where its work stands still once, until the parent says `{ goOn: <institution> }`: meanwhile a server is killed. */
  rests: Record<string, Failpoint>;
  sabotage: Record<string, Sabotage>;
}

/** What an armed worker tells its parent. */
export interface Reached {
  reached: { institutionId: string; place: Failpoint };
}
