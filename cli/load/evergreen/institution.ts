/** The institution that a dump is loaded into, made when it is missing. */
import { zoneOf } from '../../../domain/days.js';
import { isKnown } from '../../../domain/known-name.js';
import { exponentOf } from '../../../domain/money.js';
import type { Institution } from '../../../models/institution.js';
import type { Models } from '../../../models/models.js';
import { isInstitutionCode } from '../../institution-code.js';
import { NotLoadable } from '../not-loadable.js';
import { recordIdOf } from '../record-id.js';

export interface Wanted {
  code: string;
  timeZone: string;
  /** ISO 4217; null: USD for a new institution, whatever it has for an old one. */
  currency: string | null;
  name: string | null;
  /** The only receivers of a new institution, which is a sandbox: `*@domain`. */
  allowedEmails: string[];
}

/** What most libraries begin with: three reminders, and lost after a month. A dump says nothing of it. */
export const standardProfiles = [
  { name: 'First notice', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1 },
  { name: 'Second notice', type: 'OVERDUE_NOTIFICATION_2', daysAfterDueDate: 7 },
  { name: 'Third notice', type: 'OVERDUE_NOTIFICATION_3', daysAfterDueDate: 14 },
  { name: 'Lost', type: 'CHANGE_TO_LOST', daysAfterDueDate: 30 },
] as const;

/** Answers the institution and whether it was made now. One that is there keeps its settings, and must agree with what is wanted. */
export async function institutionFor(models: Models, wanted: Wanted): Promise<{ institution: Institution; isNew: boolean }> {
  const { code, timeZone } = wanted;
  const currency = wanted.currency ?? 'USD';
  check(isInstitutionCode(code), `The institution's code "${code}" is not 2 to 32 of a-z, 0-9 and "-".`);
  check(isKnown(() => zoneOf(timeZone)), `"${timeZone}" is no time zone, such as America/New_York.`);
  check(isKnown(() => exponentOf(currency)), `"${currency}" is no currency of ISO 4217, such as USD.`);

  const stored = await models.Institution.findOne({ institutionId: code }).lean();
  if (stored !== null) {
    check(stored.timeZone === timeZone, `Institution ${code} is in ${stored.timeZone}, not in ${timeZone}.`);
    check(wanted.currency === null || stored.currency === currency, `Institution ${code} has ${stored.currency}, not ${currency}.`);
    return { institution: stored, isNew: false };
  }
  // The institution last: when this breaks off, the next load begins here again.
  await models.FulfillmentSettings.updateOne(
    { institutionId: code },
    { $setOnInsert: { _id: recordIdOf(code, 'fulfillmentSettings') } },
    { upsert: true },
  );
  for (const profile of standardProfiles) {
    const { name } = profile;
    const _id = recordIdOf(code, 'overdueLostProfile', name);
    await models.OverdueLostProfile.updateOne({ institutionId: code, name }, { $setOnInsert: { _id, ...profile } }, { upsert: true });
  }
  const made = await models.Institution.create({
    institutionId: code,
    code,
    name: wanted.name ?? code,
    kind: 'INSTITUTION',
    status: 'ACTIVE',
    environment: 'SANDBOX',
    timeZone,
    currency,
    defaultLanguage: 'en',
    languages: ['en'],
    allowedEmails: wanted.allowedEmails,
  });
  return { institution: made.toObject(), isNew: true };
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new NotLoadable(message);
}
