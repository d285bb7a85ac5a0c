/** Profiles have names that staff know them by: two of one family never have the same. */
import { isDuplicateKey } from './changes.js';
import { Refusal } from './refusal.js';

/** Refusal: duplicate. */
export async function namedOnce({ name }: { name: string }, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const message = `"${name}" was given; expected a name that no other profile has`;
    throw new Refusal('duplicate', `There is a profile "${name}" already.`, [{ pointer: '/name', code: 'duplicate', message }]);
  }
}
