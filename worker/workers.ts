/** The workers of a process: who does which work, with what (engine.md 2.6). */
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createDispatcherActivities } from '../activities/dispatcher.js';
import { createReadingListMailActivities } from '../activities/fulfillment/email-leganto-notifications.js';
import { createFinesFeesActivities } from '../activities/fulfillment/fines-fees-notifications.js';
import { createDueDateCorrectionActivities } from '../activities/fulfillment/loans-due-date-correction.js';
import { createArchivingActivities } from '../activities/fulfillment/fulfillment-historical-archiving.js';
import { createOverdueAndLostActivities } from '../activities/fulfillment/loans-overdue-and-lost.js';
import { createNoticeLetterActivities } from '../activities/fulfillment/notice-letters.js';
import { createCourtesyActivities } from '../activities/fulfillment/notifications-courtesy-and-renewals.js';
import { createActivityReportActivities } from '../activities/fulfillment/notifications-activity-report.js';
import { createDueDateReminderActivities } from '../activities/fulfillment/notifications-due-date-reminders.js';
import { createRemoveBlocksActivities } from '../activities/fulfillment/users-remove-blocks.js';
import { createMailActivities } from '../activities/mail.js';
import type { Sender } from '../activities/mail/compose.js';
import type { Transporters } from '../activities/mail/transporters.js';
import { wakeMail } from '../activities/mail/wake.js';
import { createRunActivities } from '../activities/runs.js';
import { createSystemActivities } from '../activities/system.js';
import { queues, type taskQueues } from '../config/queues.js';
import type { Models } from '../models/models.js';
import { reconcileInstallation } from './reconciliation.js';
import { workflowBundle } from './workflow-bundle.js';

type Queue = (typeof taskQueues)[number];

export interface WorkerDependencies {
  models: Models;
  client: Client;
  now: () => Date;
  transporters: Transporters;
  /** The address of the pages: a workflow links to the report of its run. */
  publicUrl: string;
  sender: Sender;
}

/** Of every queue; runs that wait for their letters are among them, each with an activity. */
const ACTIVITIES_AT_ONCE = 32;

const activitiesOf = (dependencies: WorkerDependencies): Record<Queue, object[]> => {
  const { models, client, now, transporters, publicUrl, sender } = dependencies;
  const tellMail = (institutionId: string) => wakeMail(client, institutionId, queues.jobs);
  const reconcile = () => reconcileInstallation({ models, client, now, taskQueue: queues.jobs });
  return {
    jobs: [
      createRunActivities({ models, client, now, publicUrl, workflowQueue: queues.jobs, wakeMail: tellMail }),
      createOverdueAndLostActivities({ models, now }),
      createDueDateCorrectionActivities({ models, now }),
      createCourtesyActivities({ models, now }),
      createDueDateReminderActivities({ models, now }),
      createReadingListMailActivities({ models, now, wakeMail: tellMail }),
      createArchivingActivities({ models, now }),
      createRemoveBlocksActivities({ models, now }),
      createActivityReportActivities({ models, now, wakeMail: tellMail }),
      createFinesFeesActivities({ models, now, wakeMail: tellMail }),
      createNoticeLetterActivities({ models, now, wakeMail: tellMail }),
    ],
    mail: [createMailActivities({ models, now, transporters, ...sender })],
    system: [createDispatcherActivities({ models, client, now }), createSystemActivities({ reconcile })],
  };
};

/** The engine hears of a page at least so often: three times before it takes the worker for dead. */
const HEARTBEAT_AT_MOST_EVERY_MS = 5_000;

/** A worker for each queue that this process serves. */
export async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  served: readonly string[],
  dependencies: WorkerDependencies,
): Promise<Worker[]> {
  const bundle = await workflowBundle();
  const own = Object.entries(activitiesOf(dependencies)).filter(([queue]) => served.includes(queue));
  return Promise.all(own.map(([taskQueue, activities]) => Worker.create({
    ...common(connection, namespace),
    taskQueue,
    activities: merged(taskQueue, activities),
    ...(taskQueue === queues.jobs ? { workflowBundle: bundle } : {}),
  })));
}

const common = (connection: NativeConnection, namespace: string): Omit<WorkerOptions, 'taskQueue'> => ({
  connection,
  namespace,
  maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
  maxHeartbeatThrottleInterval: HEARTBEAT_AT_MOST_EVERY_MS,
  shutdownGraceTime: 20_000,
  shutdownForceTime: 45_000,
});

/** All activities of a queue by name; two of one name would hide each other. */
function merged(queue: string, parts: readonly object[]): object {
  const all: Record<string, unknown> = {};
  for (const [name, activity] of parts.flatMap((part) => Object.entries(part))) {
    if (name in all) throw new Error(`Two activities of queue "${queue}" are called ${name}.`);
    all[name] = activity;
  }
  return all;
}
