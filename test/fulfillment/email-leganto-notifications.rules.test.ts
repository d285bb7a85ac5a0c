/** email-leganto-notifications: its selection and rules 1-5, one case on each side of every border. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt } from '../../domain/days.js';
import { decideNews, stillUnread, type NewsContext, type NewsReader, type ReadingListNews } from '../../domain/fulfillment/email-leganto-notifications.js';
import { at, newYork } from '../support/fixture-a.js';

const morning = '2025-09-02 06:00';
const reader: NewsReader = { status: 'ACTIVE', readingListEmail: 'ALWAYS' };
const context = (given: Partial<NewsContext> = {}, asOf = morning): NewsContext => ({
  runId: 'run', moment: momentAt(newYork, at(asOf)), eventTypes: [], maxAgeDays: 30, users: new Map([['U1', reader]]), ...given,
});
const news = (given: Partial<ReadingListNews> = {}): ReadingListNews => ({
  userId: 'U1', eventType: 'ITEM_COMPLETE', actorUserId: null, createdAt: at('2025-09-01 12:00'), readAt: null, emailedAt: null, letterKey: '', ...given,
});
const mail = { action: 'MAIL', letterKey: 'run:rl:U1' };
const left = (reason: string) => ({ action: 'LEAVE', reason });

test('unread news of an owner is mailed, whatever the list: all of a user share one mail', () => {
  assert.deepEqual(decideNews(news(), context()), mail);
  assert.deepEqual(decideNews(news({ eventType: 'LIST_DELETE', actorUserId: 'U9' }), context()), mail);
});

describe('the selection', () => {
  test('news made at the first instant of the thirtieth day before is mailed, a moment earlier is too old', () => {
    assert.deepEqual(decideNews(news({ createdAt: at('2025-08-03 00:00') }), context()), mail);
    assert.deepEqual(decideNews(news({ createdAt: at('2025-08-03 00:00') - 1 }), context()), left('TOO_OLD'));
  });
  test('the days are local, also over the night the clocks change', () => {
    const afterChange = context({ maxAgeDays: 1 }, '2025-11-03 06:00');
    assert.deepEqual(decideNews(news({ createdAt: at('2025-11-02 00:00') }), afterChange), mail);
    assert.deepEqual(decideNews(news({ createdAt: at('2025-11-02 00:00') - 1 }), afterChange), left('TOO_OLD'));
  });
  test('news made at the moment of the run is mailed, a moment later it is left to the next', () => {
    assert.deepEqual(decideNews(news({ createdAt: at(morning) }), context()), mail);
    assert.deepEqual(decideNews(news({ createdAt: at(morning) + 1 }), context()), left('TOO_NEW'));
  });
  test('what was read, mailed or claimed by another run is left', () => {
    assert.deepEqual(decideNews(news({ readAt: at('2025-09-02 05:59') }), context()), left('READ'));
    assert.deepEqual(decideNews(news({ emailedAt: at('2025-09-01 06:00'), letterKey: 'before:rl:U1' }), context()), left('EMAILED'));
    assert.deepEqual(decideNews(news({ letterKey: 'before:rl:U1' }), context()), left('CLAIMED'));
  });
  test('what this run has claimed is its own, also when it was read or mailed since', () => {
    assert.deepEqual(decideNews(news({ letterKey: 'run:rl:U1', readAt: at('2025-09-02 06:01'), emailedAt: at('2025-09-02 06:02') }), context()), mail);
  });
  test('of the kinds of news those that were chosen; none chosen is all', () => {
    const chosen = context({ eventTypes: ['DISCUSSION', 'ITEM_DECLINED'] });
    assert.deepEqual(decideNews(news({ eventType: 'DISCUSSION' }), chosen), mail);
    assert.deepEqual(decideNews(news(), chosen), left('EVENT_TYPE'));
  });
});

test('the user\'s own action is settled without a mail, even of one who wants none', () => {
  assert.deepEqual(decideNews(news({ actorUserId: 'U1' }), context()), { action: 'SETTLE' });
  assert.deepEqual(decideNews(news({ actorUserId: 'U1' }), context({ users: new Map([['U1', { ...reader, readingListEmail: 'NEVER' }]]) })), { action: 'SETTLE' });
});

test('who wants no mail, is inactive, deleted or not there gets none', () => {
  const ofReader = (given: Partial<NewsReader>) => decideNews(news(), context({ users: new Map([['U1', { ...reader, ...given }]]) }));
  assert.deepEqual(ofReader({ readingListEmail: 'NEVER' }), left('OPTED_OUT'));
  assert.deepEqual(ofReader({ status: 'INACTIVE' }), left('USER_INACTIVE'));
  assert.deepEqual(ofReader({ status: 'DELETED', readingListEmail: 'NEVER' }), left('USER_MISSING'));
  assert.deepEqual(decideNews(news(), context({ users: new Map() })), left('USER_MISSING'));
});

test('what is read before the mail is built is left out', () => {
  const [unread, read] = [{ readAt: null }, { readAt: new Date(at('2025-09-02 06:01')) }];
  assert.deepEqual(stillUnread([read, unread, read]), [unread]);
  assert.deepEqual(stillUnread([read]), []);
});

test('a listener hears every question, with the border of the age', () => {
  const { ask, heard } = listening();
  decideNews(news(), context(), ask);
  assert.deepEqual(heard.map(({ rule, holds }) => [rule, holds]), [
    ['Idempotency: claimed by this run', false], ['Selection: mailed before', false], ['Idempotency: claimed by a mail', false], ['Selection: read', false],
    ['Selection: too old', false], ['Selection: made after the moment of the run', false], ['Selection: kind of news', true], ['2 own action', false],
    ['4 user missing or deleted', false], ['4 user inactive', false], ['3 wants no mail', false],
  ]);
  assert.deepEqual(heard[4]?.compared, { createdAt: new Date(at('2025-09-01 12:00')), maxAgeDays: 30, from: new Date(at('2025-08-03 00:00')), today: '2025-09-02' });
});
