/** Days and nights of a library, one after the other, and what must hold after each night. */
import type { Plan, Size } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import { dayNumber, localToInstant, startOfDay, zoneOf } from '../domain/days.js';
import type { Models } from '../models/models.js';
import { liveADay } from './day.js';
import type { Life } from './happening.js';
import { invariants, type AfterNight } from './invariants.js';
import { liveANight } from './night.js';
import { outageNights } from './weather.js';

export interface Fault {
  night: number;
  invariant: string;
  sentence: string;
}

export const institutionId = 'simulated';
/** A Monday: both clock changes lie in the year that follows. */
const FIRST_DAY = dayNumber('2025-02-03');
const zone = zoneOf('America/New_York');

/** The library on the morning of the first day. */
export async function beginLife(models: Models, seed: number, size: Size): Promise<Life> {
  const life = lifeOf(models, seed, size);
  await seedDemonstration({ models, now: () => new Date(localToInstant(zone, FIRST_DAY, 8 * 60)), onProgress: () => undefined }, institutionId, size);
  await models.Institution.updateOne({ institutionId }, { $set: { mailPaused: true } }); // its letters leave at the end of the night
  await lendForLonger(models);
  const everything = { loans: true, loanNotes: true, fees: true, feeComments: true, requests: true, borrowingRequests: true };
  await models.ScheduledJob.updateOne({ institutionId, jobKey: 'fulfillment-historical-archiving' }, { $set: { parameters: everything } });
  return life;
}

/** Books for eight weeks and up to 24 with their renewals, as a university lends: forty thousand open loans are then a few hundred a day. */
async function lendForLonger(models: Models): Promise<void> {
  const ofBooks = { institutionId, code: 'BOOK' };
  await models.Policy.updateOne({ ...ofBooks, type: 'dueDate' }, { $set: { value: { kind: 'PERIOD', value: 8 * 7, unit: 'DAYS', atTime: null } } });
  await models.Policy.updateOne({ ...ofBooks, type: 'maximumRenewalPeriod' }, { $set: { value: { value: 24 * 7, unit: 'DAYS' } } });
}

/** Of a library that is there. */
export function lifeOf(models: Models, seed: number, size: Size): Life {
  const plan: Plan = { ...size, institutionId, zone, today: FIRST_DAY, at: new Date(startOfDay(zone, FIRST_DAY)) };
  return { models, seed, plan };
}

export interface Passing {
  /** From 1, the night after the first day. */
  night: number;
  /** Nights in a row before it in which nothing ran. */
  missed: number;
  /** Loans that are explained before each job. */
  sample: number;
  /** Whether all records are asked of, and not only those in which something moved. */
  everything: boolean;
}

/** A day and the night after it. `told`: how often what happened by day; null where nothing ran in the night. */
export async function passDayAndNight(life: Life, { night, missed, sample, everything }: Passing): Promise<{ told: Map<string, number>; faults: Fault[] | null }> {
  const today = FIRST_DAY + night;
  const told = await liveADay(life, today - 1);
  if (outageNights(life.seed, night + 1).has(night)) return { told, faults: null };
  const wrong = await liveANight(life, today, sample);
  const broken = await faultsOf({ models: life.models, institutionId, zone, asOf: new Date(localToInstant(zone, today, 4 * 60)), today, missed, everything });
  return { told, faults: [...wrong.map((sentence) => ({ invariant: 'what is explained is done', sentence })), ...broken].map((fault) => ({ night, ...fault })) };
}

export async function faultsOf(after: AfterNight): Promise<Omit<Fault, 'night'>[]> {
  const faults: Omit<Fault, 'night'>[] = [];
  for (const [invariant, ask] of Object.entries(invariants)) faults.push(...(await ask(after)).map((sentence) => ({ invariant, sentence })));
  return faults;
}
