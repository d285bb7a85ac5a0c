/** What a letter says: made when its turn first comes, and kept, so that every attempt sends the same bytes. */
import { insertOnce } from '../../models/insert-once.js';
import type { LetterContent, StoredLetter } from '../../models/letter.js';
import type { Models } from '../../models/models.js';
import { renderLetter } from '../../templates/render.js';

/** The contents of the letters that were rendered before, by letter. */
export async function keptContents(
  models: Models, institutionId: string, letterIds: readonly string[],
): Promise<Map<string, LetterContent>> {
  const kept = await models.LetterContent.find({ institutionId, _id: { $in: [...letterIds] } }).lean<LetterContent[]>();
  return new Map(kept.map((content) => [content.letterId, content]));
}

/** Throws where the letter's data and its template do not fit. */
export function renderContent(letter: StoredLetter, defaultLanguage: string, at: Date): LetterContent {
  const { _id, institutionId, letterCode, channel, data, language } = letter;
  if (channel === 'PRINT') throw new RangeError('A letter on paper has no rendering.');
  const rendering = renderLetter(letterCode, channel, data, { language, defaultLanguage });
  // The letter's id is the content's too: of two renderings of one letter only one can be kept.
  return { _id, institutionId, letterId: _id, ...rendering, createdAt: at, updatedAt: at };
}

/** Keeps new contents and answers with what is kept: where another worker was faster, its content is the letter's. */
export async function keepContents(models: Models, contents: readonly LetterContent[]): Promise<Map<string, LetterContent>> {
  const there = await insertOnce(models.LetterContent, contents);
  const kept = new Map(contents.map((content) => [content.letterId, content]));
  const [first] = contents;
  if (first === undefined || there.length === 0) return kept;
  const faster = await keptContents(models, first.institutionId, there.map((index) => contents[index]!._id));
  return new Map([...kept, ...faster]);
}
