/** The one patron whose record is explained. */
import type { User } from '../../../models/user.js';
import type { Models } from '../../../models/models.js';

/** By id or primary id: `user:<id>`, `user:<primary id>`. null: there is none; another type of record is a RangeError. */
export async function findUser(models: Models, institutionId: string, record: string): Promise<Pick<User, '_id' | 'primaryId'> | null> {
  const [type = '', ...rest] = record.split(':');
  const key = rest.join(':');
  if (type !== 'user' || key === '') throw new RangeError(`"${record}" is not a user: expected user:<id> or user:<primary id>`);
  const found = (filter: { _id: string } | { primaryId: string }) => models.User.findOne({ institutionId, ...filter }, { primaryId: 1 }).lean();
  return (await found({ _id: key })) ?? found({ primaryId: key });
}
