/** The libraries of an institution as staff keep them, as far as rules and letters go by them (spec/data-model.md, 2, library). */
import { z } from 'zod';
import type { Library } from '../models/library.js';
import type { ConfigurationTable } from './configuration-table.js';
import type { ApiContext } from './context.js';
import { amount, lastingCode, name } from './profiles.js';
import { Refusal } from './refusal.js';
import type { Viewer } from './viewer.js';
import { shortened } from './words.js';

const schema = z.strictObject({
  code: lastingCode.describe('Unique in the institution. It stays: items, loans and fees have it.'),
  name: name.describe('As letters call it.'),
  email: z.email('expected an e-mail address').max(320).nullable().default(null).describe('Sender of its letters, and where lists of letters without an address go; null: the institution’s sender, and no lists.'),
  defaultReplacementCost: amount.min(1).nullable().default(null).describe('Minor units of the institution’s currency: of a lost item without a price of its own.'),
  inheritsCalendar: z.boolean().default(true).describe('Closings and other exceptions of the institution hold here too.'),
  shortLoanOpeningOffsetMinutes: z.int().min(0).max(1_439).default(0).describe('A loan for hours that would be due while it is closed is due so long after it opens.'),
  active: z.boolean().default(true).describe('Calendar changes of the institution are looked at for it.'),
});

export const libraries: ConfigurationTable<Library, z.output<typeof schema>> = {
  one: 'library',
  many: 'libraries',
  model: ({ Library: model }) => model,
  schema,
  key: 'code',
  sort: 'code',
  scope: {},
  beside: async () => ({}),
  async problems(_context, _viewer, { code }, before) {
    return before === null || code === before.code ? [] : [{ pointer: '/code', code: 'fixed', message: `"${code}" was given; expected "${before.code}": a code stays` }];
  },
  async usedBy({ models }, { institutionId, code: libraryCode }) {
    const [locations, loans, records] = await Promise.all([
      models.Location.countDocuments({ institutionId, libraryCode }),
      models.Loan.exists({ institutionId, status: 'ACTIVE', libraryCode }),
      models.CalendarRecord.exists({ institutionId, level: 'LIBRARY', libraryCode }),
    ]);
    if (locations > 0) return locations === 1 ? 'a location is in it' : `${locations} locations are in it`;
    return loans !== null ? 'items of it are on loan' : records !== null ? 'its calendar has records' : null;
  },
};

/** Refusal: not-found. */
export async function libraryOf({ models }: ApiContext, { institution }: Viewer, code: string): Promise<Library> {
  const library = await models.Library.findOne({ institutionId: institution.code, code }).lean();
  if (library === null) throw new Refusal('not-found', `There is no library ${shortened(code)}.`);
  return library;
}
