/**
 * The nights of loans-overdue-and-lost once more, from the raw rows of an Evergreen dump and by nothing of the house: profiles 1 day, 7
 * days, 14 days and lost after 30, catch-up 7 (fulfillment-loans.md, loans-overdue-and-lost, rules 1-9; S6 for the fine).
 *
 * It knows no more than this dump asks for, and refuses one with renewals, claims, returned loans, deleted users or copies without a price.
 */
import { rowsOf, type Row } from './copy-rows.js';

export interface Night {
  /** Those that are not 0. */
  counters: Record<string, number>;
  /** `CONC4000036 OVERDUE_NOTIFICATION_1 LETTERED`, sorted. */
  notices: string[];
  /** `2020-10-20 type 1 to 99999355250@patrons.example: CONC4000036 [Fine so far: $1.20]`, sorted. */
  letters: string[];
  /** `CONC4000036 2499`, minor units, sorted. */
  lost: string[];
}

interface RawLoan {
  barcode: string;
  address: string;
  dueAt: number;
  dueDay: number;
  short: boolean;
  price: number;
  finePerDay: number;
  maximumFine: number;
}

const DAY = 86_400_000;
const stages = [
  { type: 'type 1', kind: 'OVERDUE_NOTIFICATION_1', counter: 'notificationsType1', letters: 'lettersType1', after: 1 },
  { type: 'type 2', kind: 'OVERDUE_NOTIFICATION_2', counter: 'notificationsType2', letters: 'lettersType2', after: 7 },
  { type: 'type 3', kind: 'OVERDUE_NOTIFICATION_3', counter: 'notificationsType3', letters: 'lettersType3', after: 14 },
  { type: 'lost', kind: 'CHANGE_TO_LOST', counter: 'changedToLost', letters: 'lettersLost', after: 30 },
];
const CATCH_UP = 7;

/** One night after the other, each with what the ones before it have done. */
export function secondCalculation(folder: string, asOfs: readonly string[]): Night[] {
  const loans = openLoans(folder);
  const done = new Set<string>();
  return asOfs.map((asOf) => nightOf(loans, Date.parse(asOf), done));
}

function nightOf(loans: readonly RawLoan[], asOf: number, done: Set<string>): Night {
  const today = newYorkDay(asOf);
  const counters: Record<string, number> = {};
  const add = (counter: string, amount = 1) => (counters[counter] = (counters[counter] ?? 0) + amount);
  const notices: string[] = [];
  const lost: string[] = [];
  const letters = new Map<string, string[]>();

  for (const loan of loans) {
    const { barcode, dueDay, price } = loan;
    const days = today - dueDay;
    if (days < 1 || done.has(`${barcode} CHANGE_TO_LOST`)) continue;
    add('recordsSelected');
    add('recordsProcessed');
    const losesIt = days >= 30;
    let fired = false;
    for (const [index, { type, kind, counter, letters: letterCounter, after }] of stages.entries()) {
      const late = days - after;
      if (late < 0 || done.has(`${barcode} ${kind}`)) continue;
      if (kind !== 'CHANGE_TO_LOST' && late > CATCH_UP) continue;
      done.add(`${barcode} ${kind}`);
      const higher = stages[index + 1];
      if (kind !== 'CHANGE_TO_LOST' && (losesIt || (late > 0 && higher !== undefined && days >= higher.after))) {
        add('superseded');
        notices.push(`${barcode} ${kind} SUPERSEDED`);
        continue;
      }
      fired = true;
      add(counter);
      notices.push(`${barcode} ${kind} LETTERED`);
      const amounts: string[] = [];
      if (kind === 'CHANGE_TO_LOST') {
        add('replacementFees');
        add('replacementFeesAmount:USD', price);
        lost.push(`${barcode} ${price}`);
        amounts.push(`Replacement: ${dollars(price)}`);
      }
      const fine = fineOf(loan, asOf);
      if (fine > 0) amounts.push(`Fine so far: ${dollars(fine)}`);
      const letter = `${isoDay(today)} ${type} to ${loan.address}`;
      if (!letters.has(letter)) {
        letters.set(letter, []);
        add('lettersCreated');
        add(letterCounter);
      }
      letters.get(letter)?.push(`${barcode} [${amounts.join(', ')}]`);
    }
    add(fired ? 'recordsChanged' : 'recordsUnchanged');
    if (fired) add('matched');
  }
  return {
    counters,
    notices: notices.sort(),
    lost: lost.sort(),
    letters: [...letters].map(([letter, lines]) => `${letter}: ${lines.sort().join('; ')}`).sort(),
  };
}

/** One day of grace, after which all days since the due date count. No loan here falls due as the clocks change: the day of grace has 24 hours. */
function fineOf({ dueAt, dueDay, short, finePerDay, maximumFine }: RawLoan, asOf: number): number {
  if (asOf - dueAt <= DAY) return 0;
  const days = short ? Math.ceil((asOf - dueAt) / DAY) : newYorkDay(asOf) - dueDay;
  return Math.min(days * finePerDay, maximumFine);
}

function openLoans(folder: string): RawLoan[] {
  const copies = byId(rowsOf(folder, 'asset.copy'));
  const users = byId(rowsOf(folder, 'actor.usr'));
  const cards = byId(rowsOf(folder, 'actor.card'));
  const loans: RawLoan[] = [];
  for (const row of rowsOf(folder, 'action.circulation')) {
    if (row('stop_fines') === 'LOST') continue;
    const copy = copies.get(row('target_copy'));
    const user = users.get(row('usr'));
    const card = cards.get(user?.('card') ?? '');
    if (copy === undefined || user === undefined || card === undefined) throw new Error(`loan ${row('id')}: no copy, user or card`);
    const known = {
      checkin_time: '\\N', xact_finish: '\\N', parent_circ: '\\N', fine_interval: '1 day', grace_period: '1 day',
    };
    for (const [column, value] of Object.entries(known)) {
      if (row(column) !== value) throw new Error(`loan ${row('id')}: ${column} is ${row(column)}`);
    }
    if (!['\\N', 'MAXFINES'].includes(row('stop_fines'))) throw new Error(`loan ${row('id')}: stopped by ${row('stop_fines')}`);
    if (copy('deleted') !== '0' || user('deleted') !== '0') throw new Error(`loan ${row('id')}: copy or user deleted`);
    if (!/^\d+\.\d\d$/.test(copy('price'))) throw new Error(`loan ${row('id')}: no price`);
    const dueAt = instant(row('due_date'));
    loans.push({
      barcode: copy('barcode'),
      address: `${card('barcode')}@patrons.example`,
      dueAt,
      dueDay: newYorkDay(dueAt),
      short: row('duration').includes(':'),
      price: cents(copy('price')),
      finePerDay: cents(row('recurring_fine')),
      maximumFine: cents(row('max_fine')),
    });
  }
  return loans;
}

const byId = (rows: Row[]) => new Map(rows.map((row) => [row('id'), row]));
/** `2020-10-22 02:59:59-04` */
const instant = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00`);
const cents = (text: string) => Math.round(Number(text) * 100);
const dollars = (amount: number) => `$${(amount / 100).toFixed(2)}`;

const inNewYork = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' });
/** Days since 1970-01-01 of the date on the wall. */
const newYorkDay = (at: number) => Date.parse(inNewYork.format(at)) / DAY;
const isoDay = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
