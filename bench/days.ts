/**
 * How many local days a second the tables give, beside the formatter they replace.
 *
 * A night asks two or three of each of two million loans: at five million a second that is about a second of a run.
 */
import { localDay, zoneOf } from '../domain/days.js';

const TIME_ZONE = 'America/New_York';
const FROM = Date.UTC(2020, 0, 1);
const STEP = 97_000_000; // A little more than a day, so that every time of day comes by.
const INSTANTS = 20_000;

/** Prints instants a second for both, and the time the table of one zone takes to make. */
export function benchDays(): void {
  zoneOf('UTC'); // The first table of a process pays for loading the formatter.
  const madeAt = performance.now();
  const zone = zoneOf(TIME_ZONE);
  const tableMs = performance.now() - madeAt;

  const formatter = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE });
  const table = perSecond(500, (instant) => localDay(zone, instant));
  const intl = perSecond(2, (instant) => formatter.format(instant).length);

  console.log(
    `local days a second: ${millions(table)} by table, ${millions(intl)} by Intl (${Math.round(table / intl)}×)`,
  );
  console.log(`table of ${TIME_ZONE}: ${tableMs.toFixed(1)} ms, ${zone.starts.length} spells, 1970 to 2100`);
}

function perSecond(rounds: number, ask: (instant: number) => number): number {
  let sum = 0; // Kept, so that nothing is optimised away.
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1)
    for (let index = 0; index < INSTANTS; index += 1) sum += ask(FROM + index * STEP);
  const seconds = (performance.now() - startedAt) / 1000;
  return Number.isFinite(sum) ? (rounds * INSTANTS) / seconds : 0;
}

const millions = (rate: number) => `${(rate / 1e6).toFixed(2)} million`;
