/** The letters of a run that had no address, told to the libraries they are about (fulfillment-loans.md S8.8). */
import { z } from 'zod';
import type { StoredLetter } from '../models/letter.js';
import type { UndeliverableLettersData } from '../templates/letters/undeliverable-letters-report.js';
import { permanently } from './failures.js';
import { insertLetters, planLetters, type LetterContext } from './letters.js';

/** A mail lists so many, the first by name, and counts the rest: nobody posts thousands by hand. */
const LISTED = 500;

type Listed = UndeliverableLettersData['letters'][number];
type Addressless = Pick<StoredLetter, 'letterCode' | 'channel' | 'recipient' | 'libraryCode' | 'data'>;

/** What is read of any letter's data: whose it is, and which loans and fees of which libraries it is about. */
const aboutPatron = z.object({
  user: z.object({ primaryId: z.string() }),
  loans: z.array(z.object({ title: z.string().nullable(), libraryCode: z.string() })).default([]),
  /** Those of the institution itself are told to no library. */
  fees: z.array(z.object({ title: z.string().nullable(), libraryCode: z.string().nullable() })).default([]),
});

/**
 * Queues one mail to each library with a mailbox that names the patrons whom this run could not reach. Answers how many mails
 * there are.
 *
 * A letter about loans or fees of several libraries is told to each. Repeatable: one mail a run and library, the first one stays.
 */
export async function queueUndeliverableReports(context: LetterContext, runId: string): Promise<number> {
  const { models, institutionId, now } = context;
  const byLibrary = await addresslessByLibrary(context, runId);
  if (byLibrary.size === 0) return 0;
  const [institution, run, libraries] = await Promise.all([
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
    models.Run.findOne({ institutionId, _id: runId }, { name: 1 }).lean(),
    models.Library.find({ institutionId, code: { $in: [...byLibrary.keys()] } }, { code: 1, name: 1, email: 1 }).lean(),
  ]);
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);
  if (run === null) throw permanently('RUN_MISSING', `There is no run "${runId}" of institution "${institutionId}".`);

  const requests = libraries.flatMap(({ code, name, email }) => {
    const letters = byLibrary.get(code);
    if (email === null || letters === undefined) return [];
    const report: UndeliverableLettersData = {
      library: { code, name },
      institution: { code: institution.code, name: institution.name },
      jobName: run.name,
      runUrl: institution.publicBaseUrl === '' ? null : `${institution.publicBaseUrl}/runs/${runId}`,
      letters: firstByName(letters.listed),
      more: Math.max(0, letters.count - LISTED),
      timeZone: institution.timeZone,
      currency: institution.currency,
      date: now().toISOString(),
    };
    return [{
      letterCode: 'UndeliverableLettersReport',
      dedupeKey: `${runId}:${code}`,
      to: { type: 'LIBRARY' as const, id: code, name, address: email, language: null },
      // Sent to the library, not by it: the sender is the letter's own.
      libraryCode: null,
      data: { ...report },
      sendFormat: 'EMAIL' as const,
      causes: [],
      runId,
      part: 1,
    }];
  });
  const { planned } = await planLetters(context, requests);
  await insertLetters(models, planned);
  return planned.length;
}

async function addresslessByLibrary(
  { models, institutionId }: LetterContext, runId: string,
): Promise<Map<string, { listed: Listed[]; count: number }>> {
  const byLibrary = new Map<string, { listed: Listed[]; count: number }>();
  const letters = models.Letter.find(
    { institutionId, runId, state: 'SUPPRESSED', suppressedReason: 'NO_ADDRESS' },
    { letterCode: 1, channel: 1, recipient: 1, libraryCode: 1, data: 1 },
  ).lean<Addressless[]>().cursor({ batchSize: 500 });
  for await (const letter of letters) {
    for (const [libraryCode, entry] of entriesOf(letter)) {
      const known = byLibrary.get(libraryCode) ?? { listed: [], count: 0 };
      known.count += 1;
      known.listed.push(entry);
      if (known.listed.length === 2 * LISTED) known.listed = firstByName(known.listed);
      byLibrary.set(libraryCode, known);
    }
  }
  return byLibrary;
}

const firstByName = (listed: readonly Listed[]): Listed[] => listed.toSorted(byName).slice(0, LISTED);

/** As staff look people up. Which letter was written first is chance: pages run side by side, and a page may be done twice. */
function byName(one: Listed, other: Listed): number {
  const keyOf = ({ name, primaryId, letterCode, channel, titles }: Listed) => [name, primaryId, letterCode, channel, ...titles].join('\n');
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

/** By library: what its staff need to know of a letter. */
function entriesOf({ letterCode, channel, recipient, libraryCode, data }: Addressless): [libraryCode: string, entry: Listed][] {
  const about = aboutPatron.safeParse(data);
  if (!about.success || channel === 'PRINT') return [];
  const { user, loans, fees } = about.data;
  const libraryCodes = libraryCode === null ? [...new Set([...loans, ...fees].flatMap((each) => each.libraryCode ?? []))] : [libraryCode];
  return libraryCodes.map((code) => {
    const ofLoans = loans.filter((loan) => loan.libraryCode === code).map(({ title }) => title);
    const ofFees = new Set(fees.flatMap((fee) => (fee.libraryCode === code ? (fee.title ?? []) : [])));
    const titles = [...ofLoans, ...[...ofFees].filter((title) => !ofLoans.includes(title))];
    return [code, { letterCode, channel, name: recipient.name ?? user.primaryId, primaryId: user.primaryId, titles }];
  });
}
