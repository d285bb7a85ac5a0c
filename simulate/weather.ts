/** What befalls the library from outside, drawn once for the whole time: nights on which nothing runs, and what staff decide at short notice. */
import { drawFrom } from '../chaos/draw.js';

/** The nights of an outage; it lasts one to ten. */
export function outageNights(seed: number, nights: number): ReadonlySet<number> {
  const draw = drawFrom(seed, 'outages');
  const missed = new Set<number>();
  for (let night = 10 + draw.below(20); night < nights; night += 20 + draw.below(40)) {
    const length = 1 + draw.below(10);
    for (let more = 0; more < length; more += 1) missed.add(night + more);
  }
  return missed;
}

/** Days from today that staff close, about one decision in three weeks. */
export function closedAtShortNotice(seed: number, day: number): number | null {
  const draw = drawFrom(seed, `closing ${day}`);
  return draw.below(20) === 0 ? 5 + draw.below(25) : null;
}

/** The library whose due dates staff move in bulk, about once a month. */
export function libraryMoving<Library>(seed: number, day: number, libraries: readonly Library[]): Library | null {
  const draw = drawFrom(seed, `moving ${day}`);
  return draw.below(30) === 0 ? draw.one(libraries) : null;
}
