/**
 * Bills and payments become fees.
 *
 * A transaction in Evergreen (a circulation, or a `grocery` bill for anything else) has bills and payments, and nothing says which
 * payment is for which bill. Here the bills of one kind in a transaction are one fee, and payments settle the oldest fees first,
 * except adjustments, which name their bill. Balance = billed − paid − waived.
 */
import type { Fee, FeeTransaction } from '../../../models/fee.js';
import type { Load } from './load-context.js';
import type { LoanFacts } from './loans.js';
import type { Person } from './people.js';
import type { Places } from './places.js';
import { LeftOut, type Row } from './row.js';

/** Where bills belong. */
interface Transaction {
  facts: Pick<Fee, 'userId' | 'userGroup' | 'libraryCode' | 'loanId' | 'itemId' | 'barcode' | 'title'>;
  /** The dedupeKey of its fee of a kind. */
  keyOf(kind: Kind): string;
}
interface Kind {
  type: string;
  /** What staff read, where the type does not say it. */
  comment: string | null;
}
type Draft = Transaction['facts'] & Kind & { dedupeKey: string; createdAt: Date; billed: number; balance: number; transactions: FeeTransaction[] };

// config.billing_type of every installation; the ids below 100 are reserved for it.
const TYPES = new Map([
  ['1', 'OVERDUE_FINE'],
  ['3', 'LOST_ITEM_REPLACEMENT_FEE'],
  ['4', 'LOST_ITEM_PROCESS_FEE'],
  ['9', 'OVERDUE_NOTIFICATION_FINE'],
  ['10', 'LOST_ITEM_REPLACEMENT_FEE'], // long overdue
  ['11', 'LOST_ITEM_PROCESS_FEE'],
]);
const PAYMENTS = new Map<string, FeeTransaction['type']>([
  ['money.account_adjustment', 'WAIVE'],
  ['money.forgive_payment', 'WAIVE'],
  ['money.cash_payment', 'PAYMENT'],
  ['money.check_payment', 'PAYMENT'],
  ['money.credit_card_payment', 'PAYMENT'],
  ['money.credit_payment', 'PAYMENT'],
  ['money.debit_card_payment', 'PAYMENT'],
  ['money.goods_payment', 'PAYMENT'],
  ['money.work_payment', 'PAYMENT'],
]);

const NO_LOAN = { loanId: null, itemId: null, barcode: null, title: null };

/** The tables this part reads besides `money.billing`. */
export const paymentTables = [...PAYMENTS.keys()];

export async function loadBills(
  load: Load,
  places: Places,
  people: ReadonlyMap<string, Person>,
  loans: ReadonlyMap<string, LoanFacts>,
): Promise<void> {
  const groceries = await lookAtGroceries(load, places, people);
  const fees = new Map<string, Draft[]>();
  const feeOfBill = new Map<string, Draft>();
  await load.dump.each('money.billing', async (row) => {
    if (row.flag('voided')) throw new LeftOut('voided');
    const xact = row.text('xact');
    const transaction = groceries.get(xact) ?? ofLoan(loans.get(xact));
    if (transaction === null) throw new LeftOut('its transaction was not loaded', `transaction ${xact}`);
    const amount = row.amount('amount', load.currency);
    if (amount < 0) throw new LeftOut('a negative amount', row.text('amount'));
    if (amount === 0) throw new LeftOut('an amount of nothing');

    const kind = kindOf(row);
    const dedupeKey = transaction.keyOf(kind);
    const own = fees.get(xact) ?? [];
    fees.set(xact, own);
    const billedAt = row.maybeInstant('billing_ts') ?? row.instant('create_date');
    let fee = own.find((draft) => draft.dedupeKey === dedupeKey);
    const isNew = fee === undefined;
    fee ??= { ...transaction.facts, ...kind, dedupeKey, createdAt: billedAt, billed: 0, balance: 0, transactions: [] };
    if (isNew) own.push(fee);
    fee.billed += amount;
    fee.balance += amount;
    if (billedAt < fee.createdAt) fee.createdAt = billedAt;
    feeOfBill.set(row.text('id'), fee);
    return isNew ? 'MAPPED' : 'MERGED';
  });
  for (const own of fees.values()) own.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());

  await loadPayments(load, fees, feeOfBill);
  await writeFees(load, fees);
  await load.dump.each('money.grocery', async (row) => {
    if (fees.has(row.text('id'))) return 'MERGED';
    throw new LeftOut(groceries.has(row.text('id')) ? 'none of its bills is in the dump' : 'its user was not loaded', row.maybeText('note') ?? '');
  });
}

async function lookAtGroceries(load: Load, places: Places, people: ReadonlyMap<string, Person>): Promise<Map<string, Transaction>> {
  const groceries = new Map<string, Transaction>();
  await load.dump.look('money.grocery', (row) => {
    const person = people.get(row.text('usr'));
    if (person === undefined) return;
    const xact = row.text('id');
    groceries.set(xact, {
      facts: { ...person, libraryCode: places.maybeLibraryOf(row.text('billing_location')), ...NO_LOAN },
      keyOf: ({ type, comment }) => `evergreen:${xact}:${type}:${comment ?? ''}`,
    });
  });
  return groceries;
}

/** The keys are those that the jobs give such fees (fulfillment-loans S6.7, rule 9), so that no job charges them again. */
function ofLoan(loan: LoanFacts | undefined): Transaction | null {
  if (loan === undefined) return null;
  const { loanId, dueCycle, lostCount, ...facts } = loan;
  const keys = new Map([
    ['OVERDUE_FINE', `overdue:${loanId}:${dueCycle}`],
    ['LOST_ITEM_REPLACEMENT_FEE', `lost-repl:${loanId}:${lostCount}`],
    ['LOST_ITEM_PROCESS_FEE', `lost-proc:${loanId}:${lostCount}`],
  ]);
  return { facts: { ...facts, loanId }, keyOf: ({ type, comment }) => keys.get(type) ?? `evergreen:${loanId}:${dueCycle}:${type}:${comment ?? ''}` };
}

function kindOf(row: Row): Kind {
  const type = TYPES.get(row.maybeText('btype') ?? '');
  return type === undefined ? { type: 'OTHER', comment: row.maybeText('billing_type') } : { type, comment: null };
}

interface Payment {
  id: string;
  table: string;
  type: FeeTransaction['type'];
  at: Date;
  amount: number;
  comment: string | null;
  /** The fee it names; null: the oldest ones. */
  fee: Draft | null;
  fees: Draft[];
}

async function loadPayments(load: Load, fees: Map<string, Draft[]>, feeOfBill: ReadonlyMap<string, Draft>): Promise<void> {
  const payments: Payment[] = [];
  for (const [table, type] of PAYMENTS) {
    await load.dump.each(table, async (row) => {
      if (row.flag('voided')) throw new LeftOut('voided');
      const own = fees.get(row.text('xact'));
      if (own === undefined) throw new LeftOut('its bill is not in the dump', `transaction ${row.text('xact')}`);
      const amount = row.amount('amount', load.currency);
      if (amount < 0) throw new LeftOut('a negative amount', row.text('amount'));
      const fee = feeOfBill.get(row.maybeText('billing') ?? '') ?? null;
      payments.push({ id: row.text('id'), table, type, at: row.instant('payment_ts'), amount, comment: row.maybeText('note'), fee, fees: own });
      return 'MERGED';
    });
  }
  // What names its bill first: another payment must not have used that fee up.
  const order = (payment: Payment) => (payment.fee === null ? 1 : 0);
  payments.sort((a, b) => order(a) - order(b) || a.at.getTime() - b.at.getTime());
  for (const payment of payments) settle(load, payment);
}

function settle(load: Load, payment: Payment): void {
  const { id, table, type, at, comment } = payment;
  let left = payment.amount;
  const named = payment.fee === null ? [] : [payment.fee];
  for (const fee of [...named, ...payment.fees]) {
    const amount = Math.min(left, fee.balance);
    if (amount <= 0) continue; // settled, or the credit of an earlier payment
    const transactionId = load.idOf(table, `${id}:${fee.dedupeKey}`);
    fee.transactions.push({ transactionId, type, amount, at, by: 'STAFF', reason: table.replace('money.', ''), comment });
    fee.balance -= amount;
    left -= amount;
  }
  if (left === 0) return;
  load.dump.report(table).remark(type === 'PAYMENT' ? 'more than was billed: the rest is a credit' : 'more than was billed', `id ${id}`);
  const [first] = payment.fees;
  if (type === 'WAIVE' || first === undefined) return;
  const kind = { type: 'CREDIT', comment };
  payment.fees.push({ ...first, ...kind, dedupeKey: `evergreen:${table}:${id}`, createdAt: at, billed: -left, balance: -left, transactions: [] });
}

async function writeFees(load: Load, fees: ReadonlyMap<string, Draft[]>): Promise<void> {
  const writer = load.writerOf(load.models.Fee);
  for (const { billed, ...draft } of [...fees.values()].flat()) {
    const closed = draft.balance === 0;
    await writer.add(
      {
        ...draft,
        _id: load.idOf('money.billing', draft.dedupeKey),
        institutionId: load.institutionId,
        status: closed ? 'CLOSED' : 'ACTIVE',
        originalAmount: billed,
        currency: load.currency,
        relatedFeeId: null,
        closedAt: closed ? (draft.transactions.at(-1)?.at ?? null) : null,
        exportClaim: null,
        bursarTransactionId: null,
        transferredAmount: 0,
        anonymizedAt: null,
      },
      () => undefined,
    );
  }
  await writer.flush();
}
