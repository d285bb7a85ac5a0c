/** The indexes of a seed that was kept, brought to what the models declare today. */
import type { Models } from '../models/models.js';

export async function bringIndexes(models: Models, said: (line: string) => void): Promise<void> {
  for (const model of Object.values(models)) {
    const { toCreate, toDrop } = await model.diffIndexes();
    if (toCreate.length + toDrop.length === 0) continue;
    said(`${model.modelName}: ${toDrop.length} indexes go, ${toCreate.length} come`);
    await model.syncIndexes();
  }
}
