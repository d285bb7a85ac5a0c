/** A question that the rules asked about a record, for those who read no program: as a question, with its place in the rules and what was compared. */
import type { Heard } from '../../domain/ask.js';
import { exponentOf } from '../../domain/money.js';
import { readableValues } from '../events.js';
import { when } from '../format.js';
import type { Viewer } from '../viewer.js';
import { spelledOut } from '../words.js';
import { shown } from './scheduled-job.js';

/** What of a viewer the words depend on. */
type Asker = Pick<Viewer, 'zone' | 'grants'> & { institution: Pick<Viewer['institution'], 'currency'> };

export function questionRow(viewer: Asker, { rule, holds, compared }: Heard) {
  const values = Object.entries(readableValues(viewer.grants, compared));
  return { ...question(rule), holds, compared: values.map(([name, value]) => ({ name: nameWords[name] ?? spelledOut(name), value: valueText(viewer, name, value) })) };
}

const places: Readonly<Record<string, string>> = { Selection: 'selection', Idempotency: 'done before', Configuration: 'settings' };

/** `12 noticed before` → Noticed before? (rule 12); `Selection: lost` → Lost? (selection). */
function question(rule: string): { text: string; place: string | null } {
  const [, numbers, ruled] = /^(\d+(?:, \d+)*) (.+)$/.exec(rule) ?? [];
  const [, place = '', placed] = /^(\w+)(?: [A-Z])?: (.+)$/.exec(rule) ?? [];
  const words = ruled ?? placed ?? rule;
  const told = numbers === undefined ? (places[place] ?? null) : `${numbers.includes(',') ? 'rules' : 'rule'} ${numbers}`;
  return { text: `${words.charAt(0).toUpperCase()}${words.slice(1)}?`, place: told };
}

/** What the specification calls otherwise than it reads. */
const nameWords: Readonly<Record<string, string>> = {
  touId: 'Terms of use', asOf: 'As of', letterKey: 'Letter', expiresAt: 'Ends', createdAt: 'Made', readAt: 'Read', emailedAt: 'Mailed', excess: 'Days past it', named: 'Asked for',
};
/** In minor units of the institution's currency. */
const amounts = ['total', 'minimumBalance', 'totalDebt', 'minimumDebt', 'renewFee'];
/** Codes that staff have made are told as they are; others are words in capitals. */
const ofStaff = /(code|codes|group|groups|location|unit|rule|decidedBy|id|key)$/i;

function valueText({ zone, institution: { currency } }: Asker, name: string, value: unknown): string {
  if (value instanceof Date) return when(zone, value).text;
  if (typeof value === 'number' && amounts.includes(name)) return `${(value / 10 ** exponentOf(currency)).toFixed(exponentOf(currency))} ${currency}`;
  if (name === 'named' && Array.isArray(value) && value.length === 0) return 'any';
  if (ofStaff.test(name)) return shown(value);
  const inWords = (one: unknown) => (typeof one === 'string' && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(one) ? spelledOut(one) : one);
  return shown(Array.isArray(value) ? value.map(inWords) : inWords(value));
}
