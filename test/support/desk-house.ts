/** A desk with its pages: the library of the deeds, its clerks, and a patron with a bit of everything. */
import type { Page } from 'playwright-core';
import { demoStaff, openLibrary, PASSWORD } from '../api/library.js';
import { fee, idOf, loan } from './demo-library.js';
import { lendingLibrary, lose, shelved } from './desk.js';
import { at } from './fixture-a.js';

export type DeskHouse = Awaited<ReturnType<typeof deskHouse>>;

/** Wednesday 2025-03-05, 09:30 in New York: what was due on Monday at 21:00 is two days late. */
export async function deskHouse() {
  const library = await openLibrary();
  const { models } = library;
  const id = (name: string) => idOf('demo', name);
  for (const institutionId of ['demo', 'next-door']) await lendingLibrary(models, institutionId);
  await loan(models, 'next-door', 'A1');
  await demoStaff(library, { clerk: 'CIRCULATION_DESK_OPERATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR' });
  await models.UserIdentifier.create([
    { _id: 'demo:u1', institutionId: 'demo', userId: id('U1') }, { _id: 'demo:2000001', institutionId: 'demo', userId: id('U1') }, { _id: 'demo:u2', institutionId: 'demo', userId: id('U2') },
  ]);
  const due = (local: string) => ({ dueDate: new Date(at(local)) });
  await loan(models, 'demo', 'A1');
  await loan(models, 'demo', 'A2', { ...due('2025-03-08 17:00'), renewalCount: 1 });
  await loan(models, 'demo', 'A3', { ...due('2025-03-20 21:00'), processStatus: 'RECALL', recall: { active: true, requestId: null, at: new Date(at('2025-03-01 12:00')), dueDateBefore: new Date(at('2025-04-20 21:00')), dueDateChanged: true }, dueDateSource: 'RECALL' });
  await loan(models, 'demo', 'A4', { ...due('2025-02-28 21:00'), processStatus: 'CLAIMED_RETURN', claimedReturnAt: new Date(at('2025-03-02 12:00')) });
  await loan(models, 'demo', 'A5', due('2025-01-30 21:00'));
  await lose(models, 'demo', 'A5', { lost: { at: new Date(at('2025-03-02 01:00')), by: 'JOB', profileId: null, runId: null, previousStatus: 'NORMAL' } });
  await loan(models, 'demo', 'A6');
  await fee(models, 'demo', 'F1', 150, '2025-02-01');
  await fee(models, 'demo', 'F2', 300, '2025-02-02', { status: 'IN_DISPUTE', title: 'Middlemarch' });
  await fee(models, 'demo', 'F3', -425, '2025-02-03', { type: 'CREDIT', title: 'Dubliners' });
  await fee(models, 'demo', 'F4', 100, '2025-02-04', { title: 'Ulysses' });
  await models.UserBlockDefinition.create({ _id: id('block'), institutionId: 'demo', code: 'ADDRESS', description: 'Address unknown', blockedActions: ['LOAN', 'RENEW'], overridable: true, active: true });
  await models.UserBlock.create({
    institutionId: 'demo', userId: id('U1'), definitionId: id('block'), code: 'ADDRESS', description: 'Address unknown', blockedActions: ['LOAN', 'RENEW'], source: 'STAFF', status: 'ACTIVE',
    mode: 'MANUAL', startsAt: new Date(at('2025-02-01 12:00')), activeKey: 'U1:ADDRESS:STAFF',
  });
  await models.PatronLimit.create({ institutionId: 'demo', userGroup: 'STUDENT', maxOwedAmount: 10_000, maxOverdueLoans: 5, maxOverdueRecalls: 0, enabled: true });
  for (const barcode of ['S1', 'S2', 'S3']) await shelved(models, 'demo', barcode);
  library.clock.now = new Date(at('2025-03-05 09:30'));
  const signIn = async (page: Page, primaryId: string) => {
    await page.goto('/sign-in');
    await page.getByLabel('User name').fill(primaryId);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: /^Good/ }).waitFor();
  };
  return { library, id, signIn };
}
