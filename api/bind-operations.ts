/** Hands the operations their store, their engine and what explains each job. */
import type { Explain } from '../domain/explanation.js';
import type { Operations } from './context.js';
import { engineAnswers, type Operating } from './operations/context.js';
import { explainRecord } from './operations/explain-record.js';
import { rerun, retryFailed, startRun } from './operations/start-run.js';
import { abortRun, approveRun } from './operations/steer-run.js';

export function bindOperations(operating: Operating & { explainers: Readonly<Record<string, Explain>> }): Operations {
  return {
    startRun: (request) => startRun(operating, request),
    rerun: (request) => rerun(operating, request),
    retryFailed: (request) => retryFailed(operating, request),
    abortRun: (request) => abortRun(operating, request),
    approveRun: async (request) => approveRun(operating, request),
    explainRecord: (question) => explainRecord(operating, question),
    engineAnswers: () => engineAnswers(operating),
  };
}
