/** What of the due letters goes out, asked once more when their turn comes, and what it says (platform.md 13, Delivery). */
import { suppressionAtSending, type SuppressedReason } from '../../domain/letters.js';
import type { Institution } from '../../models/institution.js';
import type { LetterConfig, LetterContent, StoredLetter } from '../../models/letter.js';
import type { Library } from '../../models/library.js';
import type { Models } from '../../models/models.js';
import type { User } from '../../models/user.js';
import { letterOf } from '../../templates/letters.js';
import type { Unsent } from './letter-states.js';
import { keepContents, keptContents, renderContent } from './renderings.js';

/** What a page of letters refers to, as it is now. */
export interface Known {
  institution: Institution;
  users: Map<string, Pick<User, 'status' | 'letterOptOut'>>;
  configs: Map<string, LetterConfig>;
  libraries: Map<string, Pick<Library, 'name' | 'email'>>;
}

export interface Ready {
  letter: StoredLetter;
  content: LetterContent;
}

export async function readKnown(models: Models, institution: Institution, letters: readonly StoredLetter[]): Promise<Known> {
  const { institutionId } = institution;
  const userIds = letters.flatMap(({ recipient }) => (recipient.type === 'USER' && recipient.id !== null ? [recipient.id] : []));
  const letterCodes = new Set(letters.map(({ letterCode }) => letterCode));
  const libraryCodes = new Set(letters.flatMap(({ libraryCode }) => libraryCode ?? []));
  const [users, configs, libraries] = await Promise.all([
    models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1, letterOptOut: 1 }).lean<User[]>(),
    models.LetterConfig.find({ institutionId, letterCode: { $in: [...letterCodes] } }).lean<LetterConfig[]>(),
    models.Library.find({ institutionId, code: { $in: [...libraryCodes] } }, { code: 1, name: 1, email: 1 }).lean<Library[]>(),
  ]);
  return {
    institution,
    users: new Map(users.map((user) => [user._id, user])),
    configs: new Map(configs.map((config) => [config.letterCode, config])),
    libraries: new Map(libraries.map((library) => [library.code, library])),
  };
}

/**
 * Renders what goes out, and what would if this were no test system; tells which letters end here and why.
 *
 * A letter that cannot be rendered ends alone: the others of the page have other data, perhaps another template.
 */
export async function prepare(
  models: Models, due: readonly StoredLetter[], known: Known, at: Date,
): Promise<{ ready: Ready[]; unsent: Unsent[] }> {
  const { institutionId, defaultLanguage } = known.institution;
  const seenBefore = due.filter(({ attempts }) => attempts.length > 0);
  const kept = await keptContents(models, institutionId, seenBefore.map(({ _id }) => _id));
  const unsent: Unsent[] = [];
  const rendered: (Ready & { reason: SuppressedReason | null })[] = [];
  for (const letter of due) {
    try {
      const reason = suppressionOf(letter, known);
      if (reason === null || reason === 'NOT_ALLOWED_ADDRESS') {
        const content = kept.get(letter._id) ?? renderContent(letter, defaultLanguage, at);
        rendered.push({ letter, content, reason });
      } else {
        unsent.push({ letter, state: 'SUPPRESSED', reason, content: null });
      }
    } catch (error) {
      unsent.push({ letter, state: 'FAILED', text: error instanceof Error ? error.message : String(error) });
    }
  }

  const fresh = await keepContents(models, rendered.map(({ content }) => content).filter(({ letterId }) => !kept.has(letterId)));
  const stored = new Map([...kept, ...fresh]);
  const ready: Ready[] = [];
  for (const { letter, reason } of rendered) {
    const content = stored.get(letter._id)!;
    if (reason === null) ready.push({ letter, content });
    else unsent.push({ letter, state: 'SUPPRESSED', reason, content });
  }
  return { ready, unsent };
}

function suppressionOf(letter: StoredLetter, { institution, users, configs }: Known): SuppressedReason | null {
  const { letterCode, recipient } = letter;
  const type = {
    code: letterCode,
    enabled: configs.get(letterCode)?.enabled ?? true,
    optOutAllowed: letterOf(letterCode).optOutAllowed,
  };
  const user = recipient.type === 'USER' && recipient.id !== null ? users.get(recipient.id) : null;
  // A user purged meanwhile reads like one deleted.
  return user === undefined ? 'RECIPIENT_DELETED' : suppressionAtSending(type, user, recipient.address, institution);
}
