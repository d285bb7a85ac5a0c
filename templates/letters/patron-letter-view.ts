/** What every letter to a patron shows: whose it is, and whom it is from. */
import type { LetterView } from '../letter.js';
import type { Reader } from '../reader.js';
import { isolated, oneLine } from '../text.js';
import type { PatronLetterData } from './patron-letter-data.js';

export interface PatronLetterView extends LetterView {
  patronName: string;
  /** The library's, where the letter is of one. */
  contactEmail: string | null;
}

/** Who has no name is called by the user number. */
export function patronLetterView(
  { library, institution, user, date }: Pick<PatronLetterData, 'library' | 'institution' | 'user' | 'date'>, reader: Reader,
): PatronLetterView {
  const senderName = library?.name ?? institution.name;
  return {
    senderName,
    institutionLine: senderName === institution.name ? null : institution.name,
    footer: reader.say('automatic', { day: reader.day(date), primaryId: user.primaryId }),
    patronName: isolated(oneLine(`${user.firstName ?? ''} ${user.lastName}`) || user.primaryId),
    contactEmail: library?.email ?? null,
  };
}
