/** Fixture A with terms of use for each way with closed time, and three libraries that have hours of their own. */
import type { Models } from '../../models/models.js';
import { newId } from '../../models/document.js';
import { calendar, demoLibrary, idOf } from './demo-library.js';
import { mainHours } from './fixture-a.js';

/** WEST opens its desk an hour late; EAST does not follow the institution. Terms `PREVIOUS_OPEN` and `KEEP` are those of BOOK but for that. */
export async function correctionLibrary(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await models.Library.create({ institutionId, code: 'EAST', name: 'East Branch', email: 'east@lib.example', inheritsCalendar: false });
  await models.Library.updateOne({ institutionId, code: 'WEST' }, { $set: { shortLoanOpeningOffsetMinutes: 60 } });
  for (const libraryCode of ['WEST', 'EAST']) await calendar(models, institutionId, mainHours.map((hours) => ({ ...hours, libraryCode })));
  const ofBook = await models.TermsOfUse.findOne({ institutionId, code: 'BOOK' }).orFail().lean();
  for (const code of ['PREVIOUS_OPEN', 'KEEP']) {
    const type = 'closedLibraryDueDateManagement';
    await models.Policy.create({ institutionId, code, type, name: code, value: code, originKey: `#${newId()}` });
    const policies = [...ofBook.policies.filter((policy) => policy.type !== type), { type, policyCode: code }];
    await models.TermsOfUse.create({ _id: idOf(institutionId, code), institutionId, code, type: 'LOAN', name: code, originKey: `#${newId()}`, policies });
  }
}
