import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, test } from 'vitest';
import { zoneOf } from '../../domain/days.js';
import {
  catchUpWindowOf,
  missedOccurrences,
  nextRunAt,
  occurrenceAt,
  occurrencesBetween,
} from '../../domain/occurrences.js';
import { scheduleProblems, type Schedule } from '../../domain/schedule.js';
import { scheduleText } from '../../domain/schedule-text.js';

const berlin = zoneOf('Europe/Berlin');
const daily = (...times: string[]): Schedule => ({ kind: 'DAILY', times });
const hourly = (minute: number): Schedule => ({ kind: 'HOURLY', minute });
const at = (iso: string) => Date.parse(iso);
const iso = (instant: number | null) => (instant === null ? null : `${new Date(instant).toISOString().slice(0, 16)}Z`);

const starts = (schedule: Schedule, from: string, to: string, zone = berlin) =>
  occurrencesBetween(schedule, zone, at(from), at(to))
    .filter(({ skipped }) => skipped === null)
    .map((one) => iso(one.at));
const missed = (schedule: Schedule, last: string, now: string, staleAfter: 'END_OF_BUSINESS_DATE' | null = null) => {
  const { run, rows, settledUpTo } = missedOccurrences(
    schedule,
    berlin,
    at(last),
    at(now),
    catchUpWindowOf(schedule),
    staleAfter,
  );
  return {
    run: run?.occurrenceKey ?? null,
    rows: rows.map(({ occurrence, skipReason, missedCount }) => [occurrence.occurrenceKey, skipReason, missedCount]),
    settledUpTo: iso(settledUpTo),
  };
};

describe('the examples of platform.md, in their order (7 is the dispatcher’s)', () => {
  test('1. DAILY 02:30 in Berlin starts once every night, shown 03:30 in the night of the spring change', () => {
    assert.deepEqual(starts(daily('02:30'), '2026-03-28T00:00Z', '2026-03-31T00:00Z'), [
      '2026-03-28T01:30Z',
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ]);
    assert.deepEqual(starts(daily('02:30'), '2026-10-24T00:00Z', '2026-10-27T00:00Z'), [
      '2026-10-24T00:30Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
    assert.equal(occurrenceAt(daily('02:30'), berlin, at('2026-10-25T00:30Z'))?.occurrenceKey, 'L:2026-10-25T02:30');
    assert.equal(occurrenceAt(daily('02:30'), berlin, at('2026-10-25T01:30Z')), null);
  });

  test('2. HOURLY :15 gives 23 runs on 29 March and 25 on 25 October', () => {
    assert.equal(starts(hourly(15), '2026-03-28T23:00Z', '2026-03-29T22:00Z').length, 23);
    assert.equal(starts(hourly(15), '2026-10-24T22:00Z', '2026-10-25T23:00Z').length, 25);
    const repeated = occurrencesBetween(hourly(15), berlin, at('2026-10-25T00:00Z'), at('2026-10-25T02:00Z'));
    assert.deepEqual(
      repeated.map(({ occurrenceKey, nominalLocal }) => [occurrenceKey, nominalLocal]),
      [
        ['U:2026-10-25T00:15Z', '2026-10-25T02:15'],
        ['U:2026-10-25T01:15Z', '2026-10-25T02:15'],
      ],
    );
  });

  test('3. DAILY 02:30 and 03:30 on 29 March fall on one instant: the later runs, the other is skipped', () => {
    const both = occurrencesBetween(daily('02:30', '03:30'), berlin, at('2026-03-29T00:00Z'), at('2026-03-30T00:00Z'));
    assert.deepEqual(both, [
      {
        occurrenceKey: 'L:2026-03-29T02:30',
        at: at('2026-03-29T01:30Z'),
        nominalLocal: '2026-03-29T02:30',
        skipped: 'DST',
      },
      {
        occurrenceKey: 'L:2026-03-29T03:30',
        at: at('2026-03-29T01:30Z'),
        nominalLocal: '2026-03-29T03:30',
        skipped: null,
      },
    ]);
    assert.equal(
      occurrenceAt(daily('02:30', '03:30'), berlin, at('2026-03-29T01:30Z'))?.occurrenceKey,
      'L:2026-03-29T03:30',
    );
  });

  test('4. Cairo, DAILY 00:00: the midnight of 24 April 2026 does not exist and is 01:00', () => {
    const found = occurrencesBetween(
      daily('00:00'),
      zoneOf('Africa/Cairo'),
      at('2026-04-22T12:00Z'),
      at('2026-04-25T12:00Z'),
    );
    assert.deepEqual(
      found.map((one) => [one.nominalLocal, iso(one.at)]),
      [
        ['2026-04-23T00:00', '2026-04-22T22:00Z'],
        ['2026-04-24T00:00', '2026-04-23T22:00Z'],
        ['2026-04-25T00:00', '2026-04-24T21:00Z'],
      ],
    );
  });

  test('5. the last day of the month, and every so many hours from a time', () => {
    const lastDay: Schedule = { kind: 'MONTHLY', monthDays: ['LAST'], times: ['23:00'] };
    const days = (from: string, to: string) =>
      occurrencesBetween(lastDay, berlin, at(from), at(to)).map(({ nominalLocal }) => nominalLocal);
    assert.deepEqual(days('2026-01-01T00:00Z', '2026-03-01T00:00Z'), ['2026-01-31T23:00', '2026-02-28T23:00']);
    assert.deepEqual(days('2028-02-01T00:00Z', '2028-03-01T00:00Z'), ['2028-02-29T23:00']);
    assert.deepEqual(days('2026-04-01T00:00Z', '2026-05-01T00:00Z'), ['2026-04-30T23:00']);

    const onTwelfthMay = (schedule: Schedule) =>
      occurrencesBetween(schedule, berlin, at('2026-05-11T22:00Z'), at('2026-05-12T22:00Z')).map(({ nominalLocal }) =>
        nominalLocal.slice(11),
      );
    assert.deepEqual(onTwelfthMay({ kind: 'EVERY_N_HOURS', everyHours: 6, startTime: '01:00' }), [
      '01:00',
      '07:00',
      '13:00',
      '19:00',
    ]);
    assert.deepEqual(onTwelfthMay({ kind: 'EVERY_N_HOURS', everyHours: 8, startTime: '20:00' }), [
      '04:00',
      '12:00',
      '20:00',
    ]);
    const everyTwo: Schedule = { kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:00' };
    assert.deepEqual(starts(everyTwo, '2026-03-28T23:00Z', '2026-03-29T04:00Z'), [
      '2026-03-28T23:00Z',
      '2026-03-29T01:00Z',
      '2026-03-29T02:00Z',
    ]);
  });

  test('6. moved from Berlin to London on 12 May 10:00, after the run of 02:30: next run 13 May 01:30Z, same sentence', () => {
    const afterTheMove = at('2026-05-12T08:00Z');
    assert.equal(iso(nextRunAt(daily('02:30'), zoneOf('Europe/London'), afterTheMove)), '2026-05-13T01:30Z');
    assert.equal(scheduleText(daily('02:30')), 'Every day at 02:30');
  });

  test('8. after an outage the hourly job runs its latest occurrence and tells the others as missed', () => {
    assert.deepEqual(missed(hourly(15), '2026-05-12T07:15Z', '2026-05-12T11:40Z'), {
      run: 'U:2026-05-12T11:15Z',
      rows: [
        ['U:2026-05-12T08:15Z', 'MISSED', 1],
        ['U:2026-05-12T09:15Z', 'MISSED', 1],
        ['U:2026-05-12T10:15Z', 'MISSED', 1],
      ],
      settledUpTo: '2026-05-12T10:15Z',
    });
    assert.deepEqual(missed(daily('02:30'), '2026-05-11T00:30Z', '2026-05-12T21:00Z'), {
      run: null,
      rows: [['L:2026-05-12T02:30', 'MISSED', 1]],
      settledUpTo: '2026-05-12T00:30Z',
    });
  });
});

describe('missed occurrences', () => {
  test('a daily run may start until it is twenty hours old, and no more when it is', () => {
    assert.equal(missed(daily('02:30'), '2026-05-11T00:30Z', '2026-05-12T20:29:59.999Z').run, 'L:2026-05-12T02:30');
    assert.equal(missed(daily('02:30'), '2026-05-11T00:30Z', '2026-05-12T20:30:00Z').run, null);
  });

  test('what falls due this very moment is due, what fell due last is not missed', () => {
    assert.equal(missed(daily('02:30'), '2026-05-11T00:30Z', '2026-05-12T00:30Z').run, 'L:2026-05-12T02:30');
    assert.deepEqual(missed(daily('02:30'), '2026-05-12T00:30Z', '2026-05-12T00:30Z'), {
      run: null,
      rows: [],
      settledUpTo: '2026-05-12T00:30Z',
    });
  });

  test('24 missed in one gap are 24 rows, 25 are one', () => {
    const rowsAfter = (hours: number) =>
      missed(hourly(0), '2026-05-10T00:00Z', iso(at('2026-05-10T00:00Z') + hours * 3_600_000)!).rows;
    assert.equal(rowsAfter(25).length, 24); // the 25th runs
    assert.deepEqual(rowsAfter(26), [['U:2026-05-11T01:00Z', 'MISSED', 25]]);
  });

  test('a reminder that could not start on its day is stale, whatever the window says', () => {
    const reminders = daily('22:00');
    assert.equal(
      missed(reminders, '2026-05-11T20:00Z', '2026-05-12T21:59:59Z', 'END_OF_BUSINESS_DATE').run,
      'L:2026-05-12T22:00',
    );
    assert.deepEqual(missed(reminders, '2026-05-11T20:00Z', '2026-05-12T22:00Z', 'END_OF_BUSINESS_DATE'), {
      run: null,
      rows: [['L:2026-05-12T22:00', 'STALE', 1]],
      settledUpTo: '2026-05-12T20:00Z',
    });
    assert.equal(
      missed(daily('01:00'), '2026-05-10T23:00Z', '2026-05-12T20:00Z', 'END_OF_BUSINESS_DATE').run,
      'L:2026-05-12T01:00', // 21 hours old
    );
  });

  test('an occurrence skipped for the clock is told as such, also after the one that ran in its place', () => {
    assert.deepEqual(missed(daily('02:30', '03:30'), '2026-03-28T02:30Z', '2026-03-29T02:00Z'), {
      run: 'L:2026-03-29T03:30',
      rows: [['L:2026-03-29T02:30', 'DST', 1]],
      settledUpTo: '2026-03-28T02:30Z',
    });
    assert.deepEqual(missed(daily('02:30', '03:30'), '2026-03-29T01:30Z', '2026-03-29T02:00Z').rows, [
      ['L:2026-03-29T02:30', 'DST', 1],
    ]);
  });
});

describe('occurrences', () => {
  test('the first instant belongs to a span, the last does not', () => {
    assert.deepEqual(starts(daily('02:30'), '2026-05-12T00:30Z', '2026-05-13T00:30Z'), ['2026-05-12T00:30Z']);
  });

  test('the next run comes after the instant, never at it', () => {
    assert.equal(iso(nextRunAt(daily('02:30'), berlin, at('2026-05-12T00:29:59.999Z'))), '2026-05-12T00:30Z');
    assert.equal(iso(nextRunAt(daily('02:30'), berlin, at('2026-05-12T00:30Z'))), '2026-05-13T00:30Z');
  });

  test('a job that is not scheduled has no next run', () => {
    assert.equal(nextRunAt({ kind: 'NONE' }, berlin, at('2026-05-12T00:00Z')), null);
  });

  test('the next run of a monthly job may be a month and more away', () => {
    const first: Schedule = { kind: 'MONTHLY', monthDays: [1], times: ['04:00'] };
    assert.equal(iso(nextRunAt(first, berlin, at('2026-07-01T02:00Z'))), '2026-08-01T02:00Z');
  });

  test('WEEKLY goes by the local weekday: Monday 00:30 in Sydney is Sunday in UTC', () => {
    const monday: Schedule = { kind: 'WEEKLY', weekdays: ['MON'], times: ['00:30'] };
    assert.deepEqual(starts(monday, '2026-05-10T00:00Z', '2026-05-17T00:00Z', zoneOf('Australia/Sydney')), [
      '2026-05-10T14:30Z',
    ]);
  });

  test('the hourly minute is that of the wall clock, in Kolkata as well', () => {
    assert.deepEqual(starts(hourly(15), '2026-05-12T00:00Z', '2026-05-12T02:00Z', zoneOf('Asia/Kolkata')), [
      '2026-05-12T00:45Z',
      '2026-05-12T01:45Z',
    ]);
  });

  test('Lord Howe, which shifts by half an hour: the clock shows :15 once in the hour and a half around the change', () => {
    assert.deepEqual(starts(hourly(15), '2026-04-04T13:00Z', '2026-04-04T17:00Z', zoneOf('Australia/Lord_Howe')), [
      '2026-04-04T13:15Z',
      '2026-04-04T14:15Z',
      '2026-04-04T15:45Z',
      '2026-04-04T16:45Z',
    ]);
  });

  test('on a day that a zone left out, the occurrence coincides with the next day’s and is skipped', () => {
    const apia = zoneOf('Pacific/Apia'); // went from 29 to 31 December 2011
    const found = occurrencesBetween(daily('02:30'), apia, at('2011-12-29T00:00Z'), at('2011-12-31T00:00Z'));
    assert.deepEqual(
      found.map((one) => [one.nominalLocal, iso(one.at), one.skipped]),
      [
        ['2011-12-29T02:30', '2011-12-29T12:30Z', null],
        ['2011-12-30T02:30', '2011-12-30T12:30Z', 'DST'],
        ['2011-12-31T02:30', '2011-12-30T12:30Z', null],
      ],
    );
  });
});

test('in every zone, on every day, DAILY starts when RFC 5545 says', () => {
  const zones = [
    'Europe/Vienna',
    'Europe/London',
    'America/New_York',
    'America/Havana',
    'America/Nuuk',
    'Africa/Cairo',
    'Africa/Casablanca',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
  ];
  const firstDay = Temporal.PlainDate.from('2026-01-01');
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.nat(730), fc.nat(287), (timeZone, daysLater, fives) => {
      const wall = firstDay
        .add({ days: daysLater })
        .toPlainDateTime()
        .add({ minutes: fives * 5 });
      const expected = wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
      const found = occurrencesBetween(daily(wall.toString().slice(11, 16)), zoneOf(timeZone), expected, expected + 1);
      assert.deepEqual(
        found.map(({ nominalLocal }) => nominalLocal),
        [wall.toString().slice(0, 16)],
      );
    }),
    { seed: 20261025, numRuns: 2000 },
  );
});

describe('the sentence of a schedule', () => {
  const sentences: [Schedule, string][] = [
    [{ kind: 'NONE' }, 'Not scheduled'],
    [hourly(15), 'Every hour at :15'],
    [hourly(5), 'Every hour at :05'],
    [{ kind: 'EVERY_N_HOURS', everyHours: 6, startTime: '01:00' }, 'Every 6 hours (01:00, 07:00, 13:00, 19:00)'],
    [daily('02:30'), 'Every day at 02:30'],
    [daily('02:00', '14:00'), 'Every day at 02:00 and 14:00'],
    [daily('02:00', '08:00', '14:00'), 'Every day at 02:00, 08:00 and 14:00'],
    [{ kind: 'WEEKLY', weekdays: ['MON', 'THU'], times: ['06:00'] }, 'Weekly on Monday and Thursday at 06:00'],
    [{ kind: 'WEEKLY', weekdays: ['THU', 'MON'], times: ['06:00'] }, 'Weekly on Monday and Thursday at 06:00'],
    [{ kind: 'WEEKLY', weekdays: ['MON', 'TUE', 'WED', 'THU', 'FRI'], times: ['06:00'] }, 'Every weekday at 06:00'],
    [
      { kind: 'WEEKLY', weekdays: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'], times: ['06:00'] },
      'Every day at 06:00',
    ],
    [{ kind: 'MONTHLY', monthDays: [1, 15], times: ['04:00'] }, 'Monthly on day 1 and 15 at 04:00'],
    [{ kind: 'MONTHLY', monthDays: ['LAST'], times: ['23:00'] }, 'Monthly on the last day at 23:00'],
    [{ kind: 'MONTHLY', monthDays: [1, 'LAST'], times: ['23:00'] }, 'Monthly on day 1 and the last day at 23:00'],
  ];
  test.each(sentences)('%j', (schedule, sentence) => {
    assert.equal(scheduleText(schedule), sentence);
  });
});

describe('what is wrong with a schedule', () => {
  const problems = (schedule: Schedule, choices?: Parameters<typeof scheduleProblems>[1]) =>
    scheduleProblems(schedule, choices).map(({ path, value, expectation }) => [path.join('.'), value, expectation]);

  test('minutes are multiples of five', () => {
    assert.deepEqual(problems(hourly(15)), []);
    assert.deepEqual(problems(hourly(17)), [['minute', 17, 'a multiple of five minutes']]);
    assert.deepEqual(problems(daily('02:30', '03:31')), [['times.1', '03:31', 'a multiple of five minutes']]);
    assert.deepEqual(problems({ kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:41' }), [
      ['startTime', '00:41', 'a multiple of five minutes'],
    ]);
  });

  test('times rise, each once', () => {
    assert.deepEqual(problems(daily('14:00', '02:00')), [['times.1', '02:00', 'a time after 14:00']]);
    assert.deepEqual(problems(daily('02:00', '02:00')), [['times.1', '02:00', 'a time after 02:00']]);
  });

  test('a day is named once', () => {
    assert.deepEqual(problems({ kind: 'WEEKLY', weekdays: ['MON', 'MON'], times: ['06:00'] }), [
      ['weekdays.1', 'MON', 'each day once'],
    ]);
    assert.deepEqual(problems({ kind: 'MONTHLY', monthDays: ['LAST', 'LAST'], times: ['06:00'] }), [
      ['monthDays.1', 'LAST', 'each day once'],
    ]);
  });

  test('a job offers some kinds only', () => {
    assert.deepEqual(problems(hourly(15), [{ kind: 'DAILY' }, { kind: 'WEEKLY' }]), [
      ['kind', 'HOURLY', 'DAILY or WEEKLY'],
    ]);
  });

  test('a job offers some times only', () => {
    const choices = [{ kind: 'DAILY', times: [['03:00'], ['23:00']] }] as const;
    assert.deepEqual(problems(daily('23:00'), choices), []);
    assert.deepEqual(problems(daily('22:00'), choices), [['times', ['22:00'], '03:00 or 23:00']]);
    assert.deepEqual(problems(daily('03:00', '23:00'), choices), [['times', ['03:00', '23:00'], '03:00 or 23:00']]);
  });

  test('a job offers the full hour, or once a day', () => {
    assert.deepEqual(problems(daily('02:00', '03:30'), [{ kind: 'DAILY', minutes: [0] }]), [
      ['times.1', '03:30', 'HH:00'],
    ]);
    assert.deepEqual(problems(daily('02:00', '03:00'), [{ kind: 'DAILY', mostTimesADay: 1 }]), [
      ['times', ['02:00', '03:00'], 'at most 1 a day'],
    ]);
  });

  test('a job offers some days or distances only', () => {
    const choices = [
      { kind: 'EVERY_N_HOURS', everyHours: [3, 6] },
      { kind: 'WEEKLY', weekdays: [['SUN']] },
      { kind: 'MONTHLY', monthDays: [[1], [1, 15]] },
    ] as const;
    assert.deepEqual(problems({ kind: 'EVERY_N_HOURS', everyHours: 4, startTime: '00:00' }, choices), [
      ['everyHours', 4, '3 or 6'],
    ]);
    assert.deepEqual(problems({ kind: 'WEEKLY', weekdays: ['MON'], times: ['06:00'] }, choices), [
      ['weekdays', ['MON'], 'SUN'],
    ]);
    assert.deepEqual(problems({ kind: 'MONTHLY', monthDays: [15, 1], times: ['06:00'] }, choices), []);
    assert.deepEqual(problems({ kind: 'MONTHLY', monthDays: [15], times: ['06:00'] }, choices), [
      ['monthDays', [15], '1 or 1 and 15'],
    ]);
  });
});
