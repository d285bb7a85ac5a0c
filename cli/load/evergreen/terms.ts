/**
 * Terms of use, made from what Evergreen notes on every circulation: how long, what fine, at most how much, what grace.
 *
 * Evergreen has rules that choose these at the desk and copies the outcome to the circulation. The same outcome is the same terms of
 * use here. A lost item costs its price, as Evergreen bills it.
 */
import type { Load } from './load-context.js';
import { graceOf, intervalOf, isShort, periodOf, rateOf, type Interval } from './interval.js';
import { LeftOut, type Row } from './row.js';

interface PolicyDraft {
  type: string;
  code: string;
  name: string;
  value: unknown;
}

const REPLACEMENT: PolicyDraft = {
  type: 'lostItemReplacementFee',
  code: 'item-cost',
  name: 'The price of the item',
  value: { source: 'ITEM_COST', amount: 0 },
};

/** Collects the terms that loans name, and writes them. */
export class Terms {
  private readonly policies = new Map<string, PolicyDraft>();
  private readonly known = new Map<string, { touId: string; code: string; name: string; policies: PolicyDraft[] }>();

  constructor(private readonly load: Load) {}

  /** `remark` hears of what has no counterpart here. */
  of(row: Row, remark: (text: string) => void): { touId: string; shortLoan: boolean } {
    const { policies: drafts, shortLoan } = lentBy(row, this.load.currency, remark);
    const code = drafts.slice(0, -1).map((draft) => draft.code).join('_');
    let terms = this.known.get(code);
    if (terms === undefined) {
      const name = drafts.slice(0, -1).map((draft) => draft.name).join(', ');
      terms = { touId: this.load.idOf('termsOfUse', code), code, name, policies: drafts };
      this.known.set(code, terms);
      for (const draft of drafts) this.policies.set(`${draft.type} ${draft.code}`, draft);
    }
    return { touId: terms.touId, shortLoan };
  }

  async write(): Promise<void> {
    const { load } = this;
    const { institutionId } = load;
    const own = { owner: 'LOCAL', active: true, deletedAt: null, deleteAfter: null } as const;
    const policies = load.writerOf(load.models.Policy);
    for (const { type, code, name, value } of this.policies.values()) {
      const _id = load.idOf('policy', `${type}:${code}`);
      await policies.add({ _id, institutionId, type, code, name, value, originKey: `#${_id}`, ...own }, () => undefined);
    }
    await policies.flush();
    const termsOfUse = load.writerOf(load.models.TermsOfUse);
    for (const { touId, code, name, policies: drafts } of this.known.values()) {
      const list = drafts.map((draft) => ({ type: draft.type, policyCode: draft.code }));
      await termsOfUse.add(
        { _id: touId, institutionId, code, type: 'LOAN', name, policies: list, link: 'ATTACHED', originKey: `#${touId}`, lastChange: null, ...own },
        () => undefined,
      );
    }
    await termsOfUse.flush();
  }
}

/** What a circulation was lent by. Throws `LeftOut` where that cannot be read; `remark` hears of what has no counterpart here. */
export function lentBy(row: Row, currency: string, remark: (text: string) => void): { policies: PolicyDraft[]; shortLoan: boolean } {
  const duration = interval(row, 'duration');
  return {
    policies: [dueDate(duration), ...fine(row, currency, remark), ...maximum(row, currency), ...grace(row), REPLACEMENT],
    shortLoan: isShort(duration),
  };
}

function fine(row: Row, currency: string, remark: (text: string) => void): PolicyDraft[] {
  const every = interval(row, 'fine_interval');
  const amount = atLeastNothing(row, 'recurring_fine', currency);
  if (amount === null || amount === 0) return [];
  const rate = rateOf(amount, every);
  if (rate === null) {
    remark('a fine per something else than a minute, an hour or a day: no fine in its terms of use');
    return [];
  }
  const per = rate.per.toLowerCase();
  const text = row.text('recurring_fine');
  return [{ type: 'overdueFine', code: `${text}-per-${per}`, name: `${text} per ${per}`, value: rate }];
}

function maximum(row: Row, currency: string): PolicyDraft[] {
  const value = atLeastNothing(row, 'max_fine', currency);
  if (value === null) return [];
  const text = row.text('max_fine');
  return [{ type: 'maximumFine', code: `max-${text}`, name: `at most ${text}`, value }];
}

function atLeastNothing(row: Row, column: string, currency: string): number | null {
  const amount = row.maybeAmount(column, currency);
  if (amount !== null && amount < 0) throw new LeftOut(`${column} is no amount of ${currency}`, row.text(column));
  return amount;
}

function interval(row: Row, column: string): Interval {
  const text = row.text(column);
  const read = intervalOf(text);
  if (read === null) throw new LeftOut(`${column} is not an interval`, text);
  return read;
}

function dueDate(duration: Interval): PolicyDraft {
  const { unit, value } = periodOf(duration);
  if (value < 1) throw new LeftOut('lent for no time at all');
  const [code, name] = named(value, unit);
  return { type: 'dueDate', code, name, value: { kind: 'PERIOD', unit, value, atTime: null } };
}

function grace(row: Row): PolicyDraft[] {
  if (row.maybeText('grace_period') === null) return [];
  const policy = graceOf(interval(row, 'grace_period'));
  if (policy.value === 0) return [];
  const [code, name] = named(policy.value, policy.unit);
  return [{ type: 'gracePeriod', code: `grace-${code}`, name: `${name} of grace`, value: policy }];
}

/** `14-days` and `14 days`, `1-exact-day` and `1 exact day`. */
function named(value: number, unit: string): [code: string, name: string] {
  const words = unit.toLowerCase().replace('_', ' ');
  const name = `${value} ${value === 1 ? words.slice(0, -1) : words}`;
  return [name.replaceAll(' ', '-'), name];
}
