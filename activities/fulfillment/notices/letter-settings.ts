/** What the installation has set about letters on loans (fulfillment-loans.md, S8.6), and the libraries that they name. */
import type { FulfillmentSettings } from '../../../models/fulfillment.js';
import type { Library } from '../../../models/library.js';
import type { Models } from '../../../models/models.js';

export interface LetterSettings {
  separatePatronNotificationsByLibrary: boolean;
  maxLoansPerLetter: number;
  /** By code. */
  libraries: ReadonlyMap<string, Pick<Library, 'code' | 'name' | 'email'>>;
}

/** Whether a patron gets a letter for each library; of an institution without fulfillment settings (null) not. */
export const separatesByLibrary = (settings: Pick<FulfillmentSettings, 'separatePatronNotificationsByLibrary'> | null): boolean => settings?.separatePatronNotificationsByLibrary ?? false;

/** Of an institution without fulfillment settings (null) the defaults hold. */
export function letterSettingsOf(
  settings: Pick<FulfillmentSettings, 'separatePatronNotificationsByLibrary' | 'maxLoansPerLetter'> | null,
  libraries: readonly Pick<Library, 'code' | 'name' | 'email'>[],
): LetterSettings {
  return {
    separatePatronNotificationsByLibrary: separatesByLibrary(settings),
    maxLoansPerLetter: settings?.maxLoansPerLetter ?? 200,
    libraries: new Map(libraries.map((library) => [library.code, library])),
  };
}

/** All that a page of letters is written by: amounts and dates stand in its notices. */
export async function readLetterSettings(models: Models, institutionId: string): Promise<LetterSettings> {
  const [settings, libraries] = await Promise.all([
    models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1, maxLoansPerLetter: 1 }).lean(),
    models.Library.find({ institutionId }, { code: 1, name: 1, email: 1 }).lean(),
  ]);
  return letterSettingsOf(settings, libraries);
}
