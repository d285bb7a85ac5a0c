/** The categories of jobs, in the order of their tabs (platform.md 1). */
export const categories = [
  'ACQUISITION', 'ADMINISTRATION', 'ANALYTICS', 'DATA_SERVICES', 'DISCOVERY',
  'FULFILLMENT', 'IMPORT', 'PUBLISHING', 'REPOSITORY', 'USERS',
] as const;
export type Category = (typeof categories)[number];
