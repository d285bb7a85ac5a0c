/**
 * The plan of a demonstration library: its size, its day, and how chance is dealt.
 *
 * Every record is a function of its number alone. So a loan can name its item without anybody remembering ten million of them, a size
 * is a number of calls, and the same day gives the same library.
 */
import { createHash } from 'node:crypto';
import type { DayNumber, Zone } from '../../domain/days.js';

export interface Size {
  users: number;
  items: number;
  loans: number;
}
export const sizes = {
  S: { users: 200, items: 2_000, loans: 400 },
  M: { users: 10_000, items: 100_000, loans: 20_000 },
  L: { users: 1_000_000, items: 10_000_000, loans: 2_000_000 },
} satisfies Record<string, Size>;
export type SizeName = keyof typeof sizes;

const KINDS = ['library', 'location', 'calendar', 'policy', 'terms', 'profile', 'block', 'staff', 'user', 'bib', 'holding', 'item', 'loan', 'fee', 'request', 'settings', 'unit', 'unitRule', 'renewalRule', 'limit', 'news', 'list', 'userBlock', 'demerit', 'demeritRule', 'anonymizationRule', 'finesProfile', 'calendarChange'] as const;
export type Kind = (typeof KINDS)[number];

export interface Plan extends Size {
  institutionId: string;
  zone: Zone;
  today: DayNumber;
  /** When all of it was written, as the records say: the beginning of the day. */
  at: Date;
}

/** By which readers borrow; a name stands as often as its share. */
export const GROUPS = ['STUDENT', 'STUDENT', 'STUDENT', 'FACULTY', 'PUBLIC'];

// One of each of these is in the smallest library already.
/** The reader whose letters have no way to go. */
export const WITHOUT_ADDRESS = 7;
/** The loan of an item that was deleted since. */
export const OF_A_DELETED_ITEM = 14;

/** 24 hex digits: the institution, the kind, the number. */
export function idOf({ institutionId }: { institutionId: string }, kind: Kind, number: number): string {
  let prefix = prefixes.get(institutionId);
  if (prefix === undefined) {
    prefix = createHash('sha256').update(institutionId).digest('hex').slice(0, 10);
    prefixes.set(institutionId, prefix);
  }
  return prefix + KINDS.indexOf(kind).toString(16).padStart(2, '0') + number.toString(16).padStart(12, '0');
}
const prefixes = new Map<string, string>();

/** One of a list by number, as if thrown; the same number and purpose always gives the same. */
export function pick<T>(list: readonly T[], number: number, purpose: number): T {
  return list[thrown(number, purpose) % list.length]!;
}

/** A mixing of 32 bits (Wang); good enough to look random, and the same everywhere. */
export function thrown(number: number, purpose: number): number {
  let mixed = (number ^ Math.imul(purpose + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export const stamps = ({ at }: Plan) => ({ version: 1, createdAt: at, updatedAt: at });
