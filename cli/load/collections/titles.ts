/** bibs and items. The holding of an item is made with it. */
import { z } from 'zod';
import type { MarcRecord } from '../../../formats/marcxml.js';
import type { Bib, Item } from '../../../models/catalogue-records.js';
import { insertOnce } from '../../../models/insert-once.js';
import { briefRecordOf } from '../brief-record.js';
import { loadable, missing, newRecordId, nothing, type Destination } from './loadable.js';
import { amount, code, list, text, truth } from './values.js';

const marcField = z.union([
  z.strictObject({ tag: z.string().regex(/^00[0-9A-Z]$/), value: z.string() }),
  z.strictObject({
    tag: z.string().regex(/^(?!00)[0-9A-Z]{3}$/),
    ind1: z.string().length(1).default(' '),
    ind2: z.string().length(1).default(' '),
    subfields: z.array(z.strictObject({ code: z.string().length(1), value: z.string() })).min(1),
  }),
], 'a control field {tag, value} or a data field {tag, ind1, ind2, subfields}');

const bib = z
  .strictObject({
    recordId: z.string().regex(/^\d{1,20}$/, 'digits'),
    /** What the other fields say is then derived from it. */
    marc: z.strictObject({ leader: z.string().length(24, '24 characters'), fields: z.array(marcField) }).optional(),
    title: text.optional(),
    author: text.optional(),
    publisher: text.optional(),
    isbns: list(code).optional(),
    suppressed: truth.optional(),
  })
  .refine(({ marc, title, author, publisher, isbns }) => marc === undefined || [title, author, publisher, isbns].every((one) => one === undefined), {
    path: ['marc'],
    message: 'either marc, or title, author, publisher and isbns',
  })
  .refine(({ title, author, publisher, isbns }) => title !== undefined || [author, publisher, isbns].every((one) => one === undefined), {
    path: ['title'],
    message: 'a title, as author, publisher and isbns are given',
  });
type BibLine = z.output<typeof bib>;

export const bibs = loadable<Bib, BibLine, void>({
  name: 'bibs',
  model: (models) => models.Bib,
  line: bib,
  keyOf: (line) => line.recordId,
  storedKeyOf: (record) => record.recordId,
  stored: (model, institutionId, lines) => model.find({ institutionId, recordId: { $in: lines.map((line) => line.recordId) } }).lean<Bib[]>(),
  references: nothing,
  fields: (line) => {
    const marc = line.marc ?? marcOf(line);
    return { recordId: line.recordId, suppressed: line.suppressed, ...(marc === null ? {} : { marc, ...briefRecordOf(marc) }) };
  },
  blank: (id) => ({
    recordId: undefined,
    format: 'MARC21',
    marc: undefined,
    title: '',
    author: null,
    sortTitle: '',
    publisher: null,
    publicationYear: null,
    isbns: [],
    issns: [],
    suppressed: false,
    importKey: `#${id}`,
    czKey: `#${id}`,
    deletedAt: null,
    deleteAfter: null,
  }),
  beside: nothing,
});

/** The least a record can be; null where the line names no title. */
function marcOf({ recordId, title, author, publisher, isbns = [] }: BibLine): MarcRecord | null {
  if (title === undefined) return null;
  const field = (tag: string, ind1: string, subfield: string, value: string | undefined) =>
    value === undefined ? [] : [{ tag, ind1, ind2: tag === '245' ? '0' : ' ', subfields: [{ code: subfield, value }] }];
  const fields = [
    { tag: '001', value: recordId },
    ...isbns.flatMap((isbn) => field('020', ' ', 'a', isbn)),
    ...field('100', '1', 'a', author),
    ...field('245', '1', 'a', title),
    ...field('264', ' ', 'b', publisher),
  ];
  return { leader: '00000nam a2200000 i 4500', fields };
}

const item = z.strictObject({
  barcode: code,
  recordId: code.optional(),
  libraryCode: code.optional(),
  locationCode: code.optional(),
  itemPolicy: code.nullable().optional(),
  materialType: code.nullable().optional(),
  callNumber: text.nullable().optional(),
  copyId: text.nullable().optional(),
  description: text.nullable().optional(),
  /** Minor units of the institution's currency. */
  replacementCost: amount.nullable().optional(),
});
type ItemLine = z.output<typeof item>;

interface ItemReferences {
  bibIds: ReadonlyMap<string, string>;
  /** `<library>/<location>`. */
  locations: ReadonlySet<string>;
}

export const items = loadable<Item, ItemLine, ItemReferences>({
  name: 'items',
  model: (models) => models.Item,
  line: item,
  keyOf: (line) => line.barcode,
  storedKeyOf: (record) => record.barcodeKey,
  stored: (model, institutionId, lines) => model.find({ institutionId, barcodeKey: { $in: lines.map((line) => line.barcode) } }).lean<Item[]>(),
  references: async ({ models, institutionId }, lines) => {
    const recordIds = lines.flatMap(({ recordId }) => recordId ?? []);
    const libraryCodes = lines.flatMap(({ libraryCode }) => libraryCode ?? []);
    const [titles, places] = await Promise.all([
      models.Bib.find({ institutionId, recordId: { $in: recordIds }, deletedAt: null }, { recordId: 1 }).lean(),
      models.Location.find({ institutionId, libraryCode: { $in: [...new Set(libraryCodes)] } }, { libraryCode: 1, code: 1 }).lean(),
    ]);
    return {
      bibIds: new Map(titles.map(({ recordId, _id }) => [recordId, _id])),
      locations: new Set(places.map(({ libraryCode, code: locationCode }) => `${libraryCode}/${locationCode}`)),
    };
  },
  fields: (line, { bibIds, locations }, { institutionId, currency }) => {
    const { recordId, replacementCost, ...fields } = line;
    const place = `${line.libraryCode}/${line.locationCode}`;
    const moves = line.libraryCode !== undefined || line.locationCode !== undefined;
    const bibId = recordId === undefined ? undefined : bibIds.get(recordId);
    const reasons = [
      ...(recordId !== undefined && bibId === undefined ? [missing('recordId', recordId, 'record id of a bib')] : []),
      ...(moves && !locations.has(place) ? [missing('locationCode', place, 'codes of a library and a location')] : []),
      ...(moves === (bibId === undefined) ? [{ place: 'recordId', value: recordId ?? null, expectation: 'together with libraryCode and locationCode' }] : []),
    ];
    if (reasons.length > 0) return reasons;
    return {
      ...fields,
      barcodeKey: line.barcode,
      bibId,
      holdingId: bibId === undefined ? undefined : newRecordId('holdings', institutionId, `${bibId}/${place}`),
      currentLibraryCode: line.libraryCode,
      currentLocationCode: line.locationCode,
      replacementCost: typeof replacementCost === 'number' ? { amount: replacementCost, currency } : replacementCost,
    };
  },
  blank: (id) => ({
    pid: digitsOf(id),
    bibId: undefined,
    holdingId: undefined,
    barcode: undefined,
    barcodeKey: undefined,
    libraryCode: undefined,
    locationCode: undefined,
    inTemporaryLocation: false,
    currentLibraryCode: undefined,
    currentLocationCode: undefined,
    itemPolicy: null,
    materialType: null,
    baseStatus: 'IN_PLACE',
    processType: null,
    processTypeAt: null,
    currentLoanId: null,
    callNumber: null,
    copyId: null,
    description: null,
    replacementCost: null,
    importKey: `#${id}`,
    deletedAt: null,
    deleteAfter: null,
  }),
  beside: makeHoldings,
});

/** One holding for all items of a title in a location. */
async function makeHoldings({ models, institutionId: here, now }: Destination, shelved: Item[]): Promise<void> {
  const at = now();
  const there = await models.Holding.find({ institutionId: here, _id: { $in: [...new Set(shelved.map(({ holdingId }) => holdingId))] } }, { _id: 1 }).lean();
  const known = new Set(there.map(({ _id }) => _id));
  const holdings = new Map(
    shelved.filter(({ holdingId }) => !known.has(holdingId)).map(({ holdingId, institutionId, bibId, libraryCode, locationCode, callNumber }) => [
      holdingId,
      {
        _id: holdingId,
        institutionId,
        pid: digitsOf(holdingId),
        bibId,
        libraryCode,
        locationCode,
        callNumber,
        suppressed: false,
        importKey: `#${holdingId}`,
        deletedAt: null,
        deleteAfter: null,
        version: 1,
        createdAt: at,
        updatedAt: at,
      },
    ]),
  );
  await insertOnce(models.Holding, [...holdings.values()]);
}

/** A number for people, as unlikely to meet another as the identifier it is made of. */
const digitsOf = (id: string) => BigInt(`0x${id.slice(0, 15)}`).toString();
