/** The people and copies that lines about loans, fees and requests name; one query a batch for each. */
import type { Item } from '../../../models/catalogue-records.js';
import type { Destination } from './loadable.js';

export interface Borrower {
  _id: string;
  userGroup: string | null;
}
export type LentItem = Pick<Item, '_id' | 'bibId' | 'barcodeKey' | 'libraryCode' | 'locationCode' | 'itemPolicy' | 'materialType' | 'callNumber' | 'description'>;

export async function borrowersNamed({ models, institutionId }: Destination, primaryIds: (string | null | undefined)[]): Promise<Map<string, Borrower>> {
  const asked = [...new Set(primaryIds.filter((one) => typeof one === 'string'))];
  const found = await models.User.find({ institutionId, primaryId: { $in: asked } }, { primaryId: 1, userGroup: 1 }).lean();
  return new Map(found.map(({ primaryId, _id, userGroup }) => [primaryId, { _id, userGroup }]));
}

export async function itemsNamed({ models, institutionId }: Destination, barcodes: (string | null | undefined)[]): Promise<Map<string, LentItem>> {
  const asked = [...new Set(barcodes.filter((one) => typeof one === 'string'))];
  const wanted = { bibId: 1, barcodeKey: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1, callNumber: 1, description: 1 };
  const found = await models.Item.find({ institutionId, barcodeKey: { $in: asked } }, wanted).lean();
  return new Map(found.map((one) => [one.barcodeKey, one]));
}
