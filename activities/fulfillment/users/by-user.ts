/** How jobs that treat patrons read what belongs to them: in the order of users, each patron's together. */
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';

interface Owned {
  userId: string;
}
/** Of whom rows are read: everybody after a user, or one alone. */
export type WhichUsers = { $gt: string } | string;

export interface WholeUsers<Row> {
  rows: Row[];
  /** Up to this user every row is there; null: there are no more. */
  upTo: string | null;
}

/** About `most` rows of the users after `after`; more where a single user has more. `read` sorts by user; a limit of 0 is none. */
export async function wholeUsers<Row extends Owned>(
  read: (userId: WhichUsers, limit: number) => Promise<Row[]>, after: string, most: number,
): Promise<WholeUsers<Row>> {
  const rows = await read({ $gt: after }, most);
  const last = rows.at(-1)?.userId;
  if (last === undefined || rows.length < most) return { rows, upTo: null };
  return { rows: [...rows.filter(({ userId }) => userId !== last), ...(await read(last, 0))], upTo: last };
}

export function byUser<Row extends Owned>(rows: readonly Row[]): Map<string, Row[]> {
  const users = new Map<string, Row[]>();
  for (const row of rows) {
    const ofUser = users.get(row.userId);
    if (ofUser === undefined) users.set(row.userId, [row]);
    else ofUser.push(row);
  }
  return users;
}

/** Ids of the patrons of a retry. */
export async function usersOfScope(models: Models, { institutionId, runId }: Run): Promise<string[]> {
  const stored = await models.Run.findOne({ institutionId, _id: runId }, { scope: 1 }).lean();
  return stored?.scope?.recordType === 'user' ? stored.scope.ids : [];
}
