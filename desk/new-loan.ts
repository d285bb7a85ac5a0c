/** How the record of a loan begins: what letters, profiles and statistics need of item and patron is copied (data-model.md, loan). */
import type { NewLoan } from '../domain/fulfillment/lending.js';
import type { Bib, Item } from '../models/catalogue-records.js';
import type { Loan } from '../models/loan.js';
import type { User } from '../models/user.js';
import type { Deed } from './deed.js';

/** The whole document: it goes in lean. */
export function newLoan(
  { institutionId, at }: Deed, loanId: string, user: User, item: Item, bib: Pick<Bib, 'title' | 'author'> | null, touId: string, { dueDate, dueDateSource, shortLoan }: NewLoan,
): Loan {
  const due = new Date(dueDate);
  return {
    _id: loanId,
    institutionId,
    userId: user._id,
    proxyUserId: null,
    itemId: item._id,
    bibId: item.bibId,
    barcode: item.barcode ?? item.pid,
    title: bib?.title ?? '',
    author: bib?.author ?? '',
    description: item.description ?? '',
    callNumber: item.callNumber ?? '',
    libraryCode: item.libraryCode,
    locationCode: item.locationCode,
    itemPolicy: item.itemPolicy,
    materialType: item.materialType,
    circDesk: null,
    userGroup: user.userGroup ?? '',
    jobCategory: user.jobCategory,
    statisticalCategories: user.statistics.flatMap(({ category }) => (typeof category === 'string' ? [category] : [])),
    touId,
    shortLoan,
    loanDate: at,
    dueDate: due,
    dueDateSource,
    dueCycle: 1,
    originalDueDate: due,
    status: 'ACTIVE',
    processStatus: 'NORMAL',
    processStatusDate: at,
    recall: null,
    renewalCount: 0,
    lastRenewalAt: null,
    claimedReturnAt: null,
    lost: null,
    lostCount: 0,
    returnDate: null,
    closeReason: null,
    notes: [],
    lastRenewalFailure: null,
    anonymizedAt: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
}
