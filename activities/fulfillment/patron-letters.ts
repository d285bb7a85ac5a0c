/** What every letter to a patron is told: whose it is, whose it is from, where the account is (fulfillment-loans.md, S8, Common template data). */
import type { Run } from '../../domain/run.js';
import type { Institution } from '../../models/institution.js';
import type { Library } from '../../models/library.js';
import type { User } from '../../models/user.js';
import type { PatronLetterData } from '../../templates/letters/patron-letter-data.js';
import { recipientFields, type Recipient } from '../letters.js';

export type LetterPatron = Recipient & Pick<User, 'firstName' | 'lastName' | 'userGroup'>;
export const patronFields = { ...recipientFields, firstName: 1, lastName: 1, userGroup: 1 } as const;

/** `library` undefined: the letter is of none alone. */
export function commonOf(
  { currency, timeZone, asOf }: Pick<Run, 'currency' | 'timeZone' | 'asOf'>, { code, name, settings }: Institution, user: LetterPatron, library: Pick<Library, 'code' | 'name' | 'email'> | undefined,
): PatronLetterData {
  const account = settings.publicAccountUrl;
  return {
    library: library === undefined ? null : { code: library.code, name: library.name, email: library.email },
    user: { firstName: user.firstName, lastName: user.lastName, primaryId: user.primaryId, userGroup: user.userGroup },
    currency,
    timeZone,
    institution: { code, name },
    links: { account: typeof account === 'string' ? account : null },
    date: asOf,
  };
}
