/**
 * To a library: letters of a run to its patrons that had no address, so that staff can post them or call (fulfillment-loans.md
 * S8.8).
 */
import { z } from 'zod';
import type { Letter, LetterView } from '../letter.js';
import { isLabel } from '../labels.js';
import { readerOf, type Reader } from '../reader.js';
import { isolated, oneLine, webAddress } from '../text.js';

export const undeliverableLettersData = z.object({
  library: z.object({ code: z.string(), name: z.string() }),
  institution: z.object({ code: z.string(), name: z.string() }),
  /** As librarians know it. */
  jobName: z.string(),
  /** Page of the run; null where the installation has no public address. */
  runUrl: z.string().nullable(),
  letters: z.array(z.object({
    letterCode: z.string(),
    channel: z.enum(['EMAIL', 'SMS']),
    name: z.string(),
    primaryId: z.string(),
    /** What the letter was about: titles of loans. */
    titles: z.array(z.string().nullable()),
  })).min(1),
  /** Letters beyond those listed. */
  more: z.int().min(0),
  /** IANA zone in which the day is written. */
  timeZone: z.string(),
  currency: z.string(),
  /** ISO 8601 UTC: when the run ended. */
  date: z.iso.datetime(),
});

export type UndeliverableLettersData = z.infer<typeof undeliverableLettersData>;

interface UndeliverableLettersView extends LetterView {
  jobName: string;
  day: string;
  letterCount: number;
  letters: { name: string; primaryId: string; about: string; titles: string[] }[];
  more: number;
  runUrl: string | null;
}

const letter = (name: string, primaryId: string, titles: (string | null)[]): UndeliverableLettersData['letters'][number] => ({
  letterCode: 'FulOverdueAndLostLoanNotificationLetter', channel: 'EMAIL', name, primaryId, titles,
});
const single: UndeliverableLettersData = {
  library: { code: 'MAIN', name: 'Main Library' },
  institution: { code: 'demo', name: 'University of Somewhere Libraries' },
  jobName: 'Loans – Overdue and Lost Item',
  runUrl: 'https://almanac.example.edu/runs/65e5f0000000000000000009',
  letters: [letter('Ada Lovelace', '21456', ['Dubliners'])],
  more: 0,
  timeZone: 'America/New_York',
  currency: 'USD',
  date: '2025-03-04T06:10:00.000Z',
};

export const undeliverableLettersReport: Letter = {
  code: 'UndeliverableLettersReport',
  template: 'undeliverable-letters-report',
  subject: '{{say "undeliverable.subject" letters=letterCount job=jobName}}',
  preview: '{{senderName}}',
  sms: false,
  optOutAllowed: false,
  view(data, spoken) {
    const report = undeliverableLettersData.parse(data);
    const reader = readerOf({ ...spoken, timeZone: report.timeZone, currency: report.currency });
    return { reader, view: viewOf(report, reader) };
  },
  samples: {
    'one letter': single,
    'many letters': {
      ...single,
      letters: Array.from({ length: 25 }, (_, index) => ({
        ...letter(`Reader Number ${index + 1}`, String(30_000 + index), ['Dubliners', 'Ulysses'].slice(0, 1 + (index % 2))),
        channel: index % 3 === 0 ? 'SMS' as const : 'EMAIL' as const,
      })),
      more: 1200,
    },
    'no title, right-to-left name, no page': { ...single, runUrl: null, letters: [letter('ليلى حدّاد', 'ext-88', [null])] },
  },
};

function viewOf(report: UndeliverableLettersData, reader: Reader): UndeliverableLettersView {
  const day = reader.day(report.date);
  return {
    senderName: report.library.name,
    institutionLine: report.institution.name === report.library.name ? null : report.institution.name,
    footer: reader.say('undeliverable.automatic', { day }),
    jobName: report.jobName,
    day,
    letterCount: report.letters.length + report.more,
    letters: report.letters.map(({ letterCode, channel, name, primaryId, titles }) => ({
      name: isolated(name),
      primaryId,
      about: `${kindOf(letterCode, reader)}, ${reader.say(`undeliverable.${channel}`)}`,
      titles: titles.map((title) => isolated(oneLine(title ?? '') || reader.say('untitled'))),
    })),
    more: report.more,
    runUrl: webAddress(report.runUrl),
  };
}

/** A letter without a name for people is called by its code. */
function kindOf(letterCode: string, reader: Reader): string {
  const label = `letter.${letterCode}`;
  return isLabel(label) ? reader.say(label) : reader.say('letter.other', { code: letterCode });
}
