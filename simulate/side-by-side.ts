/** What people do at the same time, as at several desks. */

/** `touches`: the records on which the outcome depends, or which it changes. */
export interface Touching {
  touches: readonly string[];
}

/** As many at once as a busy library has desks. */
const LANES = 12;

/** Lives all; what touches the same record goes in the order given, so the outcome is as if everything went in it. */
export async function sideBySide<One extends Touching>(all: readonly One[], live: (one: One) => Promise<void>): Promise<void> {
  const lastOf = new Map<string, Promise<void>>();
  const left = all.values();
  const lane = async (): Promise<void> => {
    for (const one of left) {
      const before = one.touches.flatMap((record) => lastOf.get(record) ?? []);
      const lived = Promise.all(before).then(() => live(one));
      for (const record of one.touches) lastOf.set(record, lived);
      await lived;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
