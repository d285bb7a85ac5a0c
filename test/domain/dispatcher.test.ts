import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { dispatch, type Command, type DispatcherEvent } from '../../domain/dispatcher.js';
import { nothingKnown, type DispatcherState, type Hold, type TurnAsk, type WaitReason } from '../../domain/dispatcher/state.js';

/** "HH:mm" of 12 May 2026 in UTC; hours above 24 are the days after. */
const at = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return Date.UTC(2026, 4, 12, hours, minutes);
};

/** A job that asks nothing special: every run belongs to a scheduled job of its own unless said. */
const ask = (processId: number, given: Partial<TurnAsk> = {}): TurnAsk => ({
  runId: `run-${processId}`,
  workflowId: `workflow-${processId}`,
  scheduledJobId: `job-${processId}`,
  jobKey: `job-${processId}`,
  category: 'FULFILLMENT',
  name: `Job ${processId}`,
  processId,
  trigger: 'SCHEDULE',
  submittedAt: at('02:00'),
  scheduledAt: given.submittedAt ?? at('02:00'),
  priority: 'NORMAL',
  weight: 1,
  locks: [],
  runAfter: [],
  staleAt: null,
  resumed: false,
  ...given,
});
const alone = [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }] as const;
const shared = [{ name: 'AUTHORITIES', mode: 'SHARED' }] as const;

/** A dispatcher with four units that hears messages one by one and keeps what it said last. */
function dispatcher(given: Partial<DispatcherState> = {}) {
  let state: DispatcherState = { ...nothingKnown, capacityUnits: 4, ...given };
  const hear = (event: DispatcherEvent, time: string): string[] => {
    const result = dispatch(state, event, at(time));
    state = result.state;
    return result.commands.map(told);
  };
  return {
    asks: (asked: TurnAsk, time = '02:00') => hear({ kind: 'ASK', ask: asked }, time),
    done: (processId: number, time = '02:00') => hear({ kind: 'DONE', runId: `run-${processId}` }, time),
    release: (processId: number, time = '02:00') => hear({ kind: 'RELEASE', runId: `run-${processId}` }, time),
    tick: (time: string) => hear({ kind: 'LOOK', settings: settingsOf(state), open: [] }, time),
    gone: (processId: number, time: string) => hear({ kind: 'GONE', runIds: [`run-${processId}`] }, time),
    hear,
    waitReason: (processId: number): WaitReason | null =>
      state.waiting.find((waiter) => waiter.ask.processId === processId)?.shown?.reason ?? null,
    state: () => state,
  };
}

const settingsOf = ({ capacityUnits, holds, due }: DispatcherState) => ({ capacityUnits, holds, due });

/** "turn 1042", "1042 QUEUED/CAPACITY", "1042 SKIPPED/OVERLAP", "1042 lost". */
function told(command: Command): string {
  const processId = (command.kind === 'REFUSE' ? command.ask.runId : command.runId).slice('run-'.length);
  switch (command.kind) {
    case 'GRANT':
      return [`turn ${processId}`, ...command.wentAhead.map((jobKey) => `ahead of ${jobKey}`)].join(' ');
    case 'REFUSE':
      return `${processId} SKIPPED/${command.refusal.skipReason}`;
    case 'SHOW':
      return `${processId} ${command.resumed ? 'resumed' : command.standing.status}/${command.standing.reason.kind}`;
    case 'LOST':
      return `${processId} lost`;
  }
}

describe('6.1 one active run per scheduled job', () => {
  const hourly = (processId: number, time: string, given: Partial<TurnAsk> = {}) =>
    ask(processId, { scheduledJobId: 'hourly', submittedAt: at(time), ...given });

  test('example 7: 03:15 waits behind 02:15, 04:15 takes its place, and runs when 02:15 ends at 04:40', () => {
    const institution = dispatcher();
    assert.deepEqual(institution.asks(hourly(1, '02:15'), '02:15'), ['turn 1']);
    assert.deepEqual(institution.asks(hourly(2, '03:15'), '03:15'), ['2 QUEUED/PREVIOUS_RUN']);
    assert.deepEqual(institution.waitReason(2), {
      kind: 'PREVIOUS_RUN',
      text: 'Waits for the previous run of this job (process 1)',
      runId: 'run-1',
    });
    assert.deepEqual(institution.asks(hourly(3, '04:15'), '04:15'), ['2 SKIPPED/OVERLAP', '3 QUEUED/PREVIOUS_RUN']);
    assert.deepEqual(institution.done(1, '04:40'), ['turn 3']);
  });

  test('an occurrence that asks after a newer one is the one that does not run', () => {
    const institution = dispatcher();
    institution.asks(hourly(1, '02:15'), '02:15');
    institution.asks(hourly(3, '04:15'), '04:15');
    assert.deepEqual(institution.asks(hourly(2, '03:15'), '04:16'), ['2 SKIPPED/OVERLAP']);
  });

  test('manual runs wait behind the scheduled one in order of submission, and a continuation goes before all', () => {
    const institution = dispatcher();
    institution.asks(hourly(1, '02:15'), '02:15');
    institution.asks(hourly(2, '02:20', { trigger: 'MANUAL' }), '02:20');
    institution.asks(hourly(3, '02:21', { trigger: 'RETRY_FAILED' }), '02:21');
    institution.asks(hourly(4, '03:15'), '03:15');
    institution.asks(hourly(5, '03:16', { trigger: 'CONTINUATION' }), '03:16');
    const order = [1, 5, 4, 2].map((processId) => institution.done(processId, '03:20')[0]);
    assert.deepEqual(order, ['turn 5', 'turn 4', 'turn 2', 'turn 3']);
  });

  test('the fifth manual start waits, the sixth is refused, and an occurrence still finds its own place', () => {
    const institution = dispatcher();
    institution.asks(hourly(1, '02:15'), '02:15');
    for (const processId of [2, 3, 4, 5]) institution.asks(hourly(processId, '02:20', { trigger: 'MANUAL' }), '02:20');
    assert.deepEqual(institution.asks(hourly(6, '02:20', { trigger: 'API' }), '02:20'), ['6 QUEUED/PREVIOUS_RUN']);
    assert.deepEqual(institution.asks(hourly(7, '02:20', { trigger: 'MANUAL' }), '02:20'), ['7 SKIPPED/OVERLAP']);
    assert.deepEqual(institution.asks(hourly(8, '03:15'), '03:15'), ['8 QUEUED/PREVIOUS_RUN']);
  });

  test('a run that waits for a lock has the slot: the next occurrence waits behind it and does not replace it', () => {
    const institution = dispatcher();
    institution.asks(ask(1, { locks: [...alone] }), '02:00');
    assert.deepEqual(institution.asks(hourly(2, '02:15', { locks: [...alone] }), '02:15'), ['2 PENDING/LOCK']);
    assert.deepEqual(institution.asks(hourly(3, '03:15', { locks: [...alone] }), '03:15'), ['3 QUEUED/PREVIOUS_RUN']);
    assert.deepEqual(institution.done(1, '03:20'), ['turn 2']);
  });

  test('runs of no scheduled job do not wait for each other', () => {
    const institution = dispatcher();
    assert.deepEqual(institution.asks(ask(1, { scheduledJobId: null })), ['turn 1']);
    assert.deepEqual(institution.asks(ask(2, { scheduledJobId: null })), ['turn 2']);
  });
});

describe('6.2 locks', () => {
  test('a lock held alone keeps the next out, who is told whom it waits for', () => {
    const institution = dispatcher();
    institution.asks(ask(1041, { locks: [...alone], name: 'Authorities – Link BIB Headings' }));
    assert.deepEqual(institution.asks(ask(1042, { locks: [...alone] })), ['1042 PENDING/LOCK']);
    assert.deepEqual(institution.waitReason(1042), {
      kind: 'LOCK',
      text: 'Waits for Authorities – Link BIB Headings (process 1041)',
      runId: 'run-1041',
    });
    assert.deepEqual(institution.done(1041), ['turn 1042']);
  });

  test('several share a lock; while a run waits to have it alone, no new sharer is let in, whatever its priority', () => {
    const institution = dispatcher();
    assert.deepEqual(institution.asks(ask(1, { locks: [...shared] })), ['turn 1']);
    assert.deepEqual(institution.asks(ask(2, { locks: [...shared] })), ['turn 2']);
    assert.deepEqual(institution.asks(ask(3, { locks: [...alone] })), ['3 PENDING/LOCK']);
    assert.deepEqual(institution.asks(ask(4, { locks: [...shared], priority: 'HIGH' })), ['4 PENDING/LOCK']);
    assert.equal(institution.waitReason(4)?.runId, 'run-3');
    assert.deepEqual(institution.done(1), ['3 PENDING/LOCK']); // now it waits for 2
    assert.deepEqual(institution.done(2), ['turn 3']);
    assert.deepEqual(institution.done(3), ['turn 4']);
  });

  test('two runs that each want one lock alone and share the other do not keep each other out', () => {
    const institution = dispatcher();
    institution.asks(ask(1, { locks: [{ name: 'A', mode: 'EXCLUSIVE' }, { name: 'B', mode: 'EXCLUSIVE' }] }));
    institution.asks(ask(2, { locks: [{ name: 'A', mode: 'EXCLUSIVE' }, { name: 'B', mode: 'SHARED' }] }));
    institution.asks(ask(3, { locks: [{ name: 'B', mode: 'EXCLUSIVE' }, { name: 'A', mode: 'SHARED' }], priority: 'HIGH' }));
    assert.deepEqual(institution.done(1), ['turn 2', '3 PENDING/LOCK']);
    assert.deepEqual(institution.done(2), ['turn 3']);
  });

  test('locks are taken all at once: one that is free stays free for others', () => {
    const institution = dispatcher();
    institution.asks(ask(1, { locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }] }));
    institution.asks(ask(2, { locks: [{ name: 'INDEX', mode: 'EXCLUSIVE' }, { name: 'LOANS', mode: 'EXCLUSIVE' }] }));
    assert.deepEqual(institution.asks(ask(3, { locks: [{ name: 'INDEX', mode: 'EXCLUSIVE' }] })), ['turn 3']);
  });
});

describe('6.3 order between jobs', () => {
  const lost = (given: Partial<TurnAsk> = {}) => ask(9, { runAfter: ['loans-due-date-correction'], ...given });
  const correction = (given: Partial<TurnAsk> = {}) =>
    ask(1, { jobKey: 'loans-due-date-correction', name: 'Loans – Due Date Correction', scheduledJobId: 'correction', ...given });
  const due = (time: string) => ({
    scheduledJobId: 'correction', jobKey: 'loans-due-date-correction', name: 'Loans – Due Date Correction', at: at(time),
  });

  test('waits while the job before it is active', () => {
    const institution = dispatcher();
    institution.asks(correction());
    assert.deepEqual(institution.asks(lost()), ['9 PENDING/RUN_AFTER']);
    assert.equal(institution.waitReason(9)?.text, 'Waits for Loans – Due Date Correction (process 1)');
    assert.deepEqual(institution.done(1), ['turn 9']);
  });

  test('waits while the job before it waits itself', () => {
    const institution = dispatcher();
    institution.asks(ask(7, { locks: [...alone] }));
    institution.asks(correction({ locks: [...alone] }));
    assert.deepEqual(institution.asks(lost()), ['9 PENDING/RUN_AFTER']);
  });

  test('waits for a job that is due in 30 minutes, but not for one due later', () => {
    assert.deepEqual(dispatcher({ due: [due('02:30')] }).asks(lost()), ['9 PENDING/RUN_AFTER']);
    assert.deepEqual(dispatcher({ due: [due('02:31')] }).asks(lost()), ['turn 9']);
  });

  test('a job due a moment ago may ask any moment; after five minutes nobody waits for it', () => {
    assert.deepEqual(dispatcher({ due: [due('01:55')] }).asks(lost()), ['9 PENDING/RUN_AFTER']);
    assert.deepEqual(dispatcher({ due: [due('01:54')] }).asks(lost()), ['turn 9']);
  });

  test('an occurrence that has run is not due any more', () => {
    const institution = dispatcher({ due: [due('02:00')] });
    institution.asks(lost());
    institution.asks(correction());
    assert.deepEqual(institution.done(1, '02:03'), ['turn 9']);
  });

  test('goes ahead after two hours, and says of whom', () => {
    const institution = dispatcher();
    institution.asks(correction());
    institution.asks(lost());
    assert.deepEqual(institution.tick('03:59'), []);
    assert.deepEqual(institution.tick('04:00'), ['turn 9 ahead of loans-due-date-correction']);
  });

  test('the two hours begin when the run has the slot of its job', () => {
    const institution = dispatcher();
    institution.asks(ask(8, { scheduledJobId: 'job-9' }));
    institution.asks(correction());
    institution.asks(lost());
    institution.done(8, '04:00');
    assert.deepEqual(institution.tick('05:59'), []);
    assert.deepEqual(institution.tick('06:00'), ['turn 9 ahead of loans-due-date-correction']);
  });

  test('nobody waits for a preview', () => {
    const institution = dispatcher();
    institution.asks(correction({ trigger: 'DRY_RUN' }));
    assert.deepEqual(institution.asks(lost()), ['turn 9']);
  });

  test('a run that waits for its order keeps nobody out of its locks', () => {
    const institution = dispatcher();
    institution.asks(correction());
    institution.asks(lost({ locks: [...alone] }));
    assert.deepEqual(institution.asks(ask(2, { locks: [...shared] })), ['turn 2']);
  });
});

describe('6.4 capacity', () => {
  const full = () => {
    const institution = dispatcher();
    for (const processId of [1, 2, 3, 4]) institution.asks(ask(processId));
    return institution;
  };

  test('four runs of weight 1 fill four units, the fifth waits', () => {
    const institution = full();
    assert.deepEqual(institution.asks(ask(5)), ['5 QUEUED/CAPACITY']);
    assert.equal(institution.waitReason(5)?.text, 'Waits for 1 of 4 units of capacity');
    assert.deepEqual(institution.done(3), ['turn 5']);
  });

  test('the queue goes by priority, then by the time a run was meant for, then by process id', () => {
    const institution = full();
    institution.asks(ask(5, { priority: 'LOW', scheduledAt: at('01:00') }));
    institution.asks(ask(6, { scheduledAt: at('01:30') }));
    institution.asks(ask(8, { scheduledAt: at('01:15') }));
    institution.asks(ask(7, { scheduledAt: at('01:15') }));
    institution.asks(ask(9, { priority: 'HIGH' }));
    const order = [1, 2, 3, 4, 9].map((processId) => institution.done(processId));
    assert.deepEqual(order, [['turn 9'], ['turn 7'], ['turn 8'], ['turn 6'], ['turn 5']]);
  });

  test('half an hour of waiting lifts the priority one step', () => {
    const institution = full();
    institution.asks(ask(5, { priority: 'LOW' }));
    institution.asks(ask(6, { submittedAt: at('02:29') }), '02:29');
    assert.deepEqual(institution.done(1, '02:29'), ['turn 6']);
    institution.asks(ask(7, { submittedAt: at('02:29') }), '02:29');
    assert.deepEqual(institution.done(2, '02:30'), ['turn 5']);
  });

  test('a heavy run at the head keeps lighter ones back for 30 minutes, not longer', () => {
    const institution = dispatcher();
    institution.asks(ask(1, { weight: 3 }));
    assert.deepEqual(institution.asks(ask(2, { weight: 2 })), ['2 QUEUED/CAPACITY']);
    assert.deepEqual(institution.asks(ask(3)), ['3 QUEUED/CAPACITY']);
    assert.equal(institution.waitReason(3)?.text, 'Waits behind Job 2 (process 2), which needs 2 units of capacity');
    assert.deepEqual(institution.tick('02:29'), []);
    assert.deepEqual(institution.tick('02:30'), ['turn 3']);
  });

  test('a run heavier than the institution runs alone', () => {
    const institution = dispatcher({ capacityUnits: 2 });
    institution.asks(ask(1));
    assert.deepEqual(institution.asks(ask(2, { weight: 4 })), ['2 QUEUED/CAPACITY']);
    assert.deepEqual(institution.done(1), ['turn 2']);
    assert.deepEqual(institution.asks(ask(3)), ['3 QUEUED/CAPACITY']);
  });

  test('a run whose workflow is gone frees its place and ends as lost', () => {
    const institution = full();
    institution.asks(ask(5));
    assert.deepEqual(institution.gone(2, '02:05'), ['2 lost', 'turn 5']);
  });

  test('before the first look nobody is let in', () => {
    assert.deepEqual(dispatch(nothingKnown, { kind: 'ASK', ask: ask(1) }, at('02:00')).commands.map(told), ['1 QUEUED/CAPACITY']);
  });
});

describe('6.5 waiting in vain', () => {
  const behind = (given: Partial<TurnAsk>) => {
    const institution = dispatcher();
    institution.asks(ask(1, { locks: [...alone] }));
    institution.asks(ask(2, { locks: [...alone], ...given }));
    return institution;
  };

  test('a reminder that cannot start before its day ends has lost its point', () => {
    assert.deepEqual(behind({ staleAt: at('13:00') }).done(1, '12:59'), ['turn 2']);
    assert.deepEqual(behind({ staleAt: at('13:00') }).done(1, '13:00'), ['2 SKIPPED/STALE']);
  });

  test('a scheduled run waits twelve hours, not longer', () => {
    assert.deepEqual(behind({}).done(1, '14:00'), ['turn 2']);
    assert.deepEqual(behind({}).done(1, '14:01'), ['2 SKIPPED/WAITED_TOO_LONG']);
  });

  test('a manual run waits twenty-four', () => {
    assert.deepEqual(behind({ trigger: 'MANUAL' }).done(1, '26:00'), ['turn 2']);
    assert.deepEqual(behind({ trigger: 'MANUAL' }).done(1, '26:01'), ['2 SKIPPED/WAITED_TOO_LONG']);
  });
});

describe('6.6 guard', () => {
  test('a stopped run gives locks and capacity back, keeps the slot, and takes them again when approved', () => {
    const institution = dispatcher({ capacityUnits: 1 });
    const guarded = ask(1, { locks: [...alone] });
    institution.asks(guarded);
    institution.asks(ask(2, { scheduledJobId: 'job-1' }));
    institution.asks(ask(3, { locks: [...alone] }));
    assert.deepEqual(institution.release(1), ['turn 3']);
    assert.deepEqual(institution.asks({ ...guarded, resumed: true }), ['1 resumed/LOCK']);
    assert.deepEqual(institution.done(3), ['turn 1']);
    assert.deepEqual(institution.done(1), ['turn 2']);
  });

  test('a late copy of its first ask does not wake it', () => {
    const institution = dispatcher();
    institution.asks(ask(1));
    institution.release(1);
    assert.deepEqual(institution.asks(ask(1)), []);
    assert.deepEqual(institution.asks(ask(1, { resumed: true })), ['turn 1']);
  });

  test('an approved run is never refused: what it began it may end', () => {
    const institution = dispatcher({ capacityUnits: 1 });
    institution.asks(ask(1, { staleAt: at('03:00') }));
    institution.release(1);
    institution.asks(ask(2));
    institution.asks(ask(1, { staleAt: at('03:00'), resumed: true }));
    assert.deepEqual(institution.done(2, '50:00'), ['turn 1']);
  });

  test('decided while the dispatcher was away: the slot is its own all the same', () => {
    const institution = dispatcher();
    assert.deepEqual(institution.asks(ask(1, { resumed: true })), ['turn 1']);
    assert.deepEqual(institution.asks(ask(2, { scheduledJobId: 'job-1' })), ['2 QUEUED/PREVIOUS_RUN']);
  });
});

describe('6.7 holds', () => {
  const hold = (given: Partial<Hold> = {}): Hold => ({
    from: at('01:00'),
    to: at('06:00'),
    scope: { all: true, categories: [], scheduledJobIds: [] },
    reason: 'Migration',
    atEnd: 'SKIP',
    ...given,
  });
  const during = (given: Partial<Hold> = {}) => dispatcher({ holds: [hold(given)] });

  test('an occurrence inside does not run, and with SKIP none is made up for', () => {
    assert.deepEqual(during().asks(ask(1)), ['1 SKIPPED/HELD']);
    assert.deepEqual(during().asks(ask(1, { submittedAt: at('01:00') }), '01:00'), ['1 SKIPPED/HELD']);
    assert.deepEqual(during().asks(ask(1, { submittedAt: at('06:00') }), '06:00'), ['turn 1']);
  });

  test('with RUN_LATEST the latest one waits for the end, and the older ones did not run', () => {
    const institution = during({ atEnd: 'RUN_LATEST' });
    const hourly = (processId: number, time: string) => ask(processId, { scheduledJobId: 'hourly', submittedAt: at(time) });
    assert.deepEqual(institution.asks(hourly(1, '02:15'), '02:15'), ['1 PENDING/HOLD']);
    assert.deepEqual(institution.asks(hourly(2, '03:15'), '03:15'), ['1 SKIPPED/HELD', '2 PENDING/HOLD']);
    assert.equal(institution.waitReason(2)?.text, 'On hold: Migration');
    assert.deepEqual(institution.tick('05:59'), []);
    assert.deepEqual(institution.tick('06:00'), ['turn 2']);
  });

  test('with RUN_LATEST a run that has lost its point meanwhile does not run', () => {
    const institution = during({ atEnd: 'RUN_LATEST' });
    institution.asks(ask(1, { staleAt: at('06:00') }));
    assert.deepEqual(institution.tick('06:00'), ['1 SKIPPED/STALE']);
  });

  test('the time on hold is not waiting: a hold of days ends nobody', () => {
    const institution = during({ atEnd: 'RUN_LATEST', to: at('98:00') });
    institution.asks(ask(1));
    institution.asks(ask(2, { locks: [...alone] }));
    assert.deepEqual(institution.tick('97:59'), []);
    assert.deepEqual(institution.tick('98:00'), ['turn 1', 'turn 2']);
  });

  test('what is started by hand inside goes through: only the operator could', () => {
    assert.deepEqual(during().asks(ask(1, { trigger: 'MANUAL', scheduledAt: null })), ['turn 1']);
  });

  test('a retry or continuation inside waits for the end', () => {
    assert.deepEqual(during().asks(ask(1, { trigger: 'AUTO_RETRY', scheduledAt: null })), ['1 PENDING/HOLD']);
    assert.deepEqual(during().asks(ask(1, { trigger: 'CONTINUATION', scheduledAt: null })), ['1 PENDING/HOLD']);
  });

  test('who is in goes on; who waited before the hold began waits on', () => {
    const institution = dispatcher({ holds: [hold({ from: at('02:30') })] });
    institution.asks(ask(1, { locks: [...alone] }));
    institution.asks(ask(2, { locks: [...alone], trigger: 'MANUAL', scheduledAt: null }));
    assert.deepEqual(institution.done(1, '02:30'), ['2 PENDING/HOLD']);
    assert.deepEqual(institution.tick('06:00'), ['turn 2']);
  });

  test('a hold covers what it names: categories, scheduled jobs, or all', () => {
    const covered = (scope: Partial<Hold['scope']>) =>
      during({ scope: { all: false, categories: [], scheduledJobIds: [], ...scope } }).asks(ask(1));
    assert.deepEqual(covered({ categories: ['FULFILLMENT'] }), ['1 SKIPPED/HELD']);
    assert.deepEqual(covered({ categories: ['PUBLISHING'] }), ['turn 1']);
    assert.deepEqual(covered({ scheduledJobIds: ['job-1'] }), ['1 SKIPPED/HELD']);
    assert.deepEqual(covered({ scheduledJobIds: ['job-2'] }), ['turn 1']);
  });
});

describe('messages that come twice, late or not at all', () => {
  test('a repeated ask of a run that waits changes nothing', () => {
    const institution = dispatcher({ capacityUnits: 1 });
    institution.asks(ask(1));
    institution.asks(ask(2));
    const before = institution.state();
    assert.deepEqual(institution.asks(ask(2)), []);
    assert.deepEqual(institution.state(), before);
  });

  test('a repeated ask of a run that is in gets its turn again, and no second place', () => {
    const institution = dispatcher();
    institution.asks(ask(1));
    const before = institution.state();
    assert.deepEqual(institution.asks(ask(1)), ['turn 1']);
    assert.deepEqual(institution.state(), before);
  });

  test('a done that comes before its ask leaves nothing behind', () => {
    const institution = dispatcher();
    institution.done(1);
    assert.deepEqual(institution.asks(ask(1)), []);
    assert.deepEqual(institution.state().inside, []);
  });

  test('a look takes over who is at work, who is stopped and who waits', () => {
    const institution = dispatcher();
    const open = [
      { ask: ask(3, { submittedAt: at('01:59'), locks: [...alone] }), phase: 'WAITING' },
      { ask: ask(2, { locks: [...alone] }), phase: 'WORKING' },
      { ask: ask(1, { locks: [...alone] }), phase: 'RELEASED' },
    ] as const;
    const settings = { capacityUnits: 4, holds: [], due: [] };
    assert.deepEqual(institution.hear({ kind: 'LOOK', settings, open: [...open] }, '02:00'), ['3 PENDING/LOCK']);
    assert.deepEqual(institution.done(2), ['turn 3']);
  });

  test('a look that was begun before a run said done does not bring it back', () => {
    const institution = dispatcher();
    institution.asks(ask(1));
    institution.done(1);
    const settings = { capacityUnits: 4, holds: [], due: [] };
    institution.hear({ kind: 'LOOK', settings, open: [{ ask: ask(1), phase: 'WORKING' }] }, '02:00');
    assert.deepEqual(institution.state().inside, []);
  });

  test('a run that is at work although it seems to wait is in', () => {
    const institution = dispatcher({ capacityUnits: 1 });
    institution.asks(ask(1));
    institution.asks(ask(2));
    const settings = { capacityUnits: 1, holds: [], due: [] };
    institution.hear({ kind: 'LOOK', settings, open: [{ ask: ask(2), phase: 'WORKING' }] }, '02:00');
    assert.deepEqual(institution.asks(ask(2)), ['turn 2']);
  });

  test('pages are told only what has changed', () => {
    const institution = dispatcher({ capacityUnits: 1 });
    institution.asks(ask(1));
    assert.deepEqual(institution.asks(ask(2)), ['2 QUEUED/CAPACITY']);
    assert.deepEqual(institution.asks(ask(3)), ['3 QUEUED/CAPACITY']);
    assert.deepEqual(institution.tick('02:05'), []);
  });
});
