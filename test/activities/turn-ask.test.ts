/** When a run of a job that must start on its day is too late (platform.md 6.5). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { turnAskOf } from '../../activities/turn-ask.js';
import { at } from '../support/fixture-a.js';
import type { Trigger } from '../../domain/run.js';

const staleAt = (trigger: Trigger, asOf: string, submittedAt: string) => turnAskOf({
  _id: 'r', workflowId: 'run-r', scheduledJobId: 'sj', jobKey: 'notifications-due-date-reminders', category: 'FULFILLMENT', name: 'Reminders', processId: 1,
  trigger, scheduledAt: null, asOf: new Date(at(asOf)), submittedAt: new Date(at(submittedAt)),
}, 'America/New_York', false).staleAt;

test('a reminder of a day is stale when the day is over, whoever started it', () => {
  for (const trigger of ['SCHEDULE', 'MANUAL', 'API', 'RERUN'] as const)
    assert.equal(staleAt(trigger, '2025-05-29 06:00', '2025-05-29 23:59'), at('2025-05-30 00:00'));
});

test('an occurrence that asks for its turn after its day is stale, and so is what goes on for it', () => {
  for (const trigger of ['SCHEDULE', 'AUTO_RETRY', 'CONTINUATION'] as const)
    assert.equal(staleAt(trigger, '2025-05-29 06:00', '2025-05-30 00:00'), at('2025-05-30 00:00'));
});

test('a run or preview that a person asked for as at a day that was over is never stale', () => {
  for (const trigger of ['MANUAL', 'API', 'DRY_RUN'] as const) assert.equal(staleAt(trigger, '2025-05-29 06:00', '2025-05-30 00:00'), null);
});
