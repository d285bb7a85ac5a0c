/**
 * What a page of patrons comes to: fees for letters, then the letters, each under its own key, so that a crash between two of them is
 * repaired by doing all again (fulfillment-loans.md, fines-fees-notifications, rule 4 and Idempotency).
 */
import { notificationFeeKey } from '../../../domain/fulfillment/fines-fees-notifications.js';
import type { Problem, Run } from '../../../domain/run.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Models } from '../../../models/models.js';
import { insertLetters, planLetters, type LetterContext } from '../../letters.js';
import { feesOfUsers } from './debtors.js';
import { draftsOf, settleFees, type Draft } from './draft-letters.js';
import type { Ground } from './ground.js';
import { judgeDebtors, type JudgedDebtor } from './judge.js';

export interface Outcome {
  /** This run's own, as they stand: those of an earlier attempt among them. */
  letters: StoredLetter[];
  /** Of a missing address, and the like. */
  problems: Problem[];
  /** Patrons who were to be written to, and had paid when their balances were read again. */
  changedDuringRun: Set<string>;
}

/** `claimed`: keys of the letters that an earlier attempt at this page was about to write. */
export async function writeLetters(context: LetterContext, run: Run, ground: Ground, judged: readonly JudgedDebtor[], claimed: readonly string[]): Promise<Outcome> {
  const { models, institutionId, now } = context;
  const notified = judged.filter(({ decision, unsaid }) => decision.action === 'NOTIFY' || unsaid.size > 0).map(({ userId }) => userId);
  const again = await judgeDebtors(models, ground, await feesOfUsers(models, institutionId, notified));

  const { drafts, users } = await draftsOf(models, run, ground, again, claimed);
  const { planned, problems } = await planLetters(context, drafts.map(({ request }) => request), users);
  const fees = settleFees(run, drafts, planned, now());
  await takeBackUnsaid(models, institutionId, again, drafts);
  await insertOnce(models.Fee, fees);
  const queued = await insertLetters(models, planned);
  const letters = planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);

  const told = new Set(drafts.map(({ user }) => user._id));
  const intended = judged.filter(({ decision }) => decision.action === 'NOTIFY').map(({ userId }) => userId);
  return { letters, problems, changedDuringRun: new Set(intended.filter((userId) => !told.has(userId))) };
}

/** The same for a preview: letters as they would be, and nothing written. */
export async function planOnly(context: LetterContext, run: Run, ground: Ground, judged: readonly JudgedDebtor[]): Promise<Outcome> {
  const { drafts, users } = await draftsOf(context.models, run, ground, judged, []);
  const { planned: letters, problems } = await planLetters(context, drafts.map(({ request }) => request), users);
  settleFees(run, drafts, letters, context.now());
  return { letters, problems, changedDuringRun: new Set() };
}

/**
 * A run that broke off has charged these fees for letters that nobody will get: the patron has paid since, or a later step has come.
 * One that is touched stays.
 */
async function takeBackUnsaid(models: Models, institutionId: string, judged: readonly JudgedDebtor[], drafts: readonly Draft[]): Promise<void> {
  const told = new Set(drafts.filter(({ request }) => request.data.notificationFee !== 0).map(({ letterKey }) => letterKey));
  const unsaid = judged.flatMap((debtor) => [...debtor.unsaid.keys()]).filter((letterKey) => !told.has(letterKey));
  if (unsaid.length === 0) return;
  await models.Fee.deleteMany({ institutionId, dedupeKey: { $in: unsaid.map(notificationFeeKey) }, status: 'ACTIVE', version: 1 });
}
