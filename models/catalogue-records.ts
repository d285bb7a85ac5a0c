/** bib, holding and item, as far as circulation needs them (spec/data-model.md, 3 Catalogue records). */
import type { Connection } from 'mongoose';
import {
  anything,
  maybeInstant,
  maybeOneOf,
  maybeText,
  oneOf,
  part,
  text,
  texts,
  versioned,
  type Versioned,
} from './document.js';

export interface MarcField {
  tag: string;
  ind1?: string;
  ind2?: string;
  /** Of a control field. */
  value?: string;
  subfields?: { code: string; value: string }[];
}

export interface Bib extends Versioned {
  recordId: string;
  format: 'MARC21' | 'UNIMARC' | 'DC';
  marc: { leader: string; fields: MarcField[] };
  title: string;
  author: string | null;
  sortTitle: string;
  publisher: string | null;
  publicationYear: number | null;
  isbns: string[];
  issns: string[];
  suppressed: boolean;
  importKey: string;
  czKey: string;
  deletedAt: Date | null;
  deleteAfter: Date | null;
}

const bibSchema = versioned<Bib>('bibs', {
  recordId: text,
  format: { ...oneOf(['MARC21', 'UNIMARC', 'DC']), default: 'MARC21' },
  marc: { type: anything, required: true },
  title: { type: String, default: '' },
  author: maybeText,
  sortTitle: { type: String, default: '' },
  publisher: maybeText,
  publicationYear: { type: Number, default: null },
  isbns: texts,
  issns: texts,
  suppressed: { type: Boolean, default: false },
  importKey: text,
  czKey: text,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
});
bibSchema.index({ institutionId: 1, recordId: 1 }, { unique: true });
bibSchema.index({ institutionId: 1, importKey: 1 }, { unique: true });
bibSchema.index({ institutionId: 1, czKey: 1 }, { unique: true });
export const bibModel = (db: Connection) => db.model<Bib>('Bib', bibSchema);

export interface Holding extends Versioned {
  pid: string;
  bibId: string;
  libraryCode: string;
  locationCode: string;
  callNumber: string | null;
  suppressed: boolean;
  importKey: string;
  deletedAt: Date | null;
  deleteAfter: Date | null;
}

const holdingSchema = versioned<Holding>('holdings', {
  pid: text,
  bibId: text,
  libraryCode: text,
  locationCode: text,
  callNumber: maybeText,
  suppressed: { type: Boolean, default: false },
  importKey: text,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
});
holdingSchema.index({ institutionId: 1, pid: 1 }, { unique: true });
holdingSchema.index({ institutionId: 1, importKey: 1 }, { unique: true });
holdingSchema.index({ institutionId: 1, bibId: 1 });
export const holdingModel = (db: Connection) => db.model<Holding>('Holding', holdingSchema);

export const processTypes = [
  'LOAN',
  'TRANSIT',
  'HOLDSHELF',
  'WORK_ORDER_DEPARTMENT',
  'MISSING',
  'LOST_LOAN',
  'LOST_LOAN_AND_PAID',
  'LOST_ILL',
  'CLAIM_RETURNED_LOAN',
  'ILL',
  'ACQ',
  'TRANSIT_TO_REMOTE_STORAGE',
] as const;

export interface Item extends Versioned {
  pid: string;
  bibId: string;
  holdingId: string;
  barcode: string | null;
  /** The barcode while not deleted, else `#<_id>`. */
  barcodeKey: string;
  libraryCode: string;
  locationCode: string;
  inTemporaryLocation: boolean;
  currentLibraryCode: string;
  currentLocationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  baseStatus: 'IN_PLACE' | 'NOT_IN_PLACE';
  processType: (typeof processTypes)[number] | null;
  processTypeAt: Date | null;
  currentLoanId: string | null;
  callNumber: string | null;
  copyId: string | null;
  description: string | null;
  replacementCost: { amount: number; currency: string } | null;
  importKey: string;
  deletedAt: Date | null;
  deleteAfter: Date | null;
}

const itemSchema = versioned<Item>('items', {
  pid: text,
  bibId: text,
  holdingId: text,
  barcode: maybeText,
  barcodeKey: text,
  libraryCode: text,
  locationCode: text,
  inTemporaryLocation: { type: Boolean, default: false },
  currentLibraryCode: text,
  currentLocationCode: text,
  itemPolicy: maybeText,
  materialType: maybeText,
  baseStatus: oneOf(['IN_PLACE', 'NOT_IN_PLACE']),
  processType: maybeOneOf(processTypes),
  processTypeAt: maybeInstant,
  currentLoanId: maybeText,
  callNumber: maybeText,
  copyId: maybeText,
  description: maybeText,
  replacementCost: { type: part({ amount: { type: Number, required: true }, currency: text }), default: null },
  importKey: text,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
});
itemSchema.index({ institutionId: 1, pid: 1 }, { unique: true });
itemSchema.index({ institutionId: 1, barcodeKey: 1 }, { unique: true });
itemSchema.index({ institutionId: 1, importKey: 1 }, { unique: true });
itemSchema.index({ institutionId: 1, bibId: 1 });
// requests-recalculate-after-inventory-update: what changed (change index).
itemSchema.index({ institutionId: 1, updatedAt: 1, _id: 1 });
export const itemModel = (db: Connection) => db.model<Item>('Item', itemSchema);
