/** The end of a run looks at its letters (platform.md 5, Letters). */
import { Context } from '@temporalio/activity';
import type { Page, Problem, Run } from '../../domain/run.js';
import type { LetterState } from '../../models/letter.js';
import type { Models } from '../../models/models.js';
import { recordBatch } from './batches.js';
import { moveRun } from './status.js';

/** So long a run waits for its letters to leave. */
const LONGEST_WAIT_MS = 30 * 60 * 1000;
/** Most letters of a night leave at once; the longer they take, the less a second matters. */
const FIRST_LOOK_MS = 100;
const LOOK_AT_LEAST_EVERY_MS = 2_000;

/**
 * Waits until the letters of a run have left QUEUED and SENDING, at most 30 minutes from its FINALIZING on, then tells
 * of those still queued (WARNING) and those that failed (ERROR, retryable). It never changes what the job did.
 */
export async function awaitLetters(models: Models, now: () => Date, run: Run): Promise<Page> {
  const { institutionId, runId } = run;
  await moveRun(models, run, 'FINALIZING', now());
  const stored = await models.Run.findOne({ institutionId, _id: runId }, { statusAt: 1 }).lean();
  const until = (stored?.statusAt ?? now()).getTime() + LONGEST_WAIT_MS;
  const open = { institutionId, runId, state: { $in: ['QUEUED', 'SENDING'] satisfies LetterState[] } };

  let waiting = await models.Letter.countDocuments(open);
  let pause = FIRST_LOOK_MS;
  while (waiting > 0 && now().getTime() < until && !(await mailIsPaused(models, institutionId))) {
    Context.current().heartbeat();
    await Context.current().sleep(pause);
    pause = Math.min(pause * 1.5, LOOK_AT_LEAST_EVERY_MS);
    waiting = await models.Letter.countDocuments(open);
  }

  const problems: Problem[] = await failedLetters(models, run);
  if (waiting > 0) {
    problems.push({
      severity: 'WARNING',
      code: 'LETTERS_STILL_QUEUED',
      message: waiting === 1 ? 'One letter had not left when the run ended' : `${waiting} letters had not left when the run ended`,
      params: { waiting },
      recordType: null,
      recordId: null,
      recordLabel: null,
      retryable: false,
    });
  }
  return recordBatch(models, run, null, { counters: {}, problems }, now());
}

async function mailIsPaused(models: Models, institutionId: string): Promise<boolean> {
  const institution = await models.Institution.findOne({ institutionId, code: institutionId }, { mailPaused: 1 }).lean();
  return institution?.mailPaused ?? false;
}

async function failedLetters(models: Models, { institutionId, runId }: Run): Promise<Problem[]> {
  const failed = await models.Letter.find({ institutionId, runId, state: 'FAILED' }, { letterCode: 1, attempts: 1 }).lean();
  return failed.map(({ _id, letterCode, attempts }) => {
    const last = attempts.at(-1)?.outcome;
    const reason = last === 'TEMPLATE_ERROR' ? 'TEMPLATE_ERROR' : last === 'REFUSED' ? 'REFUSED' : 'GAVE_UP';
    return {
      severity: 'ERROR',
      code: 'LETTER_FAILED',
      message: `${letterCode} could not be sent: ${reason}`,
      params: { reason, letterCode },
      recordType: 'letter',
      recordId: _id,
      recordLabel: letterCode,
      retryable: true,
    } satisfies Problem;
  });
}
