/** The commands' way to the operations that they share with the API. */
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import type { Operating } from '../api/operations/context.js';
import { Refusal } from '../api/refusal.js';
import { now } from '../config/clock.js';
import { required } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { createIndexes, type Models } from '../models/models.js';
import { withInstallation } from './installation.js';
import { withModelsAt } from './models-at.js';
import { worker } from './stack/own-processes.js';

/** Reads and writes the store only; starts a MongoDB when no installation runs. */
export async function withModels<T>(commandLine: string, work: (models: Models) => Promise<T>): Promise<T> {
  return withInstallation({ commandLine, servers: 'mongodb', processes: [] }, ({ mongodbUri }) =>
    withModelsAt(mongodbUri, 'almanac-cli', async (models) => {
      await createIndexes(models);
      return work(models);
    }));
}

/** With the engine and a worker beside it, for what starts runs. */
export async function withOperating<T>(commandLine: string, work: (operating: Operating) => Promise<T>): Promise<T> {
  const needs = { commandLine, servers: 'mongodb and temporal', processes: [worker] } as const;
  return withInstallation({ ...needs, processes: [...needs.processes] }, async ({ mongodbUri, environment }) => {
    const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', environment.temporal);
    const connection = await Connection.connect(connectionOptions);
    try {
      const client = new Client({ connection, namespace });
      return await withModelsAt(mongodbUri, 'almanac-cli', (models) => work({ models, client, now, taskQueue: queues.jobs }));
    } finally {
      await connection.close();
    }
  });
}

/** The institution named, or the only one there is; a Refusal tells which there are. */
export async function institutionCode(models: Models, named: string | undefined): Promise<string> {
  const codes = (await models.Institution.find({}, { code: 1 }).sort({ code: 1 }).lean()).map(({ code }) => code);
  const [only] = codes;
  if (named === undefined && only !== undefined && codes.length === 1) return only;
  if (named !== undefined && codes.includes(named)) return named;
  const fault = named === undefined ? '--institution is missing' : `--institution "${named}" is unknown`;
  throw new Refusal('validation-failed', `${fault}: expected one of ${codes.join(', ') || '(there is none yet)'}.`);
}

/** An instant of the command line; a Refusal names the option, its value and what was expected. */
export function instantOption(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new Refusal('validation-failed', `${option} "${text}" is not an instant: expected ISO 8601 with its offset, such as 2020-11-13T09:00:00Z.`);
  }
  return new Date(text);
}
