/** The desk of Fixture A's library in a test: deeds at a local time, and how a patron's fees stand. */
import assert from 'node:assert/strict';
import { differences } from '../../chaos/differences.js';
import type { Deed } from '../../desk/deed.js';
import type { Item } from '../../models/catalogue-records.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { patronRole } from '../../models/user.js';
import { demoLibrary, idOf } from './demo-library.js';
import { at } from './fixture-a.js';
import { everythingOf, kept, onWrites, pictureOf, type Write } from './store.js';

export const CLERK = 'c1e4c0000000000000000001';

export const deskOf = (models: Models, institutionId = 'demo') => (local: string): Deed => ({ models, institutionId, at: new Date(at(local)), by: 'STAFF', actorId: CLERK, tellMail: () => Promise.resolve() });

/** A loan that the job made lost on Wednesday 2025-04-02, with its item and both fees. */
export async function lose(models: Models, institutionId: string, barcode: string, given: Partial<Loan> = {}): Promise<void> {
  const [loanId, itemId] = [idOf(institutionId, barcode), idOf(institutionId, `item ${barcode}`)];
  const lostAt = new Date(at('2025-04-02 01:00'));
  const lost = { at: lostAt, by: 'JOB', profileId: idOf(institutionId, 'PL'), runId: idOf(institutionId, 'run'), previousStatus: 'NORMAL' } as const;
  await models.Loan.updateOne({ institutionId, _id: loanId }, { $set: { processStatus: 'LOST', processStatusDate: lostAt, lost, lostCount: 1, ...given } });
  await models.Item.updateOne({ institutionId, _id: itemId }, { $set: { processType: 'LOST_LOAN', processTypeAt: lostAt } });
  const owed = { institutionId, userId: idOf(institutionId, 'U1'), userGroup: 'STUDENT', libraryCode: 'MAIN', loanId, itemId, barcode, title: `Title ${barcode}`, currency: 'USD', status: 'ACTIVE' as const };
  await models.Fee.create([
    { ...owed, type: 'LOST_ITEM_REPLACEMENT_FEE', originalAmount: 4250, balance: 4250, dedupeKey: `lost-repl:${loanId}:1` },
    { ...owed, type: 'LOST_ITEM_PROCESS_FEE', originalAmount: 1500, balance: 1500, dedupeKey: `lost-proc:${loanId}:1` },
  ]);
}

/** `OVERDUE_FINE ACTIVE 50 of 50`, by type. */
export async function feesOf(models: Models, institutionId: string, barcode: string): Promise<string[]> {
  const fees = await models.Fee.find({ institutionId, barcode }).lean();
  return fees.map(({ type, status, balance, originalAmount }) => `${type} ${status} ${balance} of ${originalAmount}`).sort();
}

class Died extends Error {}

/** Does a deed as often as it writes, each time dying after another of its writes and doing it again, and demands the same store each time. */
export async function survivesEveryDeath(models: Models, institutionId: string, deed: () => Promise<unknown>): Promise<number> {
  const restore = await kept(models, institutionId);
  const known = new Set(JSON.stringify(await everythingOf(models, institutionId)).match(/[0-9a-f]{24}/g));
  // What is made anew has another id each time.
  const picture = async (touched: ReadonlySet<string>) =>
    (await pictureOf(models, institutionId, touched)).map((line) => line.replaceAll(/[0-9a-f]{24}/g, (found) => (known.has(found) ? found : 'new'))).sort();
  const writes: Write[] = [];
  const watching = onWrites((write) => {
    writes.push(write);
    return write.send();
  });
  await deed().finally(watching);
  const touched = new Set(writes.map(({ name }) => name.split('.')[0]!));
  const undisturbed = await picture(touched);
  for (let last = 1; last <= writes.length; last += 1) {
    await restore(touched);
    let made = 0;
    const stop = onWrites(async ({ name, send }) => {
      made += 1;
      if (made > last) throw new Died(name);
      const answer = await send();
      if (made === last) throw new Died(name);
      return answer;
    });
    await assert.rejects(deed, Died).finally(stop);
    await deed();
    assert.deepEqual(differences(undisturbed, await picture(touched)), [], `died after write ${last}, ${writes[last - 1]!.name}`);
  }
  return writes.length;
}

/** A stack and a reserve shelf with their units, U1 a patron: all that lending asks of Fixture A's library beside its terms of use. */
export async function lendingLibrary(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  for (const [code, fulfillmentUnitCode, touCode] of [['STACKS', 'GENERAL', 'BOOK'], ['RESERVE', 'RESERVES', 'RESERVE']] as const) {
    await models.Location.create({ institutionId, libraryCode: 'MAIN', code, name: code, fulfillmentUnitCode });
    await models.FulfillmentUnit.create({ institutionId, code: fulfillmentUnitCode, name: fulfillmentUnitCode, originKey: `#${fulfillmentUnitCode}` });
    await models.FulfillmentUnitRule.create({ institutionId, unitCode: fulfillmentUnitCode, ruleType: 'LOAN', order: 1, name: 'All', touCode, originKey: `#${fulfillmentUnitCode}:1` });
  }
  await models.User.updateMany({ institutionId }, { $set: { roles: [patronRole] } });
}

/** An item on its shelf. */
export async function shelved(models: Models, institutionId: string, barcode: string, given: Partial<Item> = {}): Promise<void> {
  const bibId = idOf(institutionId, `bib ${barcode}`);
  await models.Bib.create({
    _id: bibId, institutionId, recordId: barcode, marc: { leader: '', fields: [] }, title: `Title ${barcode}`, author: 'A. Author', importKey: `#${barcode}`, czKey: `#${barcode}`,
  });
  await models.Item.create({
    _id: idOf(institutionId, `item ${barcode}`), institutionId, pid: barcode, barcode, barcodeKey: barcode, bibId, holdingId: idOf(institutionId, 'holding'), libraryCode: 'MAIN',
    locationCode: 'STACKS', currentLibraryCode: 'MAIN', currentLocationCode: 'STACKS', materialType: 'BOOK', baseStatus: 'IN_PLACE', importKey: `#${barcode}`, ...given,
  });
}
