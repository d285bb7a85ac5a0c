/** The one loan whose record is explained. */
import type { Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { FieldsOf } from './walk.js';

/**
 * By its id, or the open one (else the latest) by the barcode of its item: `loan:<id>`, `loan:<barcode>`. null: there is none; another
 * type of record is a RangeError.
 */
export async function findLoan<Read extends Pick<Loan, '_id' | 'status'>>(
  models: Models, institutionId: string, record: string, fields: FieldsOf<Read>,
): Promise<Read | null> {
  const [type = '', ...rest] = record.split(':');
  const key = rest.join(':');
  if (type !== 'loan' || key === '') throw new RangeError(`"${record}" is not a loan: expected loan:<id> or loan:<barcode>`);
  const byId = await models.Loan.findOne({ institutionId, _id: key }, fields).lean<Read>();
  if (byId !== null) return byId;
  const ofItem = await models.Loan.find({ institutionId, barcode: key }, { ...fields, loanDate: 1 }).sort({ loanDate: -1 }).lean<Read[]>();
  return ofItem.find(({ status }) => status === 'ACTIVE') ?? ofItem[0] ?? null;
}
