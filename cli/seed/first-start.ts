/** The demonstration library of an installation on this machine: made at the first start, offered at every one. */
import { now } from '../../config/clock.js';
import { createIndexes } from '../../models/models.js';
import { withProgress } from '../load/progress.js';
import { withModelsAt } from '../models-at.js';
import { sizes } from './plan.js';
import { demonstrationInstitution, seedDemonstration } from './seed.js';
import { signInsAt, type SignIn } from './staff.js';

/** Makes it where its code is free, and answers who can sign in to it. */
export async function demonstrationOf(mongodbUri: string): Promise<SignIn[]> {
  return withModelsAt(mongodbUri, 'almanac-cli', async (models) => {
    if ((await models.Institution.exists({ institutionId: demonstrationInstitution })) !== null) return signInsAt(models, demonstrationInstitution);
    await createIndexes(models);
    const { signIns } = await withProgress('Making the demonstration library', (onProgress) =>
      seedDemonstration({ models, now, onProgress }, demonstrationInstitution, sizes.S));
    return signIns;
  });
}
