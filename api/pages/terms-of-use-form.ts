/** Terms of use as a form, and the form as the body that the API would get. The id of a field is its place among the policies: `dueDate.value`. */
import type { DueDatePolicy } from '../../domain/due-date.js';
import type { LoanPolicies } from '../../domain/terms-of-use.js';
import { messageFor, type FieldProblem } from './form.js';
import { options } from './query.js';
import { majorUnits, minorUnits } from './typed.js';

/** What somebody typed or chose, by the id of the field; a box that is not ticked is `''`. */
export type Typed = (id: string) => string;

const periodWords = { DAYS: 'days', OPEN_DAYS: 'open days', WEEKS: 'weeks', MONTHS: 'months', YEARS: 'years', HOURS: 'hours', MINUTES: 'minutes', EVENT: 'until an event' };
export const longWords = { DAYS: 'days', WEEKS: 'weeks', MONTHS: 'months', YEARS: 'years' };
export const graceWords = { DAYS: 'days, the due day first', OPEN_DAYS: 'open days, the due day first', EXACT_DAYS: 'days, to the minute', HOURS: 'hours', MINUTES: 'minutes' };
const rateWords = { DAY: 'for each day', OPEN_DAY: 'for each open day', HOUR: 'for each hour', OPEN_HOUR: 'for each open hour', MINUTE: 'for each minute' };
export const closedWords = {
  NEXT_OPEN: 'moves to the next open day', NEXT_OPEN_START: 'moves to when the library opens next', PREVIOUS_OPEN: 'moves to the open day before', KEEP: 'stays',
};
export const renewFromWords = { NOW: 'the day of the renewal', DUE_DATE: 'the due date' };
const replacementWords = { NONE: 'Nothing', FIXED: 'This amount', ITEM_COST: 'The price of the item, else this amount' };

interface Field {
  id: string;
  label: string;
  kind: 'number' | 'amount' | 'text' | 'time' | 'tick' | 'choice';
  words?: Readonly<Record<string, string>>;
}
const field = (kind: Field['kind']) => (id: string, label: string): Field => ({ id, label, kind });
const [number, amount, text, time, tick] = [field('number'), field('amount'), field('text'), field('time'), field('tick')];
const choice = (id: string, label: string, words: Readonly<Record<string, string>>): Field => ({ id, label, kind: 'choice', words });

const periodFields = (type: 'dueDate' | 'renewalPeriod', count: string, unit: string, words: Readonly<Record<string, string>>): Field[][] => [
  [number(`${type}.value`, count), choice(`${type}.unit`, unit, words)],
  [text(`${type}.eventName`, 'Event, such as the end of term'), time(`${type}.atTime`, 'Due at (else at closing)')],
];
const sections: { title: string; rows: Field[][] }[] = [
  {
    title: 'Loan',
    rows: [
      ...periodFields('dueDate', 'Lent for', 'Counted in', periodWords),
      [choice('closedLibraryDueDateManagement', 'A due date on closed time', closedWords)],
    ],
  },
  {
    title: 'Renewal',
    rows: [
      [tick('isRenewable', 'May be renewed')],
      ...periodFields('renewalPeriod', 'Renewed for', 'Counted in', { '': 'as long as it was lent for', ...periodWords }),
      [choice('renewFrom', 'Counted from', renewFromWords), number('renewalTimeFrameDays', 'Earliest, days before due (empty = always)')],
      [number('maximumRenewalPeriod.value', 'Not beyond (empty = no limit)'), choice('maximumRenewalPeriod.unit', 'from the loan on, in', longWords), amount('renewFee', 'Fee for a renewal')],
    ],
  },
  {
    title: 'Overdue',
    rows: [
      [number('gracePeriod.value', 'Grace'), choice('gracePeriod.unit', 'Counted in', graceWords)],
      [tick('gracePeriod.excludedFromFine', 'The grace is left out of the fine'), tick('graceAppliesToRecalls', 'Recalled items have a grace too')],
      [amount('overdueFine.amount', 'Overdue fine (empty = none)'), choice('overdueFine.per', 'Charged', rateWords)],
      [amount('recalledOverdueFine.amount', 'Fine when recalled (empty = as else)'), choice('recalledOverdueFine.per', 'Charged', rateWords)],
      [amount('maximumFine', 'At most (empty = no limit; 0 = never a fine)')],
      [1, 2, 3, 4, 5].map((nth) => amount(`overdueNotificationFine${nth}`, `For notice ${nth}`)),
    ],
  },
  {
    title: 'Lost',
    rows: [
      [choice('lostItemReplacementFee.source', 'Replacement', replacementWords), amount('lostItemReplacementFee.amount', 'Amount')],
      [amount('lostItemFine', 'Process fee')],
      [number('lostItemReplacementFeeRefundRatio', 'Given back when found, percent'), number('lostItemRefundLimitDays', 'but only for so many days (empty = no limit)')],
      [tick('lostItemProcessFeeRefundable', 'The process fee is given back too')],
    ],
  },
];

const kinds = new Map(sections.flatMap(({ rows }) => rows.flat()).map(({ id, kind }) => [id, kind]));
export const isAmount = (id: string): boolean => kinds.get(id) === 'amount';

/** Policies as their form shows them. */
export function typedFrom(policies: LoanPolicies, currency: string): Typed {
  const periods = new Map([...periodTexts('dueDate', policies.dueDate), ...periodTexts('renewalPeriod', policies.renewalPeriod)]);
  return (id) => {
    const ofPeriod = periods.get(id);
    if (ofPeriod !== undefined) return ofPeriod;
    const value = id.split('.').reduce<unknown>((of, key) => (typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined), policies);
    if (typeof value === 'boolean') return value ? '1' : '';
    if (typeof value === 'number') return isAmount(id) ? majorUnits(value, currency) : String(value);
    return typeof value === 'string' ? value : '';
  };
}

function periodTexts(type: string, period: DueDatePolicy | null): [id: string, value: string][] {
  const [unit, value, eventName] = period === null ? ['', '', ''] : period.kind === 'EVENT' ? ['EVENT', '', period.eventName] : [period.unit, String(period.value), ''];
  return [[`${type}.unit`, unit], [`${type}.value`, value], [`${type}.eventName`, eventName], [`${type}.atTime`, period?.atTime ?? '']];
}

/** The policies that the form says; what is no number or amount stays a text, so that the refusal can name it. */
export function policiesInput(typed: Typed, currency: string): Record<string, unknown> {
  const number = (id: string) => (/^\d{1,9}$/.test(typed(id)) ? Number(typed(id)) : typed(id));
  const amount = (id: string) => minorUnits(typed(id), currency);
  const ticked = (id: string) => typed(id) !== '';
  const orNone = (id: string, given: unknown) => (typed(id) === '' ? null : given);
  const period = (type: string) => {
    const atTime = orNone(`${type}.atTime`, typed(`${type}.atTime`));
    const unit = typed(`${type}.unit`);
    return unit === 'EVENT' ? { kind: 'EVENT', eventName: typed(`${type}.eventName`), atTime } : { kind: 'PERIOD', unit, value: number(`${type}.value`), atTime };
  };
  const rate = (type: string) => orNone(`${type}.amount`, { amount: amount(`${type}.amount`), per: typed(`${type}.per`) });
  const notices = Object.fromEntries([1, 2, 3, 4, 5].map((nth) => [`overdueNotificationFine${nth}`, amount(`overdueNotificationFine${nth}`)]));
  return {
    dueDate: period('dueDate'),
    closedLibraryDueDateManagement: typed('closedLibraryDueDateManagement'),
    isRenewable: ticked('isRenewable'),
    renewFrom: typed('renewFrom'),
    renewalPeriod: orNone('renewalPeriod.unit', period('renewalPeriod')),
    maximumRenewalPeriod: orNone('maximumRenewalPeriod.value', { value: number('maximumRenewalPeriod.value'), unit: typed('maximumRenewalPeriod.unit') }),
    renewalTimeFrameDays: orNone('renewalTimeFrameDays', number('renewalTimeFrameDays')),
    renewFee: amount('renewFee'),
    gracePeriod: { value: number('gracePeriod.value'), unit: typed('gracePeriod.unit'), excludedFromFine: ticked('gracePeriod.excludedFromFine') },
    graceAppliesToRecalls: ticked('graceAppliesToRecalls'),
    overdueFine: rate('overdueFine'),
    recalledOverdueFine: rate('recalledOverdueFine'),
    maximumFine: orNone('maximumFine', amount('maximumFine')),
    ...notices,
    lostItemFine: amount('lostItemFine'),
    lostItemReplacementFee: { source: typed('lostItemReplacementFee.source'), amount: amount('lostItemReplacementFee.amount') },
    lostItemReplacementFeeRefundRatio: number('lostItemReplacementFeeRefundRatio'),
    lostItemRefundLimitDays: orNone('lostItemRefundLimitDays', number('lostItemRefundLimitDays')),
    lostItemProcessFeeRefundable: ticked('lostItemProcessFeeRefundable'),
  };
}

/** Everything the template shows of the policies. */
export function policySections(typed: Typed, problems: readonly FieldProblem[], currency: string) {
  return sections.map(({ title, rows }) => ({
    title,
    rows: rows.map((fields) => fields.map(({ id, label, kind, words = {} }) => ({
      id, label: kind === 'amount' ? `${label}, ${currency}` : label, value: typed(id), error: messageFor(problems, id),
      tick: kind === 'tick', time: kind === 'time', choice: kind === 'choice', options: options(words, [typed(id)]),
      inputmode: kind === 'amount' ? 'decimal' : kind === 'number' ? 'numeric' : 'text',
    }))),
  }));
}

/** `28 days`, `until Term end`. */
export const periodText = (period: DueDatePolicy): string => (period.kind === 'EVENT' ? `until ${period.eventName}` : `${period.value} ${periodWords[period.unit]}`);
export const ratePer = (per: keyof typeof rateWords): string => rateWords[per];
