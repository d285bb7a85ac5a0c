/** The pages around the jobs: home, letters, mailbox, overdue profiles, record history, help. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { insertLetters, planLetters } from '../../activities/letters.js';
import { spelledOut } from '../../api/words.js';
import { listMail, readMail, sourceOf, startMailCatcher } from '../../cli/mail-catcher.js';
import { newId } from '../../models/document.js';
import { notice, user } from '../support/mail-house.js';
import { aRun, NOON, openLibrary, type TestLibrary, type Visitor } from './library.js';

let library: TestLibrary;
let folder: string;
let catcher: { port: number; stop: () => Promise<void> };
let general: Visitor;
let fulfillment: Visitor;
let sent: string;
let neighbours: string;
let neighboursRun: number;
const loanId = newId();
const script = '<p style="color:red">Dear reader</p><script>alert(1)</script>';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almanac-pages-'));
  catcher = await startMailCatcher({ folder, port: 0, now: () => NOON });
  library = await openLibrary({
    mailbox: {
      list: (page) => listMail(folder, page),
      read: (id) => readMail(folder, id),
      source: (id) => sourceOf(folder, id),
    },
  });
  const { models } = library;
  const run = await aRun(library, 'loans-overdue-and-lost', {
    status: 'COMPLETED_WITH_ERRORS',
    resolution: { open: 2, resolved: 0 },
  });
  sent = await letter('riverside', run._id);
  const other = await aRun(library, 'loans-overdue-and-lost', { institutionId: 'hill' });
  neighboursRun = other.processId;
  await aRun(library, 'loans-overdue-and-lost', { submittedAt: new Date('2026-05-11T09:59:59.000Z') });
  neighbours = await letter('hill', other._id);
  await models.RunEvent.create({
    institutionId: 'riverside',
    runId: run._id,
    seq: 0,
    at: NOON,
    severity: 'ERROR',
    code: 'USER_MISSING',
    message: 'The borrower is gone',
    recordType: 'loan',
    recordId: loanId,
    recordLabel: 'B1',
    retryable: true,
    eventKey: 'k',
    deleteAfter: null,
  });
  general = await library.signIn('admin');
  fulfillment = await library.signIn('fulfil');
});
afterAll(async () => {
  await library?.stop();
  await catcher?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function letter(institutionId: string, runId: string | null): Promise<string> {
  const { models } = library;
  await user(models, institutionId, 'P1');
  const {
    planned: [planned],
  } = await planLetters({ models, institutionId, now: () => NOON }, [
    notice(institutionId, 'P1', { runId, causes: [{ recordType: 'loan', recordId: loanId }] }),
  ]);
  assert.ok(planned);
  const content = {
    _id: newId(),
    institutionId,
    letterId: planned._id,
    subject: 'A friendly reminder',
    html: script,
    text: 'Dear reader',
    createdAt: NOON,
    updatedAt: NOON,
  };
  await models.LetterContent.collection.insertOne(content as never);
  await insertLetters(models, [
    { ...planned, state: 'SENT', sentAt: NOON, subject: content.subject, bodyKey: content._id },
  ]);
  await nodemailer.createTransport({ host: '127.0.0.1', port: catcher.port, ignoreTLS: true }).sendMail({
    from: 'library@x.example',
    to: 'p1@x.example',
    subject: `To a reader of ${institutionId}`,
    text: 'Dear reader',
    html: script,
    messageId: `<ltr-${planned._id}@x.example>`,
  });
  return planned._id;
}

const status = async (visitor: Visitor, path: string): Promise<number> => (await visitor.fetch(path)).status;

describe('home', () => {
  test('names the run that needs a look', async () => {
    const page = await fulfillment.page('/');
    assert.match(page, /<h1>Good day, Femi Okafor<\/h1>/);
    assert.match(page, /Needs a look[\s\S]*Loans – Overdue and Lost Item[\s\S]*2 open/);
  });
  test('counts the runs of the last 24 hours and their letters, without an earlier one or another institution’s', async () => {
    const page = await fulfillment.page('/');
    assert.match(page, /<dt>Runs<\/dt><dd>1<\/dd>/);
    assert.match(page, /<dt>Letters<\/dt><dd>40<\/dd>/);
  });
  test('says that runs ended with warnings, which nobody has to resolve', async () => {
    assert.doesNotMatch(await fulfillment.page('/'), /with warnings/);
    const run = await aRun(library, 'loans-overdue-and-lost', { status: 'COMPLETED_WITH_WARNINGS' });
    assert.match(await fulfillment.page('/'), /href="\/monitor-jobs\/history\?status=COMPLETED_WITH_WARNINGS">a run ended with warnings<\/a>: done, but somebody should look/);
    await library.models.Run.deleteOne({ institutionId: 'riverside', _id: run._id });
  });
  test('names a scheduled job that is switched off, and why', async () => {
    const named = { institutionId: 'riverside', jobKey: 'loans-overdue-and-lost' };
    await library.models.ScheduledJob.updateOne(named, { $set: { active: false, inactiveReason: 'OPERATOR' } });
    assert.match(
      await fulfillment.page('/'),
      /switched off<\/h2>[\s\S]*Loans – Overdue and Lost Item[\s\S]*switched off by the operator/,
    );
    await library.models.ScheduledJob.updateOne(named, { $set: { active: true, inactiveReason: null } });
    assert.doesNotMatch(await fulfillment.page('/'), /switched off by the operator/);
  });
  test('leads in its menu only to what the person may open', async () => {
    const linked = async (primaryId: string) =>
      [...(await (await library.signIn(primaryId)).page('/')).matchAll(/<li><a href="([^"]+)"[^>]*><svg/g)].map(
        ([, href]) => href,
      );
    const jobs = ['/monitor-jobs/scheduled', '/monitor-jobs/running', '/monitor-jobs/history'];
    assert.deepEqual(await linked('fulfil'), ['/', '/desk', ...jobs, '/configuration', '/mail', '/help']);
    assert.deepEqual(await linked('buyer'), ['/', ...jobs, '/help']);
    assert.deepEqual(await linked('letters'), ['/', '/letters/sent', '/help']);
  });
  test('of the configuration lists what the person may see, each a page', async () => {
    const listed = [...(await fulfillment.page('/configuration')).matchAll(/<li><a href="([^"]+)">[^<]+<\/a> <span class="note">/g)].map(([, href]) => href!);
    assert.equal(listed.length >= 3, true);
    for (const href of listed) assert.equal(await status(fulfillment, href), 200, href);
    assert.equal(await status(await library.signIn('buyer'), '/configuration'), 404);
  });
  test('of somebody without jobs says so', async () => {
    const nobody = await library.signIn('nobody');
    assert.match(await nobody.page('/'), /Your roles show no jobs/);
  });
});

describe('history', () => {
  const week = '/monitor-jobs/history?from=2026-05-06';
  const listed = async (query: string) =>
    [...(await general.page(`${week}&${query}`)).matchAll(/href="\/runs\/(\d+)">/g)].map(([, processId]) =>
      Number(processId),
    );
  test.each([
    ['name=overdue%20and', 2],
    ['name=orders', 0],
    ['name=overdue&category=FULFILLMENT', 2],
    ['name=overdue&category=USERS', 0],
    ['open=1', 1],
    ['open=1&status=FAILED', 0],
    ['category=FULFILLMENT&trigger=MANUAL', 0],
    ['sort=duration', 2],
  ])('filtered by %s', async (query, runs) => {
    assert.equal(new Set(await listed(query)).size, runs);
  });
  test('of one job, named beside another, is empty', async () => {
    const job = await library.models.ScheduledJob.findOne({
      institutionId: 'riverside',
      jobKey: 'loans-overdue-and-lost',
    })
      .orFail()
      .lean();
    assert.equal(new Set(await listed(`job=${job._id}`)).size, 2);
    assert.deepEqual(await listed(`job=${job._id}&name=orders`), []);
  });
  test('sorted by duration is the longest first, or last', async () => {
    const { processId } = await aRun(library, 'loans-overdue-and-lost', {
      submittedAt: new Date('2026-05-10T10:00:00.000Z'),
      endedAt: new Date('2026-05-10T11:00:00.000Z'),
    });
    assert.equal((await listed('sort=-duration'))[0], processId);
    assert.equal((await listed('sort=duration')).at(-1), processId);
  });
});

test('the events of a record are those of this run', async () => {
  const run = await library.models.Run.findOne({ institutionId: 'riverside', 'resolution.open': 2 }).orFail().lean();
  assert.match(await general.page(`/runs/${run.processId}/events?record=${loanId}`), /The borrower is gone/);
  assert.doesNotMatch(await general.page(`/runs/${run.processId}/events?record=${newId()}`), /The borrower is gone/);
  assert.doesNotMatch(
    await general.page(`/runs/${run.processId}/events?record=${loanId}&severity=INFO`),
    /The borrower is gone/,
  );
});

describe('sent letters', () => {
  test('are listed with their state, and not those of another institution', async () => {
    const page = await general.page('/letters/sent');
    assert.match(page, new RegExp(`/letters/sent/${sent}`));
    assert.match(page, /Reader P1 &lt;p1@x.example&gt;/);
    assert.doesNotMatch(page, new RegExp(neighbours));
  });
  test.each([
    ['state=SENT', true],
    ['state=FAILED', false],
    ['recipient=P1', true],
    ['recipient=P2', false],
    ['code=FulLostLoanLetter', false],
    ['channel=SMS', false],
  ])('filtered by %s', async (filter, found) => {
    await library.models.UserIdentifier.updateOne(
      { _id: 'riverside:p1', institutionId: 'riverside' },
      { $set: { userId: 'riverside-P1' } },
      { upsert: true },
    );
    assert.equal((await general.page(`/letters/sent?${filter}`)).includes(sent), found);
  });
  test('all of them are not for those who only run jobs; those of a run are', async () => {
    assert.equal(await status(fulfillment, '/letters/sent'), 403);
    const run = await library.models.Run.findOne({ institutionId: 'riverside' }).lean();
    assert.match(await fulfillment.page(`/letters/sent?run=${run!.processId}`), new RegExp(sent));
    assert.match(await fulfillment.page(`/letters/sent/${sent}`), /A friendly reminder/);
  });
  test('one is shown in a frame that may load and run nothing', async () => {
    const page = await general.page(`/letters/sent/${sent}`);
    assert.match(page, new RegExp(`<iframe class="letter" src="/letters/sent/${sent}/html" sandbox`));
    assert.doesNotMatch(page, /alert\(1\)/);
    const frame = await general.fetch(`/letters/sent/${sent}/html`);
    assert.match(
      frame.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'unsafe-inline'; .*sandbox$/,
    );
    assert.equal(await frame.text(), script);
  });
  test('a patron stays unknown to those who may not know patrons', async () => {
    const administrator = await library.signIn('letters');
    const page = await administrator.page(`/letters/sent/${sent}`);
    assert.doesNotMatch(page, /Reader P1|p1@x\.example|Dear reader|A friendly reminder/);
    assert.match(page, /patron ••••/);
    assert.equal(await status(administrator, `/letters/sent/${sent}/html`), 403);
  });
  test('another institution’s letter does not exist', async () => {
    assert.equal(await status(general, `/letters/sent/${neighbours}`), 404);
    assert.equal(await status(general, `/letters/sent/${neighbours}/html`), 404);
    assert.equal(await status(general, `/letters/sent?run=${neighboursRun}`), 404);
  });
  test('without content after its retention says when it was removed', async () => {
    await library.models.Letter.updateOne({ institutionId: 'riverside', _id: sent }, { $set: { purgedAt: NOON } });
    assert.match(await general.page(`/letters/sent/${sent}`), /Content removed on Tue 12 May 2026/);
    assert.equal(await status(general, `/letters/sent/${sent}/html`), 410);
    await library.models.Letter.updateOne({ institutionId: 'riverside', _id: sent }, { $set: { purgedAt: null } });
  });
});

describe('the test mailbox', () => {
  test('shows an institution its own mail', async () => {
    const page = await fulfillment.page('/mail');
    assert.match(page, /To a reader of riverside/);
    assert.doesNotMatch(page, /To a reader of hill/);
  });
  test('opens a message with its parts and its source', async () => {
    const [, path = ''] = /href="(\/mail\/[\d-]+)"/.exec(await fulfillment.page('/mail')) ?? [];
    assert.match(await fulfillment.page(path), /Dear reader/);
    assert.match((await fulfillment.fetch(`${path}/html`)).headers.get('content-security-policy') ?? '', /sandbox$/);
    assert.match(await (await fulfillment.fetch(`${path}/source`)).text(), /^Subject: To a reader of riverside/m);
  });
  test('does not know another institution’s message', async () => {
    const other = (await listMail(folder, { limit: 10 })).find(({ subject }) => subject.endsWith('hill'));
    assert.equal(await status(general, `/mail/${other!.id}`), 404);
    assert.equal(await status(general, `/mail/${other!.id}/source`), 404);
  });
  test('is not for those who may not know patrons', async () => {
    assert.equal(await status(await library.signIn('letters'), '/mail'), 403);
  });
});

describe('what the jobs did with a loan', () => {
  test('its events and letters, with the run behind each', async () => {
    const page = await fulfillment.page(`/records/loan/${loanId}/jobs`);
    assert.match(page, /User missing[\s\S]*The borrower is gone/);
    assert.match(page, new RegExp(`/letters/sent/${sent}`));
    assert.doesNotMatch(page, new RegExp(neighbours));
  });
  test('leads to the explanation by a job, where the person may ask for one', async () => {
    const page = await fulfillment.page(`/records/loan/${loanId}/jobs`);
    assert.match(page, new RegExp(`Why so[\\s\\S]*/scheduled-jobs/[0-9a-f]{24}/explain\\?record(=|&#x3D;)${loanId}`));
  });
  test('a loan that no job knows here is none, and no loan is there for a buyer', async () => {
    assert.equal(await status(fulfillment, `/records/loan/${newId()}/jobs`), 404);
    assert.equal(await status(await library.signIn('buyer'), `/records/loan/${loanId}/jobs`), 404);
  });
  test('is not for somebody without jobs, and what is no id is no record', async () => {
    assert.equal(await status(await library.signIn('letters'), `/records/loan/${loanId}/jobs`), 403);
    assert.equal(await status(fulfillment, '/records/loan/1/jobs'), 404);
  });
});

describe('overdue profiles', () => {
  const form = {
    name: 'First notice',
    type: 'OVERDUE_NOTIFICATION_1',
    daysAfterDueDate: '1',
    dayCount: 'CALENDAR',
    loanStatuses: ['NORMAL', 'RECALL'],
    sendNotification: '1',
    active: '1',
    sendFormat: 'EMAIL',
    notificationFee: '1,5',
    userGroups: 'STUDENT, PUBLIC',
  };
  const tokenOf = async (path: string) => /name="token" value="([^"]+)"/.exec(await fulfillment.page(path))?.[1] ?? '';
  const profile = () => library.models.OverdueLostProfile.findOne({ institutionId: 'riverside' }).lean();

  test('one is made by the form, its fee in cents', async () => {
    const answer = await fulfillment.post('/overdue-profiles/new', {
      ...form,
      token: await tokenOf('/overdue-profiles/new'),
    });
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/overdue-profiles?done=record']);
    const made = await profile();
    assert.deepEqual(
      [made?.notificationFee, made?.userGroups, made?.loanStatuses],
      [150, ['STUDENT', 'PUBLIC'], ['NORMAL', 'RECALL']],
    );
    assert.match(await fulfillment.page('/overdue-profiles'), /First notice[\s\S]*1 day late/);
  });
  test('what is wrong stands beside its field, with what was typed', async () => {
    const answer = await fulfillment.post('/overdue-profiles/new', {
      ...form,
      name: 'Second',
      daysAfterDueDate: 'soon',
      notificationFee: '1.555',
      token: await tokenOf('/overdue-profiles/new'),
    });
    const page = await answer.text();
    assert.equal(answer.status, 422);
    assert.match(page, /id="daysAfterDueDate" name="daysAfterDueDate" value="soon"[^>]*aria-invalid="true"/);
    assert.match(page, /value="1\.555"[^>]*aria-invalid="true"/);
    assert.equal(await library.models.OverdueLostProfile.countDocuments({ institutionId: 'riverside' }), 1);
  });
  test('a form that somebody else overtook changes nothing', async () => {
    const before = await profile();
    const path = `/overdue-profiles/${before!._id}`;
    const token = await tokenOf(path);
    assert.equal(
      (await fulfillment.post(path, { ...form, name: 'Renamed', version: String(before!.version), token })).status,
      303,
    );
    assert.equal(
      (await fulfillment.post(path, { ...form, name: 'Too late', version: String(before!.version), token })).status,
      412,
    );
    assert.equal((await profile())?.name, 'Renamed');
  });
  test('are read by a manager, who cannot change them, and are nothing to a buyer', async () => {
    const manager = await library.signIn('manager');
    assert.doesNotMatch(await manager.page('/overdue-profiles'), /New profile/);
    assert.equal(await status(manager, '/overdue-profiles/new'), 403);
    assert.equal(await status(await library.signIn('buyer'), '/overdue-profiles'), 404);
  });
  test('one whose deletion cannot be put on record stays, and is deleted the next time', async () => {
    const before = await profile();
    const path = `/overdue-profiles/${before!._id}`;
    const submit = async () =>
      fulfillment.post(`${path}/delete`, { version: String((await profile())!.version), token: await tokenOf(path) });
    const entry = vi.spyOn(library.models.AuditEntry, 'create').mockRejectedValueOnce(new Error('the store is away'));
    assert.equal((await submit()).status, 500);
    entry.mockRestore();
    assert.equal((await profile())?.name, 'Renamed');

    await submit();
    assert.equal(await profile(), null);
    const kept = await library.models.AuditEntry.findOne({
      institutionId: 'riverside',
      targetId: before!._id,
      action: 'DELETE',
    }).lean();
    assert.deepEqual(
      kept?.changes.find(({ path: field }) => field === 'name'),
      { path: 'name', before: 'Renamed', after: null },
    );
    await library.models.OverdueLostProfile.create({
      institutionId: 'riverside',
      name: 'Another',
      type: 'CHANGE_TO_LOST',
    });
  });
  test('one is deleted by its form', async () => {
    const before = await profile();
    const token = await tokenOf(`/overdue-profiles/${before!._id}`);
    await fulfillment.post(`/overdue-profiles/${before!._id}/delete`, { version: String(before!.version), token });
    assert.equal(await profile(), null);
  });
});

describe('fines and fees profiles', () => {
  const path = '/fines-profiles';
  const form = {
    name: 'Reminder', notificationType: '1', active: '1', minimumBalance: '10,00', daysAfterCreation: '7', repeatEveryDays: '14', maxRepeats: '2',
    notificationFee: '1', sendFormat: 'EMAIL', feeTypes: ['OVERDUE_FINE', 'COPY_CARD', 'Laminating'],
  };
  const own = { institutionId: 'riverside' };
  const tokenOf = async (page: string) => /name="token" value="([^"]+)"/.exec(await fulfillment.page(page))?.[1] ?? '';
  const submit = async (to: string, fields: Record<string, string | string[]>) => fulfillment.post(to, { ...fields, token: await tokenOf(`${path}/new`) });

  test('one is made by the form: amounts in cents; types of the library’s own are boxes by their names, those that fees were loaded with are typed', async () => {
    await library.models.FulfillmentSettings.create({ ...own, staffFeeTypes: ['COPY_CARD', 'LOCKER_KEY'], staffFeeTypeNames: { LOCKER_KEY: { de: 'Schlüssel eines Schließfachs' } } });
    const answer = await submit(`${path}/new`, form);
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, `${path}?done=record`]);
    const made = await library.models.FinesFeesNotificationProfile.findOne(own).lean();
    assert.deepEqual(
      [made?.minimumBalance, made?.notificationFee, made?.feeTypes, made?.repeatEveryDays, made?.maxRepeats],
      [1000, 100, ['OVERDUE_FINE', 'COPY_CARD', 'Laminating'], 14, 2],
    );
    assert.match(await fulfillment.page(path), /Reminder[\s\S]*1, a friendly reminder[\s\S]*10\.00 EUR[\s\S]*at 7 days, then every 14 days, 2 times[\s\S]*1\.00 EUR/);
    const page = await fulfillment.page(`${path}/${made?._id}`);
    assert.match(page, /value="OVERDUE_FINE" checked>[^]*value="COPY_CARD" checked> Copy card<[^]*value="LOCKER_KEY"> Schlüssel eines Schließfachs</);
    assert.match(page, /id="feeTypes-others" name="feeTypes" value="Laminating"/);
  });
  test('what is wrong stands beside its field, with what was typed, and above in the order of the fields', async () => {
    const answer = await submit(`${path}/new`, { ...form, name: 'Second', minimumBalance: '', notificationFee: '1.555', userGroups: 'x'.repeat(101) });
    const page = await answer.text();
    assert.deepEqual([...page.matchAll(/<li><a href="#(\w+)">/g)].map(([, field]) => field), ['minimumBalance', 'userGroups', 'notificationFee']);
    assert.equal(answer.status, 422);
    assert.match(page, /id="minimumBalance"[^>]*aria-invalid="true"/);
    assert.match(page, /value="1\.555"[^>]*aria-invalid="true"/);
    assert.match(page, /id="feeTypes-others" name="feeTypes" value="Laminating"/);
    assert.equal(await library.models.FinesFeesNotificationProfile.countDocuments(own), 1);
  });
  test('a form that somebody else overtook changes and deletes nothing', async () => {
    const before = await library.models.FinesFeesNotificationProfile.findOne(own).lean();
    const at = `${path}/${before!._id}`;
    const version = String(before!.version);
    assert.equal((await submit(at, { ...form, name: 'Renamed', version })).status, 303);
    assert.equal((await submit(at, { ...form, name: 'Too late', version })).status, 412);
    assert.equal((await submit(`${at}/delete`, { version })).status, 412);
    assert.equal((await library.models.FinesFeesNotificationProfile.findOne(own).lean())?.name, 'Renamed');
    assert.equal((await submit(`${at}/delete`, { version: '2' })).status, 303);
    assert.equal(await library.models.FinesFeesNotificationProfile.countDocuments(own), 0);
  });
  test('are read by a manager, who cannot change them, are nothing to a buyer, and those of another institution do not exist', async () => {
    const { _id } = await library.models.FinesFeesNotificationProfile.create({ institutionId: 'riverside', name: 'Kept', notificationType: 5 });
    const ofHill = await library.models.FinesFeesNotificationProfile.create({ institutionId: 'hill', name: 'Of Hill', notificationType: 5 });
    const [manager, buyer] = [await library.signIn('manager'), await library.signIn('buyer')];
    assert.doesNotMatch(await manager.page(path), /New fines|Of Hill/);
    assert.doesNotMatch(await manager.page(`${path}/${_id}`), />Save<|Delete/);
    assert.equal(await status(manager, `${path}/new`), 403);
    const token = /name="token" value="([^"]+)"/.exec(await manager.page(`${path}/${_id}`))?.[1] ?? '';
    for (const to of ['new', _id, `${_id}/delete`]) assert.equal((await manager.post(`${path}/${to}`, { ...form, version: '1', token })).status, 403, to);
    for (const to of ['', '/new', `/${_id}`]) assert.equal(await status(buyer, path + to), 404, to);
    assert.equal(await status(fulfillment, `${path}/${ofHill._id}`), 404);
    for (const to of ['', '/delete']) assert.equal((await submit(`${path}/${ofHill._id}${to}`, { ...form, version: '1' })).status, 404, to);
    assert.equal(await library.models.FinesFeesNotificationProfile.countDocuments({ institutionId: { $in: ['riverside', 'hill'] }, version: 1 }), 2);
  });
});

describe('what went wrong is said in words', () => {
  test('a page that is not there', async () => {
    const answer = await fulfillment.fetch('/no/such/page');
    assert.equal(answer.status, 404);
    assert.match(
      await answer.text(),
      /<h1>Not found<\/h1>[\s\S]*There is nothing at \/no\/such\/page\.[\s\S]*href="\/">Home/,
    );
  });
  test('a page that the roles do not open', async () => {
    const answer = await fulfillment.fetch('/letters/sent');
    assert.match(
      await answer.text(),
      /<h1>Not permitted<\/h1>[\s\S]*Your roles do not give you the permission LETTERS\./,
    );
  });
  test('an error of the program shows no trace, and the number to look for in the log', async () => {
    const { RunEvent } = library.models;
    const find = RunEvent.find.bind(RunEvent);
    RunEvent.find = () => {
      throw new TypeError('secret of the program');
    };
    const answer = await fulfillment.fetch(`/records/loan/${loanId}/jobs`).finally(() => {
      RunEvent.find = find;
    });
    const page = await answer.text();
    assert.equal(answer.status, 500);
    assert.match(page, /<h1>Something went wrong<\/h1>[\s\S]*Try again[\s\S]*Request /);
    assert.ok(page.includes(answer.headers.get('x-request-id') ?? 'none'));
    assert.doesNotMatch(page, /secret of the program|TypeError/);
  });
});

test('a field of the parameters is told with its range, and what was wrong with it', async () => {
  const { _id } = await library.models.ScheduledJob.findOne({ institutionId: 'riverside', jobKey: 'loans-overdue-and-lost' }).orFail().lean();
  const form = `/scheduled-jobs/${_id}/parameters`;
  assert.match(await fulfillment.page(form), /<input id="catchUpDays"[^>]* aria-describedby="catchUpDays-hint"\s*>\s*<p class="hint" id="catchUpDays-hint">0 to 60<\/p>/);
  const wrong = await fulfillment.submit(form, { catchUpDays: '61' });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /<input id="catchUpDays"[^>]* value="61"[^>]* aria-invalid="true" aria-describedby="catchUpDays-hint catchUpDays-error"/);
});

test('the last changes of a scheduled job name their person once, and instants by the clock of the library', async () => {
  const { models, clock } = library;
  const { _id } = await models.ScheduledJob.findOne({ institutionId: 'riverside', jobKey: 'loans-overdue-and-lost' }).orFail().lean();
  await models.AuditEntry.create({
    institutionId: 'riverside', at: clock.now, actor: { type: 'USER', id: 'u-9', name: 'Ada Winter' }, action: 'CHANGE', targetType: 'ScheduledJob', targetId: _id, targetLabel: 'Overdue', changeKey: 'E:1',
    changes: [{ path: 'creatorUserId', before: null, after: 'u-9' }, { path: 'lastOccurrenceAt', before: null, after: new Date('2026-05-11T20:00:00Z') }],
  });
  const [, changes = ''] = (await fulfillment.page(`/scheduled-jobs/${_id}`)).split('<h2 id="changes">');
  assert.match(changes, /by Ada Winter[^]*<code>lastOccurrenceAt<\/code> <del>–<\/del>[^]*<ins>11 May 22:00<\/ins>/);
  assert.doesNotMatch(changes, /creatorUserId|u-9/);
});

test('help explains the words, to everybody who is signed in', async () => {
  assert.match(await fulfillment.page('/help'), /Retry failed takes up only the records that failed/);
  assert.match(await fulfillment.page('/help'), /<dt>No address<\/dt><dd>Warning\./);
  assert.match(await fulfillment.page('/help'), new RegExp(`<dt>${spelledOut('TOU_MISSING')}</dt><dd>Error\\.`)); // as the report calls it
});
