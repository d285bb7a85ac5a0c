/** Names of zones, currencies and the like, whose look-up throws a RangeError for one that it does not know. */
export function isKnown(look: () => unknown): boolean {
  try {
    look();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
