/** What the API is handed: its store, its engine, its clock and the operations it shares with the command line. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Now } from '../config/clock.js';
import type { Models } from '../models/models.js';

export interface ApiContext {
  models: Models;
  /** Connects when it is first used: without the engine, reading and configuration work and starts are refused. */
  client: Client;
  now: Now;
  log: Logger;
  /** The address that people open; with https, cookies travel on encrypted connections only. */
  publicUrl: string;
  /** Where people look into the engine; null: no links to it. */
  temporalUiUrl: string | null;
  temporalNamespace: string;
  /** Folder of the mail catcher; null when letters go to a real mail server. */
  mailFolder: string | null;
  /** Brings the engine's schedule into line with the record that was just saved. */
  reconcileScheduledJob: (scheduledJob: { institutionId: string; scheduledJobId: string }) => Promise<void>;
}
