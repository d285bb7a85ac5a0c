/** Whether there is a person to charge, block and write to: a deleted user counts as a missing one, an inactive one holds the books still (fulfillment-loans.md, S8.2). */
export function isReachable(userId: string | null, users: ReadonlyMap<string, { status: string }>): boolean {
  const user = userId === null ? undefined : users.get(userId);
  return user !== undefined && user.status !== 'DELETED';
}
