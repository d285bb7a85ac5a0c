/** Chance that a seed repeats (mulberry32). */

export interface Draw {
  /** An integer from 0 to `below` - 1. */
  below(below: number): number;
  one<T>(choices: readonly T[]): T;
  /** A copy in another order. */
  shuffled<T>(all: readonly T[]): T[];
}

/** The same seed and purpose draw the same; another purpose of one seed draws independently. */
export function drawFrom(seed: number, purpose: string): Draw {
  let state = [...purpose].reduce((mixed, sign) => Math.imul(mixed ^ sign.codePointAt(0)!, 0x01000193), seed ^ 0x811c9dc5) >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    one: (choices) => choices[below(choices.length)]!,
    shuffled(all) {
      const mixed = [...all];
      for (let last = mixed.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
      }
      return mixed;
    },
  };
}
