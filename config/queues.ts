/**
 * The task queues of an installation. Jobs and their pages share one, so that an activity follows its workflow task
 * without a poll in between (docs/decisions/004).
 */
export const queues = { jobs: 'jobs', mail: 'mail', system: 'system' } as const;

export const taskQueues = Object.values(queues);
