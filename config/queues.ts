/**
 * The task queues of an installation. All workflows share `jobs` with the pages of jobs, so that an activity follows its workflow task without
 * a poll in between; `mail` and `system` have activities alone (docs/decisions/004).
 */
export const queues = { jobs: 'jobs', mail: 'mail', system: 'system' } as const;

export const taskQueues = Object.values(queues);
