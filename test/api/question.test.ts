/** What *explain a record* asks, as its page says it. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { questionRow } from '../../api/pages/question.js';
import { zoneOf } from '../../domain/days.js';
import type { Grants } from '../../domain/permissions.js';

const grants: Grants = { operator: false, institution: new Set(['PATRON_DATA']), jobs: new Map() };
const viewer = { zone: zoneOf('Europe/Berlin'), institution: { currency: 'EUR' }, grants };
const row = (rule: string, compared: Record<string, unknown> = {}) => questionRow(viewer, { rule, holds: true, compared });

test.each([
  ['12 noticed before', 'Noticed before?', 'rule 12'],
  ['1, 5 debts are open', 'Debts are open?', 'rules 1, 5'],
  ['Selection: lost', 'Lost?', 'selection'],
  ['Selection C: until the loans are returned', 'Until the loans are returned?', 'selection'],
  ['Idempotency: claimed by a mail', 'Claimed by a mail?', 'done before'],
  ['Rule «Films: new» matches', 'Rule «Films: new» matches?', null],
  ['library missing', 'Library missing?', null],
])('%s', (rule, text, place) => {
  const said = row(rule);
  assert.deepEqual([said.text, said.place], [text, place]);
});

test('instants are told by the clock of the library, amounts in its currency, values in words, and codes of staff as they are', () => {
  const compared = {
    dueDate: new Date('2026-05-12T20:00:00.000Z'), total: 1250, processStatus: 'RENEW_REQUESTED', userGroup: 'STAFF', libraryCode: 'MAIN', touId: null, shortLoan: false,
    named: [], statuses: ['NORMAL', 'RECALL'], today: '2026-05-12',
  };
  assert.deepEqual(row('2 x', compared).compared.map(({ name, value }) => `${name}: ${value}`), [
    'Due date: Tue 12 May 2026 22:00 CEST', 'Total: 12.50 EUR', 'Process status: Renew requested', 'User group: STAFF', 'Library code: MAIN', 'Terms of use: –', 'Short loan: No',
    'Asked for: any', 'Statuses: Normal, Recall', 'Today: 2026-05-12',
  ]);
});
