/** Fees as letters list them: how they are stored, and in the reader's words by the library that they are owed to. */
import { z } from 'zod';
import { isLabel, nameIn } from '../labels.js';
import type { Reader } from '../reader.js';
import { isolated, oneLine } from '../text.js';

/** Amounts are minor units of the letter's currency. */
export const feeInLetter = z.object({
  feeId: z.string(),
  /** One of the types of the fee record, or one that staff made. */
  type: z.string(),
  /** By language; of a type that staff made and gave names. */
  typeNames: z.record(z.string(), z.string()).optional(),
  title: z.string().nullable(),
  comment: z.string().nullable(),
  /** ISO 8601 UTC. */
  createdAt: z.iso.datetime(),
  originalAmount: z.int(),
  /** Negative: a credit. */
  balance: z.int(),
  /** null: owed to the institution. */
  libraryCode: z.string().nullable(),
  libraryName: z.string().nullable(),
});
export type FeeInLetter = z.infer<typeof feeInLetter>;

export interface FeesOfLibrary {
  name: string;
  fees: { label: string; title: string | null; lines: string[]; amount: string }[];
}

/** Libraries by name, the institution's own last; in each the oldest first, credits after what they are taken off. */
export function feesByLibrary(fees: readonly FeeInLetter[], institutionName: string, reader: Reader): FeesOfLibrary[] {
  const groups = new Map<string | null, FeeInLetter[]>();
  for (const fee of fees) groups.set(fee.libraryCode, [...(groups.get(fee.libraryCode) ?? []), fee]);
  const nameOf = ([code, [first]]: [string | null, FeeInLetter[]]) => (code === null ? institutionName : (first!.libraryName ?? code));
  return [...groups]
    .toSorted((a, b) => Number(a[0] === null) - Number(b[0] === null) || reader.compare(nameOf(a), nameOf(b)) || reader.compare(a[0] ?? '', b[0] ?? ''))
    .map((group) => ({ name: nameOf(group), fees: group[1].toSorted(inOrder).map((fee) => feeView(fee, reader)) }));
}

const inOrder = (a: FeeInLetter, b: FeeInLetter): number =>
  Number(a.balance < 0) - Number(b.balance < 0) || Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.feeId < b.feeId ? -1 : 1);

function feeView(fee: FeeInLetter, reader: Reader): FeesOfLibrary['fees'][number] {
  const { title, comment, createdAt, originalAmount, balance } = fee;
  const since = reader.say(balance < 0 ? 'fees.credited' : 'fees.since', { day: reader.day(createdAt) });
  const original = originalAmount === balance ? [] : [reader.say('fees.original', { amount: reader.amount(originalAmount) })];
  return {
    label: typeName(fee, reader),
    title: nonEmpty(title),
    lines: [since, ...original, nonEmpty(comment)].filter((line) => line !== null),
    amount: reader.amount(balance),
  };
}

/** A type that staff made and gave no name is told by its code: `COPY_CARD` as Copy card. */
function typeName({ type, typeNames = {} }: FeeInLetter, reader: Reader): string {
  const label = `feeType.${type}`;
  if (isLabel(label)) return reader.say(label);
  const words = /^[A-Z0-9_]+$/.test(type) ? type.charAt(0) + type.slice(1).toLowerCase().replaceAll('_', ' ') : type;
  return isolated(oneLine(nameIn(typeNames, reader.language, reader.defaultLanguage) ?? words));
}

function nonEmpty(text: string | null): string | null {
  const line = oneLine(text ?? '');
  return line === '' ? null : isolated(line);
}
