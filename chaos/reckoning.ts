/** What a disturbed night has done otherwise than the undisturbed, by counting in the store and in the mailbox. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { differences } from './differences.js';
import type { House } from './night.js';
import { pictureOf } from './picture.js';

/** Of what a line of a picture tells; `mail`, `open`: see below. */
export const subjects = ['loan', 'change', 'news', 'item', 'notice', 'event', 'fee', 'block', 'demerit', 'history', 'request', 'letter', 'run', 'counter', 'code', 'problem', 'mail', 'open'] as const;
export type Subject = (typeof subjects)[number];

/** By subject, a sentence each; no sentence where the nights are equal. */
export type Reckoning = Record<Subject, string[]>;

export async function reckon(house: House, undisturbed: readonly string[], institutionId: string): Promise<Reckoning> {
  const reckoning = Object.fromEntries(subjects.map((subject) => [subject, [] as string[]])) as Reckoning;
  const picture = await pictureOf(house.installation.models, institutionId, []);
  for (const line of differences(undisturbed, picture)) {
    const subject = subjects.find((each) => line.slice(5).startsWith(`{"${each}":`));
    if (subject === undefined) throw new Error(`no subject for ${line}`);
    reckoning[subject].push(line);
  }
  reckoning.mail.push(...(await mailFaults(house, institutionId)));
  reckoning.open.push(...(await leftOpen(house, institutionId)));
  return reckoning;
}

/**
 * Every letter sent was accepted; more than once only where its attempts say UNKNOWN, and under its own Message-ID. None is tried again
 * after an attempt that says ACCEPTED.
 */
async function mailFaults({ installation: { models }, mail }: House, institutionId: string): Promise<string[]> {
  const accepted = new Map<string, number>();
  for (const { messageId } of mail.accepted.filter((each) => each.institutionId === institutionId)) {
    accepted.set(messageId, (accepted.get(messageId) ?? 0) + 1);
  }
  const faults: string[] = [];
  const letters = await models.Letter.find({ institutionId }, { state: 1, attempts: 1, messageId: 1, dedupeKey: 1 }).lean();
  for (const { _id, state, attempts, messageId, dedupeKey } of letters) {
    const times = accepted.get(messageId ?? '') ?? 0;
    if (messageId !== null) accepted.delete(messageId);
    const unknown = attempts.filter(({ outcome }) => outcome === 'UNKNOWN').length;
    if (state === 'SENT' && times === 0) faults.push(`lost ${dedupeKey}: sent, and nobody has it`);
    if (times > (state === 'SENT' ? 1 : 0) + unknown) faults.push(`more ${dedupeKey}: ${state}, accepted ${times} times, unknown of ${unknown} attempts`);
    if (attempts.slice(0, -1).some(({ outcome }) => outcome === 'ACCEPTED')) faults.push(`more ${dedupeKey}: tried again after it was accepted`);
    if (messageId !== null && !messageId.includes(_id)) faults.push(`more ${dedupeKey}: its Message-ID is another letter's`);
  }
  for (const [messageId, times] of accepted) faults.push(`more ${messageId}: accepted ${times} times, and no letter's`);
  return faults;
}

/** Runs, in the store and in the engine; letters under way; notices without an end; places in the dispatcher. */
async function leftOpen({ installation: { models, client } }: House, institutionId: string): Promise<string[]> {
  const atWork = await atWorkInEngine(models, client, institutionId); // a run may be closed and its workflow not yet have given its place back
  const dispatcher = client.workflow.getHandle(`dispatcher-${institutionId}`);
  await dispatcher.signal('look').catch(unlessGone);
  const held = await Promise.race([
    dispatcher.result().then(() => 0, (error: unknown) => (unlessGone(error), 0)),
    new Promise<number>((resolve) => setTimeout(() => resolve(1), 30_000).unref()),
  ]);
  const [runs, letters, notices, changes, news] = await Promise.all([
    models.Run.countDocuments({ institutionId, endedAt: null }),
    models.Letter.countDocuments({ institutionId, state: { $in: ['QUEUED', 'SENDING'] } }),
    models.LoanNotice.countDocuments({ institutionId, state: { $in: ['DECIDED', 'LETTER_PENDING'] } }),
    models.CalendarChange.countDocuments({ institutionId, processedAt: null }),
    models.ReadingListNotification.countDocuments({ institutionId, emailedAt: null, letterKey: { $gt: '' } }),
  ]);
  const counted = { runs, letters, notices, 'calendar changes': changes, 'claimed news': news, 'workflows of runs': atWork, 'places in the dispatcher': held };
  return Object.entries(counted).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what} left open`]));
}

async function atWorkInEngine({ Run }: House['installation']['models'], client: House['installation']['client'], institutionId: string): Promise<number> {
  const runs = await Run.find({ institutionId }, { workflowId: 1 }).lean();
  const ended = await Promise.all(runs.map(({ workflowId }) => Promise.race([
    client.workflow.getHandle(workflowId).result().then(() => true, () => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 30_000).unref()),
  ])));
  return ended.filter((each) => !each).length;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}
