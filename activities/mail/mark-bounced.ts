/** An address that a mail server refused for good is not used again (fulfillment-loans.md S8.3). */
import type { User } from '../../models/user.js';
import type { Models } from '../../models/models.js';

const TRIES = 3;

/** Marks the address on its user. Somebody else may be editing the user: read again, decide again, at most three times. */
export async function markBounced(models: Models, institutionId: string, userId: string, address: string, at: Date): Promise<void> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const user = await models.User.findOne({ institutionId, _id: userId }, { emails: 1, version: 1 }).lean<Pick<User, 'emails' | 'version'>>();
    const usable = user?.emails.some((email) => email.address === address && !email.bounced) ?? false;
    if (user === null || !usable) return;
    const emails = user.emails.map((email) => (email.address === address ? { ...email, bounced: true } : email));
    const { matchedCount } = await models.User.updateOne(
      { institutionId, _id: userId, version: user.version },
      { $set: { emails, updatedAt: at }, $inc: { version: 1 } },
      { timestamps: false },
    );
    if (matchedCount > 0) return;
  }
}
