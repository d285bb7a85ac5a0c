/** requests: open ones of patrons, waiting in the queue. What became of them since is not undone by loading again. */
import { z } from 'zod';
import type { StoredRequest } from '../../../models/request.js';
import { loadable, missing, nothing } from './loadable.js';
import { borrowersNamed, itemsNamed, type Borrower, type LentItem } from './named.js';
import { librariesNamed } from './places.js';
import { code, day, instant, integer } from './values.js';

const request = z
  .strictObject({
    /** What the library calls it elsewhere. */
    key: code,
    primaryId: code,
    requestedAt: instant,
    /** Of a request for any copy of a title. */
    recordId: code.optional(),
    /** Of a request for one copy. */
    barcode: code.optional(),
    pickupLibraryCode: code,
    lastInterestDate: day.nullable().default(null),
    priority: integer.pipe(z.int().min(0)).default(50),
  })
  .refine(({ recordId, barcode }) => (recordId === undefined) !== (barcode === undefined), { path: ['recordId'], message: 'either recordId or barcode' });
type RequestLine = z.output<typeof request>;

interface RequestReferences {
  borrowers: ReadonlyMap<string, Borrower>;
  items: ReadonlyMap<string, LentItem>;
  libraries: ReadonlySet<string>;
  titles: ReadonlyMap<string, { _id: string; title: string }>;
}

export const requests = loadable<StoredRequest, RequestLine, RequestReferences>({
  name: 'requests',
  model: (models) => models.Request,
  line: request,
  keyOf: (line) => `loaded:${line.key}`,
  storedKeyOf: (record) => record.activeKey,
  stored: (model, institutionId, lines) => model.find({ institutionId, activeKey: { $in: lines.map((line) => `loaded:${line.key}`) } }).lean<StoredRequest[]>(),
  references: async (destination, lines) => {
    const { models, institutionId } = destination;
    const recordIds = lines.flatMap(({ recordId }) => recordId ?? []);
    const titles = await models.Bib.find({ institutionId, recordId: { $in: recordIds }, deletedAt: null }, { recordId: 1, title: 1 }).lean();
    return {
      borrowers: await borrowersNamed(destination, lines.map(({ primaryId }) => primaryId)),
      items: await itemsNamed(destination, lines.map(({ barcode }) => barcode)),
      libraries: await librariesNamed(destination, lines.map(({ pickupLibraryCode }) => pickupLibraryCode)),
      titles: new Map(titles.map((one) => [one.recordId, one])),
    };
  },
  fields: (line, { borrowers, items, libraries, titles }) => {
    const borrower = borrowers.get(line.primaryId);
    const item = items.get(line.barcode ?? '');
    const title = titles.get(line.recordId ?? '');
    const bibId = item?.bibId ?? title?._id;
    if (borrower === undefined || bibId === undefined || !libraries.has(line.pickupLibraryCode)) {
      return [
        ...(borrower === undefined ? [missing('primaryId', line.primaryId, 'primary id of a user')] : []),
        ...(bibId !== undefined ? [] : [line.barcode === undefined ? missing('recordId', line.recordId ?? '', 'record id of a bib') : missing('barcode', line.barcode, 'barcode of an item')]),
        ...(libraries.has(line.pickupLibraryCode) ? [] : [missing('pickupLibraryCode', line.pickupLibraryCode, 'code of a library')]),
      ];
    }
    return {
      level: item === undefined ? 'TITLE' : 'ITEM',
      bibId,
      itemId: item?._id ?? null,
      title: title?.title,
      requesterUserId: borrower._id,
      userGroup: borrower.userGroup,
      pickupLibraryCode: line.pickupLibraryCode,
      lastInterestDate: line.lastInterestDate,
      priority: line.priority,
      createdAt: line.requestedAt,
      activeKey: `loaded:${line.key}`,
    };
  },
  blank: (id, { now }) => ({
    requestType: 'PATRON_PHYSICAL',
    level: undefined,
    bibId: undefined,
    itemId: null,
    description: null,
    title: null,
    requesterUserId: undefined,
    userGroup: null,
    status: 'NOT_STARTED',
    active: true,
    step: 'IN_QUEUE',
    stepEnteredAt: now(),
    stepExpiryDate: null,
    stepExpirySource: null,
    lastInterestDate: null,
    bookingStart: null,
    bookingEnd: null,
    assignedItemId: null,
    assignedLibraryCode: null,
    assignedLocationCode: null,
    assignmentKey: `#${id}`,
    pickupType: 'LIBRARY',
    pickupLibraryCode: null,
    priority: 50,
    activeKey: undefined,
    cancelReason: null,
    closedAt: null,
    closedBy: null,
    deliveryAddress: null,
    pickupPerson: null,
    notes: [],
    anonymizedAt: null,
  }),
  beside: nothing,
});
