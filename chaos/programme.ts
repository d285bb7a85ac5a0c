/** The kills of a night, drawn from the seed. */
import type { Draw } from './draw.js';
import { phases, places, type Phase, type PlaceName } from './places.js';
import { placesWithout, queuesInPages, type Scenario } from './scenarios.js';

export type Blow =
  | { kind: 'KILLED_AT'; place: PlaceName; skip: number; phase: Phase }
  /** Let go on when another attempt has come to `until`. */
  | { kind: 'FROZEN_AT'; place: PlaceName; until: PlaceName; skip: number; phase: Phase }
  | { kind: 'KILLED_AT_RANDOM'; worker: 0 | 1; afterMs: number; phase: Phase }
  | { kind: 'BOTH_DEAD'; phase: Phase }
  | { kind: 'SERVER_KILLED'; server: 'mongod' | 'temporal'; afterMs: number; phase: Phase };

/** Where a worker is frozen, and how far another attempt has come when it goes on: something is left that could be done twice. */
const frozenAt = {
  'before its notices are written': 'before its notices are written',
  'before its loans are lost': 'before its loans are lost',
  'its loans are lost': 'its loans are lost',
  'its fees are charged': 'its fees are charged',
  'before its loans have moved': 'before its loans have moved',
  'its loans have moved': 'its loans have moved',
  'its news are claimed': 'its news are claimed',
  'before its blocks have ended': 'before its blocks have ended',
  'before its loans name nobody': 'before its loans name nobody',
  'before the delivery claims letters': 'a letter is recorded as sent',
} as const satisfies Partial<Record<PlaceName, PlaceName>>;

export function frozen(place: keyof typeof frozenAt, skip: number): Blow {
  return { kind: 'FROZEN_AT', place, until: frozenAt[place], skip, phase: places[place].phase };
}

/** How many pages at most go by before a blow at one of them: a night has room for more blows after it. */
const passedBy = (pages: number): number => Math.ceil(pages / 10);

/** So many blows are in `deck`. */
const DECK = Object.keys(places).length + Object.keys(frozenAt).length + 12;

/** Every named place once, and of the others so many that each comes in every few nights. */
function deck(draw: Draw, pages: number, scenario: Scenario): Blow[] {
  const without = placesWithout(scenario);
  const isThere = (place: PlaceName) => !without.includes(place);
  const names = (Object.keys(places) as PlaceName[]).filter(isThere);
  const skip = (place: PlaceName) => (places[place].phase === 'PAGES' ? draw.below(passedBy(pages)) : 0);
  const random = (): { afterMs: number; phase: Phase } => ({ afterMs: draw.below(1_500), phase: draw.one(['PAGES', 'LETTERS', 'MAIL'] as const) });
  const all = [
    ...names.map((place): Blow => ({ kind: 'KILLED_AT', place, skip: skip(place), phase: places[place].phase })),
    ...(Object.keys(frozenAt) as (keyof typeof frozenAt)[]).filter(isThere).map((place) => frozen(place, skip(place))),
    ...Array.from({ length: 6 }, (): Blow => ({ kind: 'KILLED_AT_RANDOM', worker: draw.one([0, 1] as const), ...random() })),
    ...Array.from({ length: 2 }, (): Blow => ({ kind: 'BOTH_DEAD', phase: random().phase })),
    ...(['mongod', 'temporal', 'mongod', 'temporal'] as const).map((server): Blow => ({ kind: 'SERVER_KILLED', server, ...random() })),
  ];
  return queuesInPages(scenario) ? all.map(withLetters) : all;
}

/** A letter does not tell that the pages are over, where each page queues its own. */
const withLetters = (blow: Blow): Blow => (blow.phase === 'PAGES' ? { ...blow, phase: 'LETTERS' } : blow);

/** Blows without end: the deck shuffled, and again; `pages` are those that the night's loans fill. */
export function* blows(draw: Draw, pages: number, scenario: Scenario): Generator<Blow, never> {
  for (;;) yield* draw.shuffled(deck(draw, pages, scenario));
}

/**
 * The blows of one night, and those that wait for the next: they are taken in turn from those that waited already and then from the
 * endless ones, until there are `most` or a whole deck was looked through.
 *
 * A killed worker holds its page up, so that a page goes by with a blow; a frozen one is overtaken by half the pages of a night.
 */
export function deal(waiting: readonly Blow[], drawn: Iterator<Blow, never>, most: number, pages: number): { night: Blow[]; later: Blow[] } {
  const room = { PAGES: pages === 1 ? most : Math.ceil(pages / 3), LETTERS: pages === 1 ? most : Math.ceil(pages / 5), frozen: pages === 1 ? most : 1 };
  const takes = (what: keyof typeof room): boolean => (room[what] -= 1) >= 0;
  const fits = ({ kind, phase }: Blow): boolean =>
    kind === 'FROZEN_AT' && phase === 'PAGES' ? takes('frozen') : phase !== 'PAGES' && phase !== 'LETTERS' ? true : takes(phase);
  const [night, later]: [Blow[], Blow[]] = [[], []];
  for (let looked = 0; night.length < most && looked < Math.max(waiting.length, DECK); looked += 1) {
    const blow = waiting[looked] ?? drawn.next().value;
    (fits(blow) ? night : later).push(blow);
  }
  later.push(...waiting.slice(night.length + later.length));
  return { night: inOrder(night, pages), later };
}

/** As a night comes by their places; those without one, and the frozen ones of a night of many pages, when no page is needed any more. */
function inOrder(night: readonly Blow[], pages: number): Blow[] {
  const placed = (blow: Blow) => !('place' in blow) ? 98 : blow.kind === 'FROZEN_AT' && pages > 1 ? 97 : Object.keys(places).indexOf(blow.place);
  const rank = (blow: Blow) => phases.indexOf(blow.phase) * 100 + placed(blow);
  return [...night].sort((a, b) => rank(a) - rank(b));
}

export function blowText(blow: Blow): string {
  switch (blow.kind) {
    case 'KILLED_AT': return `worker killed: ${blow.place}`;
    case 'FROZEN_AT': return `worker frozen: ${blow.place}`;
    case 'KILLED_AT_RANDOM': return 'worker killed at random';
    case 'BOTH_DEAD': return 'both workers dead for 6 s';
    case 'SERVER_KILLED': return `${blow.server} killed and started again`;
  }
}
