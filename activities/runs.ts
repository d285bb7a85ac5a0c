/** The activities of every run: open, begin, send failed letters again, wait for letters, close. */
import type { Client } from '@temporalio/client';
import type { Page, Run, RunRef } from '../domain/run.js';
import type { Models } from '../models/models.js';
import { beginRun, startWork } from './runs/begin.js';
import { closeRun, type Closed, type Leaving } from './runs/close.js';
import { awaitLetters } from './runs/letters.js';
import { resendLetters } from './runs/resend.js';
import { forAMinute } from './runs/pages.js';
import { askAgain, openRun, type Opening } from './runs/open.js';

interface Dependencies {
  models: Models;
  client: Client;
  now: () => Date;
  workflowQueue: string;
  publicUrl: string;
  /** Tells an institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

export function createRunActivities(dependencies: Dependencies) {
  const { models, now, publicUrl } = dependencies;
  return {
    openRun: (opening: Opening): Promise<RunRef | null> => openRun(dependencies, opening),
    askAgain: (ref: RunRef): Promise<void> => askAgain(dependencies, ref),
    beginRun: (ref: RunRef): Promise<Run | null> => beginRun({ models, now, publicUrl }, ref),
    startWork: (run: Run, selected: number, approved: boolean): Promise<boolean> => startWork(models, now, run, selected, approved),
    resendLetters: forAMinute((run: Run): Promise<Page> => resendLetters(dependencies, run)),
    awaitLetters: (run: Run): Promise<Page> => awaitLetters(models, now, run),
    closeRun: (ref: RunRef, leaving: Leaving): Promise<Closed | null> => closeRun(models, now, ref, leaving),
  };
}
export type RunActivities = ReturnType<typeof createRunActivities>;
