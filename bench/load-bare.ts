/**
 * What the loading of loans costs a script that knows no schemas: the same reads and the same writes by the plain driver, a thousand lines
 * after the other, which checks no line and refuses none.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { MongoClient, type Db, type Document } from 'mongodb';
import { newId } from '../models/document.js';
import { institutionId } from './load-library.js';

const BATCH = 1_000;

/** Seconds. `mongodbUri` names the database. */
export async function bareLoad(mongodbUri: string, file: string): Promise<number> {
  const client = await MongoClient.connect(mongodbUri, { writeConcern: { w: 'majority', journal: true } });
  try {
    const startedAt = performance.now();
    let batch: Document[] = [];
    for await (const line of createInterface(createReadStream(file))) {
      batch.push(JSON.parse(line) as Document);
      if (batch.length < BATCH) continue;
      await loadLines(client.db(), batch);
      batch = [];
    }
    if (batch.length > 0) await loadLines(client.db(), batch);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await client.close();
  }
}

async function loadLines(db: Db, lines: Document[]): Promise<void> {
  const barcodes = lines.map(({ barcode }) => String(barcode));
  const found = (collection: string, filter: Document, wanted: string[]) =>
    db.collection(collection).find({ institutionId, ...filter }, { batchSize: 2 * BATCH }).project(Object.fromEntries(wanted.map((field) => [field, 1]))).toArray();
  const [stored, items, users, terms] = await Promise.all([
    db.collection('loans').find({ institutionId, barcode: { $in: barcodes } }, { batchSize: 2 * BATCH }).toArray(),
    found('items', { barcodeKey: { $in: barcodes } }, ['barcodeKey', 'bibId', 'libraryCode', 'locationCode', 'itemPolicy', 'materialType', 'callNumber', 'description', 'currentLoanId']),
    found('users', { primaryId: { $in: lines.map(({ primaryId }) => primaryId as unknown) } }, ['primaryId', 'userGroup']),
    found('termsOfUses', { code: { $in: [...new Set(lines.map(({ touCode }) => touCode as unknown))] } }, ['code']),
  ]);
  const bibs = await found('bibs', { _id: { $in: [...new Set(items.map(({ bibId }) => bibId as unknown))] } }, ['title', 'author']);

  const by = (documents: Document[], key: string) => new Map(documents.map((one) => [String(one[key]), one]));
  const [itemOf, userOf, touOf, bibOf] = [by(items, 'barcodeKey'), by(users, 'primaryId'), by(terms, 'code'), by(bibs, '_id')];
  const loanOf = new Map(stored.map((loan) => [`${String(loan.barcode)} ${(loan.loanDate as Date).toISOString()}`, loan]));
  const loans = lines.map((line) => {
    const item = itemOf.get(String(line.barcode))!;
    return loanFrom(line, item, userOf.get(String(line.primaryId))!, touOf.get(String(line.touCode))!, bibOf.get(String(item.bibId))!);
  });
  const isStored = (line: Document, loan: Document) => {
    const before = loanOf.get(`${String(line.barcode)} ${String(line.loanDate)}`);
    return before !== undefined && before.userId === loan.userId && before.touId === loan.touId && before.renewalCount === loan.renewalCount
      && before.circDesk === loan.circDesk && (before.dueDate as Date).getTime() === (loan.dueDate as Date).getTime();
  };
  const fresh = loans.filter((loan, place) => !isStored(lines[place]!, loan));
  if (fresh.length === 0) return;
  await db.collection('loans').insertMany(fresh as never, { ordered: false });
  const at = new Date();
  const updates = fresh.map(({ _id, itemId, processStatusDate }) => ({
    updateOne: {
      filter: { institutionId, _id: itemId as never, currentLoanId: null },
      update: {
        $set: { baseStatus: 'NOT_IN_PLACE', processType: 'LOAN', processTypeAt: processStatusDate as Date, currentLoanId: _id, updatedAt: at },
        $inc: { version: 1 },
      },
    },
  }));
  await db.collection('items').bulkWrite(updates as never, { ordered: false });
}

function loanFrom(line: Document, item: Document, user: Document, tou: Document, bib: Document): Document {
  const { libraryCode, locationCode, itemPolicy, materialType, callNumber, description } = item as Record<string, string | null>;
  const [loanDate, dueDate, at] = [new Date(String(line.loanDate)), new Date(String(line.dueDate)), new Date()];
  return {
    _id: newId(), institutionId, createdAt: at, userId: user._id as unknown, proxyUserId: null, itemId: item._id as unknown, bibId: item.bibId as unknown, barcode: line.barcode as unknown,
    title: bib.title as unknown, author: (bib.author as string | null) ?? '', description: description ?? '', callNumber: callNumber ?? '', libraryCode, locationCode, itemPolicy, materialType,
    circDesk: line.circDesk as unknown, userGroup: (user.userGroup as string | null) ?? '', jobCategory: null, statisticalCategories: [], touId: tou._id as unknown, shortLoan: false,
    loanDate, dueDate, dueDateSource: 'POLICY', dueCycle: 1, originalDueDate: dueDate, status: 'ACTIVE', processStatus: 'NORMAL', processStatusDate: loanDate, recall: null,
    renewalCount: line.renewalCount as unknown, lastRenewalAt: null, claimedReturnAt: null, lost: null, lostCount: 0, returnDate: null, closeReason: null, notes: [],
    lastRenewalFailure: null, anonymizedAt: null, updatedAt: at, version: 1,
  };
}
