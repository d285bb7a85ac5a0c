/** One night of one institution under blows, until nothing of it is left to do. */
import { mongo } from 'mongoose';
import { finalStatuses, openStatuses } from '../domain/run.js';
import type { Models } from '../models/models.js';
import type { Installation } from './installation.js';
import type { ChaosMailServer } from './mail-server.js';
import type { Phase, PlaceName } from './places.js';
import { blowText, type Blow } from './programme.js';
import type { Workers } from './workers.js';

export interface House {
  installation: Installation;
  mail: ChaosMailServer;
  workers: Workers;
  /** Takes a line of progress. */
  report: (line: string) => void;
}

export interface Struck {
  blow: Blow;
  /** False: the night was past its place, or never came there. */
  struck: boolean;
}

/** No place is that far away; a run closes when its last letter has left. */
const PLACE_WITHIN_MS = 30_000;
const CLOSING_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 300;
/** A night that so many looks in a row find unmoved, two minutes of them, does not end. The clock is not asked: this process may have been stopped meanwhile. */
const LOOKS_AT_STANDSTILL = 400;
/** The relay's hour, and the lease of a letter whose worker was killed. */
const AN_HOUR_MS = 61 * 60_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Throws when the night does not end. */
export async function night(house: House, institutionId: string, begin: () => Promise<void>, blows: readonly Blow[]): Promise<Struck[]> {
  const startedAt = performance.now();
  const struck: Struck[] = [];
  const thawing: Promise<void>[] = [];
  let begun: Promise<void> | undefined;
  for (const blow of blows) {
    if (!('place' in blow)) await (begun ??= begin());
    const happens = strike(house, institutionId, blow, thawing);
    await (begun ??= begin()); // only now: the order stands
    struck.push({ blow, struck: await happens });
    house.report(`  ${institutionId}, ${Math.round((performance.now() - startedAt) / 1000)} s: ${blowText(blow)}${struck.at(-1)!.struck ? '' : ' (not come to)'}`);
  }
  await (begun ?? begin());
  await Promise.all(thawing);
  await house.workers.ready();
  await untilQuiet(house, institutionId);
  return struck;
}

async function strike(house: House, institutionId: string, blow: Blow, thawing: Promise<void>[]): Promise<boolean> {
  const { installation, workers } = house;
  switch (blow.kind) {
    case 'KILLED_AT':
      return (await reaches(house, institutionId, blow, 'KILL')) !== null;
    case 'FROZEN_AT': {
      await Promise.all(thawing.splice(0)); // or nobody would be left to overlap with
      await workers.ready();
      const frozen = await reaches(house, institutionId, blow, 'FREEZE');
      if (frozen === null) return false;
      thawing.push(overlapped(house, institutionId, blow.until).then(() => workers.thaw(frozen)));
      return true;
    }
    case 'KILLED_AT_RANDOM':
      await pause(blow.afterMs);
      workers.kill(blow.worker);
      return true;
    case 'BOTH_DEAD':
      await Promise.all(thawing.splice(0));
      await workers.killBoth(() => Promise.resolve());
      return true;
    case 'SERVER_KILLED':
      await pause(blow.afterMs);
      await installation.killServer(blow.server, () => undefined);
      return true;
  }
}

type Placed = Extract<Blow, { kind: 'KILLED_AT' | 'FROZEN_AT' }>;

/** The worker that came to the place; null when nobody did. */
async function reaches(house: House, institutionId: string, { place, skip, phase }: Placed, how: 'KILL' | 'FREEZE'): Promise<string | null> {
  const order = house.workers.order({ institutionId, place, how, skip });
  const within = AbortSignal.timeout(phase === 'CLOSING' ? CLOSING_WITHIN_MS : PLACE_WITHIN_MS);
  let worker: string | null = null;
  void order.reached.then((name) => (worker = name));
  while (worker === null && !within.aborted) {
    if (await isPast(house.installation, institutionId, phase)) break;
    if ((phase === 'MAIL' || phase === 'CLOSING') && (await waitsForTime(house.installation.models, institutionId))) await anHourPasses(house, institutionId);
    await pause(100);
  }
  order.withdraw();
  return worker;
}

/** Another attempt has come to the place, and a second has gone by in which it does its work. */
async function overlapped(house: House, institutionId: string, place: PlaceName): Promise<void> {
  const order = house.workers.order({ institutionId, place, how: 'TELL', skip: 0 });
  await Promise.race([order.reached, pause(PLACE_WITHIN_MS)]);
  order.withdraw();
  await pause(1_000);
}

/** Nothing is left of a phase that could bring anybody to a place of it. */
async function isPast({ models, client }: Installation, institutionId: string, phase: Phase): Promise<boolean> {
  const run = await quietly(models.Run.findOne({ institutionId }, { status: 1, progress: 1, workflowId: 1 }).lean());
  if (run === null) return false;
  if (finalStatuses.some((status) => status === run.status)) {
    // The activity that closes it may yet be repeated.
    return phase !== 'CLOSING' || client.workflow.getHandle(run.workflowId).describe().then(({ closeTime }) => closeTime !== undefined, () => false);
  }
  switch (phase) {
    case 'OPENING': case 'LEFT_NOTICES': return run.progress.batchesDone > 0;
    case 'PAGES': return (await quietly(models.Letter.exists({ institutionId }))) !== null;
    case 'LETTERS': return run.status === 'FINALIZING';
    case 'MAIL': case 'CLOSING': return false;
  }
}

async function waitsForTime(models: Models, institutionId: string): Promise<boolean> {
  const [open, due] = await Promise.all([
    quietly(models.Letter.countDocuments({ institutionId, state: { $in: ['QUEUED', 'SENDING'] } })),
    quietly(models.Letter.countDocuments({ institutionId, state: { $in: ['QUEUED', 'SENDING'] }, nextAttemptAt: { $lte: new Date() } })),
  ]);
  return open !== null && due !== null && open > 0 && due === 0;
}

/**
 * By the clock of the test: what waits for its time comes an hour nearer, in the store and at the relay. A lease taken within the last
 * ten seconds is left: its worker lives.
 */
async function anHourPasses({ installation: { models }, mail }: House, institutionId: string): Promise<void> {
  mail.timePasses(AN_HOUR_MS);
  const earlier = [{ $set: { nextAttemptAt: { $subtract: ['$nextAttemptAt', AN_HOUR_MS] }, leaseUntil: { $subtract: ['$leaseUntil', AN_HOUR_MS] } } }];
  const untouched = new Date(Date.now() - 10_000);
  await quietly(models.Letter.collection.updateMany({ institutionId, state: 'QUEUED' }, earlier));
  await quietly(models.Letter.collection.updateMany({ institutionId, state: 'SENDING', updatedAt: { $lt: untouched } }, earlier));
}

/** Resolves when the run is closed and no letter is on its way; throws when nothing moves any more. */
async function untilQuiet(house: House, institutionId: string): Promise<void> {
  const { models } = house.installation;
  let before = '';
  let unmoved = 0;
  for (;;) {
    const open = await quietly(models.Run.countDocuments({ institutionId, status: { $in: [...openStatuses] } }));
    const letters = await quietly(models.Letter.countDocuments({ institutionId, state: { $in: ['QUEUED', 'SENDING'] } }));
    if (open === 0 && letters === 0) return;
    const standing = JSON.stringify([open, letters, await progress(models, institutionId)]);
    unmoved = standing === before ? unmoved + 1 : 0;
    before = standing;
    if (unmoved > LOOKS_AT_STANDSTILL)
      throw new Error(`${institutionId} stands still with ${open} open runs and ${letters} letters on their way`);
    if (await waitsForTime(models, institutionId)) await anHourPasses(house, institutionId);
    await pause(LOOK_EVERY_MS);
  }
}

/** Changes while anything is done: the pages of the run and its notices by state. */
function progress(models: Models, institutionId: string): Promise<unknown> {
  return quietly(
    Promise.all([
      models.Run.findOne({ institutionId }, { status: 1, progress: 1 }).lean(),
      models.LoanNotice.aggregate([{ $match: { institutionId } }, { $group: { _id: '$state', count: { $sum: 1 } } }, { $sort: { _id: 1 } }]),
    ]),
  );
}

/** Null while the store is away; any other error is one. */
async function quietly<T>(asked: PromiseLike<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError) return null;
    throw error;
  }
}
