/** What stands on the shelves of the demonstration library: titles, holdings and items. */
import { foldText } from '../../domain/text.js';
import type { Bib, Holding, Item } from '../../models/catalogue-records.js';
import type { Loan } from '../../models/loan.js';
import { branches, currency, type Branch } from './library.js';
import { idOf, OF_A_DELETED_ITEM, pick, stamps, thrown, type Plan, type Size } from './plan.js';
import { authors, openings, publishers, subjects, wholeTitles } from './titles.js';

const ITEMS_A_BIB = 3;

export const barcodeOfItem = (number: number) => `3${String(number).padStart(10, '0')}`;

export function titleOf(bib: number): string {
  if (bib % 25 === 24) return pick(wholeTitles, bib, 5);
  const title = `${pick(openings, bib, 6)} ${pick(subjects, bib, 7)}`;
  return thrown(bib, 8) % 4 === 0 ? `${title}, volume ${1 + (thrown(bib, 9) % 12)}` : title;
}

export const authorOf = (bib: number) => pick(authors, bib, 10);

export const bibsOf = ({ items }: Size) => Math.ceil(items / ITEMS_A_BIB);

export function bibAt(plan: Plan, number: number): Bib {
  const _id = idOf(plan, 'bib', number);
  const [title, author, publisher] = [titleOf(number), authorOf(number), pick(publishers, number, 11)];
  const publicationYear = 1950 + (thrown(number, 12) % 75);
  const recordId = `99${String(number).padStart(10, '0')}`;
  const field = (tag: string, ind1: string, ind2: string, code: string, value: string) => ({ tag, ind1, ind2, subfields: [{ code, value }] });
  return {
    _id,
    institutionId: plan.institutionId,
    recordId,
    format: 'MARC21',
    marc: {
      leader: '00000nam a2200000 i 4500',
      fields: [
        { tag: '001', value: recordId },
        field('100', '1', ' ', 'a', author),
        field('245', '1', '0', 'a', title),
        field('264', ' ', '1', 'b', publisher),
      ],
    },
    title,
    author,
    sortTitle: foldText(title),
    publisher,
    publicationYear,
    isbns: [],
    issns: [],
    suppressed: false,
    importKey: `#${_id}`,
    czKey: `#${_id}`,
    deletedAt: null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

/** All items of a title stand in one place. */
export function placeOf(bib: number): { branch: Branch; locationCode: string } {
  const branch = pick(branches, bib, 13);
  return { branch, locationCode: pick(branch.locations, bib, 14).code };
}

export const callNumberOf = (bib: number) => `${String.fromCharCode(65 + (thrown(bib, 15) % 26))}${100 + (thrown(bib, 16) % 900)} .${bib}`;

export function holdingAt(plan: Plan, bib: number): Holding {
  const { branch, locationCode } = placeOf(bib);
  const _id = idOf(plan, 'holding', bib);
  return {
    _id,
    institutionId: plan.institutionId,
    pid: `22${String(bib).padStart(10, '0')}`,
    bibId: idOf(plan, 'bib', bib),
    libraryCode: branch.code,
    locationCode,
    callNumber: callNumberOf(bib),
    suppressed: false,
    importKey: `#${_id}`,
    deletedAt: null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

export const bibOfItem = (item: number) => Math.floor(item / ITEMS_A_BIB);

/** `loan` is the open loan it is out with. */
export function itemAt(plan: Plan, number: number, loan: Loan | undefined): Item {
  const bib = bibOfItem(number);
  const { branch, locationCode } = placeOf(bib);
  const _id = idOf(plan, 'item', number);
  const isMedia = locationCode === 'MEDIA';
  const isDeleted = loan !== undefined && loan._id === idOf(plan, 'loan', OF_A_DELETED_ITEM);
  const barcode = barcodeOfItem(number);
  return {
    _id,
    institutionId: plan.institutionId,
    pid: `23${String(number).padStart(10, '0')}`,
    bibId: idOf(plan, 'bib', bib),
    holdingId: idOf(plan, 'holding', bib),
    barcode,
    barcodeKey: isDeleted ? `#${_id}` : barcode,
    libraryCode: branch.code,
    locationCode,
    inTemporaryLocation: false,
    currentLibraryCode: branch.code,
    currentLocationCode: locationCode,
    itemPolicy: locationCode === 'RESERVE' ? 'RESERVE' : null,
    materialType: isMedia ? 'DVD' : 'BOOK',
    baseStatus: loan === undefined ? 'IN_PLACE' : 'NOT_IN_PLACE',
    processType: loan === undefined ? null : processTypeOf(loan),
    processTypeAt: loan === undefined ? null : loan.processStatusDate,
    currentLoanId: loan?._id ?? null,
    callNumber: callNumberOf(bib),
    copyId: String(1 + (number % ITEMS_A_BIB)),
    description: null,
    replacementCost: thrown(number, 17) % 10 === 0 ? null : { amount: 899 + (thrown(number, 18) % 60) * 100, currency },
    importKey: `#${_id}`,
    deletedAt: isDeleted ? plan.at : null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

function processTypeOf({ processStatus }: Loan): Item['processType'] {
  if (processStatus === 'LOST') return 'LOST_LOAN';
  return processStatus === 'CLAIMED_RETURN' ? 'CLAIM_RETURNED_LOAN' : 'LOAN';
}
