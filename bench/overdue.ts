/** The nights of loans-overdue-and-lost and notifications-courtesy-and-renewals, over the same library. */
import type { JobNight, Seed } from './night.js';
import { bareNight } from './overdue-bare.js';
import { writeLibrary, type LibrarySize } from './overdue-library.js';
import { outcomeOf } from './overdue-outcome.js';
import { bareRenewals } from './renewals-bare.js';
import { outcomeOfRenewals } from './renewals-outcome.js';

/** To be raised when `writeLibrary` writes something else. */
const SEED = 4;

const sizesOf = ({ loans, overdue, due }: LibrarySize): string => `${loans} loans, ${overdue} overdue, due: ${due}`;

export const librarySeed = (size: LibrarySize): Seed => ({
  name: `overdue-${SEED}-${size.loans}-${size.overdue}-${size.due}`,
  write: (models, said) => writeLibrary(models, size, said),
});

export const overdueNight = (size: LibrarySize): JobNight => (
  { jobKey: 'loans-overdue-and-lost', sizes: sizesOf(size), seed: librarySeed(size), script: bareNight, outcomeOf }
);

export const renewalsNight = (size: LibrarySize): JobNight => (
  { jobKey: 'notifications-courtesy-and-renewals', sizes: sizesOf(size), seed: librarySeed(size), script: bareRenewals, outcomeOf: outcomeOfRenewals }
);
