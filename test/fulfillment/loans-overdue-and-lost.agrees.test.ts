/**
 * loans-overdue-and-lost: what *explain a record* says of each loan of a mixed library, what a preview proposes and what the run
 * then does are the same, two nights running; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { Explanation } from '../../domain/explanation.js';
import type { RunRef } from '../../domain/run.js';
import { emptyDatabase } from '../support/database.js';
import { asOf as wednesday, mixedLibrary } from '../support/mixed-library.js';
import { night, record } from '../support/run-by-hand.js';
import { everythingOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const explain = createExplainers(models)['loans-overdue-and-lost']!;
const thursday = new Date(wednesday.getTime() + 24 * 60 * 60 * 1000);

let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await mixedLibrary(models, 'demo');
  await mixedLibrary(models, 'next-door');
  nextDoor = await everythingOf(models, 'next-door');
});

/** Sentences about loans, each after the barcode of its loan, sorted. */
type Said = string[];
const sayings = (said: [barcode: string | null, sentence: string][]): Said => said.map(([barcode, sentence]) => `${barcode} ${sentence}`).sort();

interface Fired {
  profileName: string;
  lost: boolean;
  fees: { type: string; amount: number }[];
  blocked: boolean;
  /** null: no letter. */
  sendFormat: string | null;
}
/** In which fees are charged; the store keeps none. */
const feeTypes = ['OVERDUE_NOTIFICATION_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'LOST_ITEM_PROCESS_FEE', 'OVERDUE_FINE', 'RECALLED_OVERDUE_FINE'];
const feeWords: Record<string, string> = {
  OVERDUE_NOTIFICATION_FINE: 'a fine for the notice', LOST_ITEM_REPLACEMENT_FEE: 'a replacement fee', LOST_ITEM_PROCESS_FEE: 'a processing fee',
  OVERDUE_FINE: 'the overdue fine', RECALLED_OVERDUE_FINE: 'the overdue fine after recall',
};
const inOrder = (a: { type: string }, b: { type: string }) => feeTypes.indexOf(a.type) - feeTypes.indexOf(b.type);
/** In the words of *explain a record*. */
const sentenceOf = ({ profileName, lost, fees, blocked, sendFormat }: Fired): string => `«${profileName}» fires: ${[
  lost ? 'the loan becomes lost' : 'a notice is written',
  ...fees.toSorted(inOrder).map(({ type, amount }) => `${feeWords[type]} of ${(amount / 100).toFixed(2)} USD is charged`),
  ...(blocked ? ['the borrower is blocked'] : []),
  sendFormat === null ? 'no letter goes out' : `a letter goes by ${sendFormat === 'EMAIL' ? 'e-mail' : sendFormat === 'SMS' ? 'text message' : 'e-mail and text message'}`,
].join(', ')}.`;
const ofBrokenRun = sentenceOf({
  profileName: 'PL',
  lost: true,
  fees: [{ type: 'LOST_ITEM_REPLACEMENT_FEE', amount: 4250 }, { type: 'LOST_ITEM_PROCESS_FEE', amount: 1500 }, { type: 'OVERDUE_FINE', amount: 775 }],
  blocked: true,
  sendFormat: 'EMAIL',
});
const supersededOf = (profileName: string) => `«${profileName}» is superseded: a later stage has been reached.`;

async function profileNames(): Promise<Map<string, string>> {
  return new Map((await models.OverdueLostProfile.find(own).lean()).map(({ _id, name }) => [_id, name]));
}

async function explanations(asOf: Date): Promise<Explanation[]> {
  const loans = await models.Loan.find(own).lean();
  const request = { ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {} };
  return Promise.all(loans.map(async ({ _id }) => {
    const explanation = await explain({ ...request, record: `loan:${_id}` });
    assert.ok(explanation);
    return explanation;
  }));
}

/** What a preview at that moment proposes for each loan. */
async function proposedBy({ runId }: RunRef): Promise<Said> {
  const names = await profileNames();
  const batches = await models.RunBatch.find({ ...own, runId }).lean();
  return sayings(batches.flatMap(({ proposals }) => proposals).filter(({ recordType }) => recordType === 'loan').map(({ recordLabel, action, details }) => {
    const { profileId, fees, block, letterKey, sendFormat } = details as { profileId: string; fees: Fired['fees']; block: unknown; letterKey: string; sendFormat: string };
    const lost = action === 'CHANGE_TO_LOST';
    return [recordLabel, sentenceOf({ profileName: names.get(profileId)!, lost, fees, blocked: block !== null, sendFormat: letterKey === '' ? null : sendFormat })];
  }));
}

/** What there is of each loan beside the loan itself. */
async function traces() {
  const [loans, notices, fees, blocks, letters] = await Promise.all([
    models.Loan.find(own).lean(), models.LoanNotice.find(own).lean(), models.Fee.find(own).lean(), models.UserBlock.find(own).lean(), models.Letter.find(own).lean(),
  ]);
  return { loans, notices, fees, blocks, letters };
}
type Traces = Awaited<ReturnType<typeof traces>>;

/** What a night did to each loan, read off the store before and after it. */
async function doneBetween(before: Traces, after: Traces): Promise<Said> {
  const names = await profileNames();
  const undone = new Set(before.notices.filter(({ state }) => state === 'DECIDED').map(({ _id }) => _id));
  const settled = new Set(before.notices.map(({ _id }) => _id).filter((id) => !undone.has(id)));
  const fees = after.fees.filter(({ _id }) => !before.fees.some((fee) => fee._id === _id));
  const isBlockedFor = ({ blocks }: Traces, loanId: string) => blocks.some(({ loanIds }) => loanIds.includes(loanId));

  return sayings(after.notices.filter(({ _id }) => !settled.has(_id)).map(({ loanId, kind, profileId, state, letterKey, sendFormat }) => {
    const profileName = names.get(profileId)!;
    const loan = after.loans.find(({ _id }) => _id === loanId)!;
    if (state === 'SUPERSEDED') return [loan.barcode, supersededOf(profileName)];
    const isLost = kind === 'CHANGE_TO_LOST' && loan.processStatus === 'LOST' && loan.lost?.profileId === profileId;
    const ofLoan = fees.filter((fee) => fee.loanId === loanId);
    const charged = ofLoan.filter(({ type, dedupeKey }) => (type === 'OVERDUE_NOTIFICATION_FINE' ? dedupeKey?.includes(profileId) : isLost));
    const isWritten = state === 'LETTERED' && after.letters.some(({ dedupeKey, causes }) => dedupeKey.startsWith(letterKey) && causes.some(({ recordId }) => recordId === loanId));
    return [loan.barcode, sentenceOf({
      profileName,
      lost: isLost,
      fees: charged.map(({ type, originalAmount }) => ({ type, amount: originalAmount })),
      blocked: ['P3', 'P4', 'PL'].includes(profileName) && isBlockedFor(after, loanId) && !isBlockedFor(before, loanId),
      sendFormat: isWritten ? sendFormat : null,
    })];
  }));
}

/** Codes of the problems that a run tells of each loan; a library without hours is told of the library. */
async function toldBy({ runId }: RunRef): Promise<Said> {
  const events = await models.RunEvent.find({ ...own, runId, recordType: 'loan' }).lean();
  return sayings(events.map(({ recordLabel, code }) => [recordLabel, code]));
}

const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const aside = new Set(['runs', 'runEvents', 'runBatches']);
const besideRuns = async () => Object.fromEntries(Object.entries(await everythingOf(models, 'demo')).filter(([name]) => !aside.has(name)));

interface Night {
  explained: Explanation[];
  sentences: Said;
  problems: Said;
  preview: { proposed: Said; problems: Said; counters: Record<string, number> };
  run: { done: Said; problems: Said; counters: Record<string, number> };
}

async function nightOf(asOf: Date): Promise<Night> {
  const everything = await everythingOf(models, 'demo');
  const explained = await explanations(asOf);
  assert.deepEqual(await everythingOf(models, 'demo'), everything, 'explaining stores nothing');

  const before = await besideRuns();
  const preview = await record(models, 'demo', asOf, { trigger: 'DRY_RUN' });
  await night(models, preview);
  assert.deepEqual(await besideRuns(), before, 'a preview writes runs, events and batches only');

  const standing = await traces();
  const run = await record(models, 'demo', asOf);
  await night(models, run);
  const ofCalendar = new Set(['CALENDAR_MISSING']);
  return {
    explained,
    sentences: sayings(explained.flatMap(({ label, actions }) => actions.map((action): [string, string] => [label, action]))),
    problems: sayings(explained.flatMap(({ label, problems }) => [...new Set(problems)].filter((code) => !ofCalendar.has(code)).map((code): [string, string] => [label, code]))),
    preview: { proposed: await proposedBy(preview), problems: await toldBy(preview), counters: await countersOf(preview) },
    run: { done: await doneBetween(standing, await traces()), problems: await toldBy(run), counters: await countersOf(run) },
  };
}

const actedOn = ({ explained }: Night) => explained.filter(({ decision }) => decision === 'ACT').length;
const onlyFiring = (said: Said) => said.filter((sentence) => sentence.includes('» fires: '));
/** By how much the run counted more than the preview. */
function more({ preview, run }: Night): Record<string, number> {
  const names = new Set([...Object.keys(preview.counters), ...Object.keys(run.counters)]);
  const differences = [...names].map((name): [string, number] => [name, (run.counters[name] ?? 0) - (preview.counters[name] ?? 0)]);
  return Object.fromEntries(differences.filter(([, difference]) => difference !== 0));
}

/** The run of last night lost B-LOST and told of B-TOLD, and broke off: finishing is no decision of tonight, and in no preview. */
const leftOfLastNight = {
  sentences: [`B-LOST ${ofBrokenRun}`],
  counters: {
    recordsSelected: 2, recordsProcessed: 2, recordsChanged: 1, recordsUnchanged: 1, matched: 1, changedToLost: 1,
    replacementFees: 1, 'replacementFeesAmount:USD': 4250, processFees: 1, 'processFeesAmount:USD': 1500, overdueFines: 1, 'overdueFinesAmount:USD': 775,
    lettersCreated: 2, lettersType2: 1, lettersLost: 1, notificationFees: 1, 'notificationFeesAmount:USD': 75,
  },
};

describe.each([
  ['Wednesday', wednesday, { loans: 66, actedOn: 47, firing: 46 }, leftOfLastNight],
  ['Thursday', thursday, { loans: 66, actedOn: 7, firing: 7 }, { sentences: [], counters: {} }],
])('on the night of %s', (_, asOf, expected, left) => {
  let tonight: Night;
  beforeAll(async () => {
    tonight = await nightOf(asOf);
  });

  test('every loan has an explanation', () => {
    const { explained, sentences } = tonight;
    assert.deepEqual({ loans: explained.length, actedOn: actedOn(tonight), firing: onlyFiring(sentences).length }, expected);
  });
  test('the run does to each loan what its explanation says, and finishes what last night left', () => {
    assert.deepEqual(tonight.run.done, [...tonight.sentences, ...left.sentences].sort());
  });
  test('the preview proposes for each loan what its explanation says', () => {
    assert.deepEqual(tonight.preview.proposed, onlyFiring(tonight.sentences));
  });
  test('all three tell the same problems of the same loans', () => {
    assert.deepEqual(tonight.preview.problems, tonight.problems);
    assert.deepEqual(tonight.run.problems, tonight.problems);
  });
  test('the preview counts what the run counts, but for what last night left', () => {
    assert.deepEqual(more(tonight), left.counters);
  });
});

test('what the job counts is what its definition declares; no profile of the fourth type sends a letter here', async () => {
  const runs = await models.Run.find(own).lean();
  const counted = [...new Set(runs.flatMap(({ counters }) => Object.entries(counters).flatMap(([name, value]) => (value > 0 ? name.split(':')[0]! : []))))];
  const declared = jobOf('loans-overdue-and-lost').counters.map(({ key }) => key as string);
  assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), [
    'lettersCreated', 'lettersSuppressed', 'recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged',
  ]);
  assert.deepEqual(declared.filter((name) => !counted.includes(name)), ['lettersType4']);
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
});
