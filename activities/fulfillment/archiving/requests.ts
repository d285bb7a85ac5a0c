/** The passes over closed requests and borrowing requests: rule 6. Their notes go with the person, whatever is asked of text elsewhere. */
import type { BorrowingRequest } from '../../../models/borrowing-request.js';
import type { Models } from '../../../models/models.js';
import type { StoredRequest } from '../../../models/request.js';
import type { Pass } from './pass.js';
import { walkOf } from './walk.js';

const requestFields = {
  requesterUserId: 1, userGroup: 1, title: 1, assignedLibraryCode: 1, assignedLocationCode: 1, pickupLibraryCode: 1, closedAt: 1, closedBy: 1, anonymizedAt: 1,
} as const satisfies Partial<Record<keyof StoredRequest, 1>>;
export type ReadRequest = Pick<StoredRequest, '_id' | keyof typeof requestFields>;

export const requestPass = (models: Models): Pass<ReadRequest> => ({
  recordType: 'request',
  table: 'REQUESTS',
  walk: walkOf(models.Request, {}, 'closedAt', requestFields),
  asked: ({ requests }) => ({ anonymizes: requests, removesText: false }),
  hasText: () => false,
  labelOf: ({ title }) => title ?? '-',
  counters: { anonymized: 'requestsAnonymized', retainedByRule: 'requestsRetainedByRule' },
  snapshots: (_institutionId, requests) => Promise.resolve(requests.map((request) => ({
    ...closed(request),
    libraryCode: request.assignedLibraryCode ?? request.pickupLibraryCode,
    locationCode: request.assignedLibraryCode === null ? null : request.assignedLocationCode,
  }))),
  async write({ institutionId, asOf }, changes) {
    const gone = { requesterUserId: null, pickupPerson: null, deliveryAddress: null, notes: [], anonymizedAt: new Date(asOf) };
    for (const closedBySomebody of [false, true]) {
      const ids = changes.filter(({ record }) => (record.closedBy !== null) === closedBySomebody).map(({ record }) => record._id);
      if (ids.length === 0) continue;
      const set = { ...gone, ...(closedBySomebody && { 'closedBy.userId': null }) };
      await models.Request.updateMany({ institutionId, _id: { $in: ids }, anonymizedAt: null }, { $set: set, $inc: { version: 1 } });
    }
  },
});

const borrowingFields = { requesterUserId: 1, userGroup: 1, externalId: 1, closedAt: 1, anonymizedAt: 1 } as const satisfies Partial<Record<keyof BorrowingRequest, 1>>;
export type ReadBorrowingRequest = Pick<BorrowingRequest, '_id' | keyof typeof borrowingFields>;

export const borrowingRequestPass = (models: Models): Pass<ReadBorrowingRequest> => ({
  recordType: 'borrowingRequest',
  table: 'BORROWING_REQUESTS',
  walk: walkOf(models.BorrowingRequest, {}, 'closedAt', borrowingFields),
  asked: ({ borrowingRequests }) => ({ anonymizes: borrowingRequests, removesText: false }),
  hasText: () => false,
  labelOf: ({ externalId }) => externalId,
  counters: { anonymized: 'borrowingRequestsAnonymized', retainedByRule: 'borrowingRequestsRetainedByRule' },
  snapshots: (_institutionId, requests) => Promise.resolve(requests.map((request) => ({ ...closed(request), libraryCode: null, locationCode: null }))),
  async write({ institutionId, asOf }, changes) {
    const ids = changes.map(({ record }) => record._id);
    if (ids.length === 0) return;
    await models.BorrowingRequest.updateMany(
      { institutionId, _id: { $in: ids }, anonymizedAt: null },
      { $set: { requesterUserId: null, notes: [], anonymizedAt: new Date(asOf) }, $inc: { version: 1 } },
    );
  },
});

const closed = ({ closedAt, anonymizedAt, requesterUserId, userGroup }: Pick<BorrowingRequest, 'closedAt' | 'anonymizedAt' | 'requesterUserId' | 'userGroup'>) => ({
  hasEnded: closedAt !== null,
  endedAt: closedAt?.getTime() ?? null,
  anonymizedAt: anonymizedAt?.getTime() ?? null,
  userId: requesterUserId,
  userGroup,
  openDebts: 0,
  loanRankOnItem: null,
  hasText: false,
});
