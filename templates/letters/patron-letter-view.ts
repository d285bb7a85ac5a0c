/** What every letter to a patron shows: whose it is, and whom it is from. */
import type { LetterView } from '../letter.js';
import type { Reader } from '../reader.js';
import { isolated } from '../text.js';
import type { PatronLetterData } from './patron-letter-data.js';

export interface PatronLetterView extends LetterView {
  patronName: string;
  /** The library's, where the letter is of one. */
  contactEmail: string | null;
}

export function patronLetterView({ library, institution, user, date }: PatronLetterData, reader: Reader): PatronLetterView {
  const senderName = library?.name ?? institution.name;
  return {
    senderName,
    institutionLine: senderName === institution.name ? null : institution.name,
    footer: reader.say('automatic', { day: reader.day(date), primaryId: user.primaryId }),
    patronName: isolated([user.firstName, user.lastName].filter((part) => part).join(' ')),
    contactEmail: library?.email ?? null,
  };
}
