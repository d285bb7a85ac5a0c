/** The demonstration library (platform.md 15): its sizes, that a day always gives the same one, and that the jobs find something in it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createArchivingExplainer } from '../../activities/fulfillment/archiving/explain.js';
import { createBlockExplainer } from '../../activities/fulfillment/blocks/explain.js';
import { createActivityExplainer } from '../../activities/fulfillment/activity/explain.js';
import { createFinesFeesExplainer } from '../../activities/fulfillment/fines/explain.js';
import { createCorrectionExplainer } from '../../activities/fulfillment/due-dates/explain.js';
import { createOverdueExplainer } from '../../activities/fulfillment/overdue/explain.js';
import { createNewsExplainer } from '../../activities/fulfillment/reading-lists/explain.js';
import { jobs } from '../../catalogue/jobs.js';
import { loanAt } from '../../cli/seed/loans.js';
import { sizes, WITHOUT_ADDRESS } from '../../cli/seed/plan.js';
import { seedDemonstration } from '../../cli/seed/seed.js';
import { lendItem } from '../../desk/lend-item.js';
import { roles } from '../../domain/permissions.js';
import { dayNumber, localDay, startOfDay, zoneOf } from '../../domain/days.js';
import type { Explanation } from '../../domain/explanation.js';
import { newId } from '../../models/document.js';
import type { Models } from '../../models/models.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';

const noon = new Date('2025-05-29T16:00:00.000Z'); // Thursday, 12:00 in New York
const institutionId = 'demo';
const close: (() => Promise<void>)[] = [];
let models: Models;
let report: Awaited<ReturnType<typeof seed>>;

/** A database of its own, because the same library cannot be made twice in one. */
async function database(): Promise<Models> {
  const own = await emptyDatabase();
  close.push(own.close);
  return own.models;
}
const seed = (into: Models, at = noon) => seedDemonstration({ models: into, now: () => at, onProgress: () => undefined }, institutionId, sizes.S);

beforeAll(async () => {
  models = await database();
  report = await seed(models);
});
afterAll(() => Promise.all(close.map((one) => one())));

test('has the sizes that are promised', async () => {
  assert.deepEqual(sizes, {
    S: { users: 200, items: 2_000, loans: 400 },
    M: { users: 10_000, items: 100_000, loans: 20_000 },
    L: { users: 1_000_000, items: 10_000_000, loans: 2_000_000 },
  });
  const counts = [
    await models.User.countDocuments({ institutionId, recordType: 'PUBLIC' }),
    await models.Item.countDocuments({ institutionId }),
    await models.Loan.countDocuments({ institutionId }),
  ];
  assert.deepEqual(counts, [200, 2_000, 400]);
});

describe('made again', () => {
  /** Every document, but for the salt of the password; scheduled jobs have ids of their own and the schemas' time stamps. */
  const comparable = async (of: Models) => {
    const collections = Object.entries(await everythingOf(of, institutionId));
    return collections.flatMap(([name, documents]) => documents.map((document) => {
      const told = document.replace(/"passwordHash":"[^"]*"/, '');
      const own = name === 'scheduledJobs' ? told.replace(/"_id":"[^"]*"/, '').replaceAll(/"(createdAt|updatedAt)":\{"\$date":\{[^}]*\}\}/g, '') : told;
      return `${name} ${own}`;
    })).sort();
  };

  test('on the same day in another store it is the same to the last document', async () => {
    const other = await database();
    await seed(other, new Date('2025-05-29T16:00:00.000Z'));
    assert.deepEqual(await comparable(other), await comparable(models));
  });

  test('where it is already nothing is changed, and the sign-ins are told again', async () => {
    const before = await everythingOf(models, institutionId);
    const again = await seed(models, new Date('2025-06-30T16:00:00.000Z'));
    assert.deepEqual([report.made, again.made], [true, false]);
    assert.deepEqual(again.signIns, report.signIns);
    assert.deepEqual(await everythingOf(models, institutionId), before);
  });

  test('under the code of an institution that is somebody’s own, nobody is told to sign in', async () => {
    const own = { institutionId: 'own', code: 'own', name: 'Own', kind: 'INSTITUTION' as const, status: 'ACTIVE' as const, environment: 'PRODUCTION' as const };
    await models.Institution.create({ ...own, timeZone: 'Europe/Vienna', currency: 'EUR', defaultLanguage: 'de', languages: ['de'] });
    const answer = await seedDemonstration({ models, now: () => noon, onProgress: () => undefined }, 'own', sizes.S);
    assert.deepEqual(answer, { institution: 'own', made: false, signIns: [] });
  });

  test('after it was broken off it goes on where it stopped', async () => {
    const broken = await database();
    let written = 0;
    const breaksOff = seedDemonstration({ models: broken, now: () => noon, onProgress: (done) => {
      written = done;
      if (done > 2_000) throw new Error('switched off');
    } }, institutionId, sizes.S);
    await assert.rejects(breaksOff, /switched off/);
    assert.ok(written > 2_000);
    assert.equal(await broken.Institution.countDocuments({ institutionId }), 0);
    assert.equal((await seed(broken)).made, true);
    assert.deepEqual(await comparable(broken), await comparable(models));
  });
});

describe('can be shown to anybody:', () => {
  test('it is a sandbox, and every address in it ends in .example', async () => {
    const institution = await models.Institution.findOne({ institutionId }).lean();
    assert.deepEqual([institution?.environment, institution?.languages], ['SANDBOX', ['en', 'de', 'fr', 'es']]);
    const addresses = JSON.stringify(await everythingOf(models, institutionId)).match(/[\w.*+-]+@[\w.-]+/g) ?? [];
    assert.ok(addresses.length > 200);
    assert.deepEqual(addresses.filter((address) => !address.endsWith('.example')), []);
  });

  test('one person of the staff can sign in for each role', async () => {
    assert.deepEqual(report.signIns.map(({ role }) => role), [...roles]);
    const staff = await models.User.find({ institutionId: { $in: [institutionId, '*'] }, staff: true }).lean();
    assert.deepEqual(staff.map(({ roles: held }) => held.map(({ role }) => role).join()).sort(), [...roles].sort());
    assert.ok(staff.every(({ passwordHash }) => passwordHash !== null));
  });

  test('patrons want letters in the four languages that there are labels for, and in two that there are none for', async () => {
    const languages = await models.User.distinct('preferredLanguage', { institutionId, recordType: 'PUBLIC' });
    assert.deepEqual(languages.sort(), ['ar', 'de', 'en', 'es', 'fr', 'he']);
  });

  test('no loan was lent or renewed after the day of the library, and none due before it was renewed', async () => {
    const { renewed, late } = await models.Loan.find({ institutionId, lastRenewalAt: { $ne: null } }).lean().then((loans) => ({
      renewed: loans.length, late: loans.filter(({ loanDate, originalDueDate, lastRenewalAt, dueDate }) => !(loanDate < lastRenewalAt! && lastRenewalAt! < originalDueDate && originalDueDate < dueDate)).length,
    }));
    const ahead = await models.Loan.countDocuments({ institutionId, $or: [{ loanDate: { $gt: noon } }, { lastRenewalAt: { $gt: noon } }] });
    assert.deepEqual([renewed > 20, late, ahead], [true, 0, 0]);
  });

  test('no two open loans have one item, and every item that is out knows its loan', async () => {
    const loans = await models.Loan.find({ institutionId, status: 'ACTIVE' }).lean();
    assert.equal(new Set(loans.map(({ itemId }) => itemId)).size, loans.length);
    const out = await models.Item.find({ institutionId, currentLoanId: { $ne: null } }).lean();
    assert.deepEqual(out.map(({ currentLoanId }) => currentLoanId).sort(), loans.map(({ _id }) => _id).sort());
  });
});

test('every job of this version is active and has a schedule, and no other job', async () => {
  const active = await models.ScheduledJob.find({ institutionId, active: true }).lean();
  assert.deepEqual(active.map(({ jobKey }) => jobKey).sort(), jobs.filter(({ available }) => available).map(({ key }) => key).sort());
  assert.deepEqual(active.filter(({ schedule }) => schedule.kind === 'NONE'), []);
});

test('users-remove-blocks finds suspensions to lift and to extend, a block of staff and one for overdue loans that are over, and blocks that it leaves', async () => {
  const explain = createBlockExplainer(models);
  const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const heard = await Promise.all((await models.UserBlock.find({ institutionId }).lean()).map(({ _id }) => explain({ ...request, record: `block:${_id}` })));
  const summaries = heard.map((one) => one?.summary.split(':')[0]);
  assert.deepEqual([...new Set(summaries)].sort(), [
    'A run would extend the suspension', 'A run would lift the suspension', 'A run would remove the block for overdue loans.',
    'The block expires', 'The block has no end', 'The end of the block has not come.',
  ]);
});

test('loans-due-date-correction finds loans that are due on a day that was closed only now', async () => {
  const explain = createCorrectionExplainer(models);
  const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const soon = await models.Loan.find({ institutionId, status: 'ACTIVE', dueDate: { $gt: noon, $lt: new Date(noon.getTime() + 10 * 86_400_000) } }).lean();
  const heard = await Promise.all(soon.map(({ _id }) => explain({ ...request, record: `loan:${_id}` })));
  assert.ok(heard.filter((explanation) => explanation?.decision === 'ACT').length >= 3);
});

test('fulfillment-historical-archiving finds loans to anonymise, loans held by fees and loans that a rule keeps', async () => {
  const explain = createArchivingExplainer(models);
  const request = { institutionId, parameters: { loans: true }, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const heard = await Promise.all((await models.Loan.find({ institutionId, status: 'COMPLETE' }).lean()).map(({ _id }) => explain({ ...request, record: `loan:${_id}` })));
  assert.deepEqual([...new Set(heard.map((one) => one?.summary))].sort(), ['A rule keeps it.', 'A run would anonymise it.', 'Money is owed for it still, so it is kept whole.']);
});

test('email-leganto-notifications finds news for several readers, and news that it leaves', async () => {
  const explain = createNewsExplainer(models);
  const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const all = await models.ReadingListNotification.find({ institutionId }).lean();
  const heard = await Promise.all(all.map(async (news) => ({ news, explanation: await explain({ ...request, record: `notification:${news._id}` }) })));
  const told = heard.filter(({ explanation }) => explanation?.actions.includes('It is told of in one mail with all the user’s news.'));
  assert.ok(new Set(told.map(({ news }) => news.userId)).size >= 10);
  const left = new Set(heard.map(({ explanation }) => explanation?.summary));
  for (const summary of ['The user has read it.', 'It is older than the job mails.', 'It is the user’s own doing, of which nobody needs to be told.']) assert.ok(left.has(summary), summary);
});

test('fines-fees-notifications finds somebody to write to for every profile, and debtors whom it leaves', async () => {
  const explain = createFinesFeesExplainer(models);
  const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const debtors = await models.Fee.distinct('userId', { institutionId });
  const heard = await Promise.all(debtors.map((userId) => explain({ ...request, record: `user:${userId}` })));
  for (const { name } of await models.FinesFeesNotificationProfile.find({ institutionId }).lean()) {
    assert.ok(heard.some((each) => each?.actions.some((action) => action.startsWith(`«${name}» fires`))), `${name} has nothing to do`);
  }
  assert.ok(heard.some((each) => each?.decision === 'LEAVE'));
});

test('notifications-activity-report finds accounts with overdue loans, with fees, and empty ones', async () => {
  const explain = createActivityExplainer(models);
  const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
  const debtors = await models.Fee.distinct('userId', { institutionId, status: 'ACTIVE' });
  const borrowers = await models.Loan.distinct('userId', { institutionId, status: 'ACTIVE', processStatus: 'NORMAL', dueDate: { $lt: noon } });
  const idle = await models.User.findOne({ institutionId, recordType: 'PUBLIC', _id: { $nin: [...debtors, ...(await models.Loan.distinct('userId', { institutionId, status: 'ACTIVE' }))] } }).orFail().lean();
  const heard = [];
  for (const userId of [...debtors.slice(0, 5), ...borrowers.slice(0, 5), idle._id]) heard.push(await explain({ ...request, record: `user:${userId}` }));
  const told = heard.flatMap((each) => each?.actions ?? []);
  assert.ok(told.some((action) => /lists (one|[1-9]\d*) overdue/.test(action)) && told.some((action) => /and (one fee|[1-9]\d* fees)/.test(action)));
  assert.ok(heard.some((each) => each?.decision === 'LEAVE'));
});

describe('loans-overdue-and-lost', () => {
  let heard: Explanation[];
  /** What the job says of every loan that is late. */
  beforeAll(async () => {
    const explain = createOverdueExplainer(models);
    const late = await models.Loan.find({ institutionId, dueDate: { $lt: noon } }, { _id: 1 }).lean();
    const request = { institutionId, parameters: {}, asOf: noon.toISOString(), timeZone: 'America/New_York', currency: 'USD' };
    const answers = await Promise.all(late.map(({ _id }) => explain({ ...request, record: `loan:${_id}` })));
    heard = answers.filter((one) => one !== null);
  });

  test('finds something to do for every profile, and loans that it leaves', async () => {
    const profiles = await models.OverdueLostProfile.find({ institutionId }).lean();
    assert.equal(profiles.length, 5);
    for (const { name } of profiles) {
      assert.ok(heard.some(({ actions }) => actions.some((action) => action.startsWith(`«${name}» fires`))), `${name} has nothing to do`);
    }
    assert.ok(heard.some(({ decision }) => decision === 'LEAVE'));
  });

  test('has to write to a patron without an address, and meets an item that is gone', async () => {
    const unreachable = await models.User.findOne({ institutionId, recordType: 'PUBLIC', emails: [] }).lean();
    const theirs = (await models.Loan.find({ institutionId, userId: unreachable?._id ?? '' }).lean()).map(({ _id }) => _id);
    assert.ok(heard.some(({ decision, recordId }) => decision === 'ACT' && theirs.includes(recordId)));
    assert.deepEqual([...new Set(heard.flatMap(({ problems }) => problems))], ['ITEM_MISSING']);
  });
});

test('the patron without an address has a loan late by 2 to 7 days on whatever weekday the library is made', () => {
  const zone = zoneOf('America/New_York');
  const late = Array.from({ length: 14 }, (_one, index) => dayNumber('2026-11-23') + index).map((today) => {
    const plan = { ...sizes.S, institutionId, zone, today, at: new Date(startOfDay(zone, today)) };
    return today - localDay(zone, loanAt(plan, WITHOUT_ADDRESS).dueDate.getTime());
  });
  assert.ok(late.every((days) => days >= 2 && days <= 7), late.join());
});

test('a loan of the largest library is made from its number alone', () => {
  const zone = zoneOf('America/New_York');
  const today = dayNumber('2025-05-29');
  const plan = { ...sizes.L, institutionId, zone, today, at: new Date(startOfDay(zone, today)) };
  const last = loanAt(plan, 1_999_999);
  assert.deepEqual(loanAt(plan, 1_999_999), last);
  assert.equal(last.status, 'COMPLETE');
});

test('the reader and the item of README: one has the other on loan after two scans', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, card = '', barcode = ''] = /scan the card `(\d+)` and then the item `(\d+)`/.exec(readme) ?? [];
  const { userId } = await models.UserIdentifier.findOne({ institutionId, _id: `${institutionId}:${card}` }).orFail().lean();
  const deed = { models, institutionId, at: noon, by: 'STAFF' as const, actorId: 'desk', tellMail: () => Promise.resolve() };
  assert.equal((await lendItem(deed, { loanId: newId(), barcode, userId, override: false })).outcome, 'LENT');
});
