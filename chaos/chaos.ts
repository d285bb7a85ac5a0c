/**
 * Nights under blows beside an undisturbed one of the same seed (engine.md 4.4).
 *
 * Every night has an institution of its own with the same library, so that one undisturbed night stands beside all. Kills are drawn
 * until as many were struck as were asked for; a blow whose place a night never came to is drawn again later.
 */
import { join } from 'node:path';
import { keptBundle, ours, type Sources } from '../worker/workflow-bundle.js';
import { drawFrom } from './draw.js';
import { asOf } from './library.js';
import { openInstallation } from './installation.js';
import { startChaosMailServer } from './mail-server.js';
import { night, type House, type Struck } from './night.js';
import type { Sabotage } from './orders.js';
import { outages, type Outage } from './outage.js';
import { pictureOf } from './picture.js';
import { blows, deal, frozen, type Blow } from './programme.js';
import { reckon, subjects, type Reckoning } from './reckoning.js';
import type { Scenario } from './scenarios.js';
import { Workers } from './workers.js';

export interface ChaosOptions {
  scenario: Scenario;
  seed: number;
  kills: number;
  loans: number;
  /** Each is switched off in a night with the one overlap that it protects from, and a mail server that behaves. */
  sabotage: readonly Sabotage[];
  report: (line: string) => void;
}

export interface Night {
  institutionId: string;
  struck: Struck[];
  reckoning: Reckoning;
}

/** A night without one of its protections. */
export interface SabotagedNight extends Night {
  protection: Sabotage;
  /** Two attempts overlapped, and what the protection keeps away was told. */
  seen: boolean;
}

export interface Chaos {
  nights: Night[];
  outages: Outage[];
  sabotaged: SabotagedNight[];
  /** How often each fault of the mail server befell a letter. */
  mailFaults: Map<string, number>;
}

/** The workflows of the product with the impatience of the test. */
const impatient: Sources = { ...ours, interceptors: [join(import.meta.dirname, 'impatience.ts')] };
/** Of the first difference of a subject, shown when its night is over. */
const FIRST_SIGNS = 300;
const LOANS_A_PAGE = 1_000;
/** The schedule is what an outage is about. */
const OUTAGE_LOANS = 300;
/** A night of more pages has room for more. */
const blowsANight = (pages: number): number => 11 + pages;
/** Blows whose place was not come to are drawn again, but not for ever. */
const mostNights = (kills: number, pages: number): number => 4 * Math.ceil(kills / blowsANight(pages));

const overlaps: Record<Sabotage, Blow> = {
  'notice-key': frozen('before its notices are written', 0),
  'loan-filter': frozen('before its loans are lost', 0),
  'letter-claim': frozen('before the delivery claims letters', 0),
};

/** By which the absence of a protection shows: a notice that stands there twice, a loan lost twice, a letter accepted more often than its attempts tell. */
const signs: Record<Sabotage, (reckoning: Reckoning) => boolean> = {
  'notice-key': ({ notice }) => notice.some((line) => line.startsWith('more ')),
  'loan-filter': ({ loan }) => loan.some((line) => /^more .*"lostCount":2/.test(line)),
  'letter-claim': ({ mail }) => mail.some((line) => line.startsWith('more ')),
};

export async function chaos({ scenario, seed, kills, loans, sabotage, report }: ChaosOptions): Promise<Chaos> {
  const codePath = await keptBundle(impatient);
  const mail = await startChaosMailServer(seed);
  const installation = await openInstallation({ commandLine: 'npm run chaos', smtpUrl: mail.url });
  const institutionOf = (sabotaged: Sabotage) => `s${String(sabotage.indexOf(sabotaged) + 1).padStart(2, '0')}`;
  const workers = new Workers(installation, mail, { codePath, sabotage: Object.fromEntries(sabotage.map((each) => [institutionOf(each), each])) });
  const house: House = { installation, mail, workers, report };
  const { models } = installation;

  const nightOf = async (institutionId: string, planned: readonly Blow[]): Promise<Struck[]> => {
    const job = await scenario.prepare(models, institutionId, { seed, loans });
    return night(house, institutionId, () => installation.begin(institutionId, job, asOf), planned);
  };
  const compared = async (institutionId: string, planned: readonly Blow[], undisturbed: readonly string[]): Promise<Night> => {
    const startedAt = performance.now();
    const struck = await nightOf(institutionId, planned);
    const reckoning = await reckon(house, undisturbed, institutionId);
    const count = struck.filter((each) => each.struck).length;
    report(`night ${institutionId}: ${count} of ${planned.length} blows struck, ${differencesIn(reckoning)} differences, ${Math.round((performance.now() - startedAt) / 1000)} s`);
    for (const [first] of Object.values(reckoning)) if (first !== undefined) report(`  ${first.slice(0, FIRST_SIGNS)}`);
    return { institutionId, struck, reckoning };
  };

  try {
    await workers.start();
    for (const each of ['u00', ...sabotage.map(institutionOf)]) mail.spared.add(each);
    await nightOf('u00', []);
    const undisturbed = await pictureOf(models, 'u00', []);
    report(`undisturbed night: ${undisturbed.length} facts`);

    const nights: Night[] = [];
    const pages = Math.ceil(loans / LOANS_A_PAGE);
    const drawn = blows(drawFrom(seed, 'blows'), pages, scenario);
    let left = kills;
    let waiting: Blow[] = [];
    for (let number = 1; left > 0; number += 1) {
      if (number > mostNights(kills, pages)) throw new Error(`after ${number - 1} nights, ${left} of ${kills} blows were not struck`);
      const planned = deal(waiting, drawn, Math.min(left, blowsANight(pages)), pages);
      const done = await compared(`c${String(number).padStart(2, '0')}`, planned.night, undisturbed);
      nights.push(done);
      waiting = [...done.struck.flatMap(({ blow, struck }) => (struck ? [] : [sooner(blow)])), ...planned.later];
      left -= done.struck.filter(({ struck }) => struck).length;
    }
    const missed = kills === 0 ? [] : await outages(house, (institutionId) => scenario.prepare(models, institutionId, { seed, loans: Math.min(loans, OUTAGE_LOANS) }));
    const sabotaged: SabotagedNight[] = [];
    for (const protection of sabotage) {
      const done = await compared(institutionOf(protection), [overlaps[protection]], undisturbed);
      sabotaged.push({ ...done, protection, seen: done.struck.every(({ struck }) => struck) && signs[protection](done.reckoning) });
    }
    return { nights, outages: missed, sabotaged, mailFaults: mail.befell };
  } finally {
    workers.end();
    await installation.stop();
    await mail.close();
  }
}

/** A place that a night comes to less often than it was to be passed by would be waited for in every night, before all others. */
function sooner(blow: Blow): Blow {
  return 'skip' in blow ? { ...blow, skip: Math.floor(blow.skip / 2) } : blow;
}

export function differencesIn(reckoning: Reckoning): number {
  return subjects.reduce((sum, subject) => sum + reckoning[subject].length, 0);
}
