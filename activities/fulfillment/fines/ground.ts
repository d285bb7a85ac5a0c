/** What every patron of a page is judged by: the moment and the profiles; and what letters call libraries and types of fees. Read once per page. */
import { momentAt, zoneOf, type Moment } from '../../../domain/days.js';
import type { FinesFeesProfile } from '../../../domain/fulfillment/fines-fees-notifications.js';
import type { Models } from '../../../models/models.js';
import { typeNamesOf, type ToldWith } from '../fees/told-fee.js';

export interface Ground {
  institutionId: string;
  runId: string;
  moment: Moment;
  /** By type, then by name: inactive ones too, so that *explain a record* can say so. */
  profiles: readonly FinesFeesProfile[];
  told: ToldWith;
}

/** Which institution, when, and by which run. */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
}

export async function readGround(models: Models, { institutionId, runId, asOf, timeZone }: Judging): Promise<Ground> {
  const [profiles, libraries, settings] = await Promise.all([
    models.FinesFeesNotificationProfile.find({ institutionId }).lean(),
    models.Library.find({ institutionId }, { code: 1, name: 1 }).lean(),
    models.FulfillmentSettings.findOne({ institutionId }, { staffFeeTypeNames: 1 }).lean(),
  ]);
  return {
    institutionId,
    runId,
    moment: momentAt(zoneOf(timeZone), Date.parse(asOf)),
    profiles: profiles
      .map((profile) => ({ ...profile, profileId: profile._id }))
      .sort((a, b) => a.notificationType - b.notificationType || (a.name < b.name ? -1 : 1)),
    told: { libraries: new Map(libraries.map((library) => [library.code, library])), typeNames: typeNamesOf(settings) },
  };
}
