/** A small library as files of lines: a line or two for every collection, in an order in which each finds what it refers to. */
import type { CollectionName } from '../../cli/load/collections/load-file.js';

const always = { validFrom: '2025-01-01', validTo: '2025-12-31' };

export const libraryInLines: readonly (readonly [CollectionName, readonly object[]])[] = [
  ['libraries', [{ code: 'MAIN', name: 'Main Library', email: 'main@lib.example' }, { code: 'WEST', name: 'West Branch' }]],
  ['locations', [{ libraryCode: 'MAIN', code: 'STACKS', name: 'Stacks' }]],
  ['calendarRecords', [
    { libraryCode: 'MAIN', type: 'STANDARD', dayOfWeek: 1, fromTime: '09:00', toTime: '21:00', ...always },
    { type: 'EXCEPTION', status: 'CLOSED', validFrom: '2025-07-04', validTo: '2025-07-04', description: 'Independence Day' },
  ]],
  ['users', [
    { primaryId: 'U1', firstName: 'Ada', lastName: 'Byron', userGroup: 'STUDENT', barcodes: ['2001'], emails: ['ada@patrons.example'] },
    { primaryId: 'U2', lastName: 'Dedalus', barcodes: ['2002'] },
  ]],
  ['bibs', [{ recordId: '11', title: 'Dubliners', author: 'Joyce, James', isbns: ['9780141182452'] }]],
  ['items', [{ barcode: 'B1', recordId: '11', libraryCode: 'MAIN', locationCode: 'STACKS', callNumber: 'PR6019 .O9', replacementCost: 4250 }]],
  ['policies', [{ type: 'maximumFine', code: 'TEN', name: 'At most ten dollars', value: 1000 }]],
  ['termsOfUses', [{ code: 'BOOK', type: 'LOAN', name: 'Books', policies: [{ type: 'maximumFine', policyCode: 'TEN' }] }]],
  ['overdueLostProfiles', [{ name: 'First notice', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1 }]],
  ['loans', [{ barcode: 'B1', loanDate: '2025-02-03T14:00:00-05:00', primaryId: 'U1', touCode: 'BOOK', dueDate: '2025-03-03T21:00:00-05:00' }]],
  ['fees', [{ key: 'bill 7', primaryId: 'U1', type: 'OVERDUE_FINE', originalAmount: 250, createdAt: '2025-03-04T09:00:00-05:00' }]],
  ['requests', [{ key: 'hold 3', primaryId: 'U2', requestedAt: '2025-03-01T10:00:00-05:00', recordId: '11', pickupLibraryCode: 'WEST' }]],
];
