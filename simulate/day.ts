/** A day at the library, through the desk that staff and patrons use. */
import { drawFrom } from '../chaos/draw.js';
import { dayText, localToInstant, type DayNumber } from '../domain/days.js';
import { ofFees } from './fees.js';
import type { Happening, Life } from './happening.js';
import { newLoans, ofLoans } from './loans.js';
import { comeAndGo } from './readers.js';
import { sideBySide } from './side-by-side.js';
import { ofStaff } from './staff.js';

/** Lives one day and answers how often what happened, refusals by their reason. */
export async function liveADay(life: Life, day: DayNumber): Promise<Map<string, number>> {
  const { models, seed, plan: { institutionId, zone } } = life;
  const told = new Map<string, number>();
  const live = async ({ minutes, what, by, asked }: Happening): Promise<void> => {
    const at = new Date(localToInstant(zone, day, minutes));
    const { outcome, reason } = await asked({ models, institutionId, at, by, actorId: by === 'STAFF' ? 'desk' : 'self', tellMail: () => Promise.resolve() });
    const line = `${what}: ${reason ?? outcome}`;
    told.set(line, (told.get(line) ?? 0) + 1);
  };
  // What staff do before the doors open touches all loans.
  for (const happening of ofStaff(life, day)) await live(happening);
  const draw = drawFrom(seed, `day ${dayText(day)}`);
  const happenings = [...(await ofLoans(life, day, draw)), ...(await ofFees(life, draw)), ...(await newLoans(life, day, draw))];
  await sideBySide(happenings.sort((a, b) => a.minutes - b.minutes), live);
  await comeAndGo(life, day);
  return told;
}
