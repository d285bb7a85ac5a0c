/** The people and copies that lines about loans, fees and requests name; one query a batch for each. */
import type { Item } from '../../../models/catalogue-records.js';
import type { Destination } from './loadable.js';

export interface Borrower {
  _id: string;
  userGroup: string | null;
}
const ofItems = {
  bibId: 1, barcodeKey: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1, callNumber: 1, description: 1,
  baseStatus: 1, processType: 1, processTypeAt: 1, currentLoanId: 1,
} as const;
export type LentItem = Pick<Item, '_id' | keyof typeof ofItems>;

export async function borrowersNamed({ models, institutionId }: Destination, primaryIds: (string | null | undefined)[]): Promise<Map<string, Borrower>> {
  const asked = [...new Set(primaryIds.filter((one) => typeof one === 'string'))];
  const found = await models.User.find({ institutionId, primaryId: { $in: asked } }, { primaryId: 1, userGroup: 1 }).lean();
  return new Map(found.map(({ primaryId, _id, userGroup }) => [primaryId, { _id, userGroup }]));
}

export async function itemsNamed({ models, institutionId }: Destination, barcodes: (string | null | undefined)[]): Promise<Map<string, LentItem>> {
  const asked = [...new Set(barcodes.filter((one) => typeof one === 'string'))];
  const found = await models.Item.find({ institutionId, barcodeKey: { $in: asked } }, ofItems).lean();
  return new Map(found.map((one) => [one.barcodeKey, one]));
}
