/** Of a preview: how many mails there would be, and the first of them as they would look. */
import type { Page, Run } from '../../../domain/run.js';
import { planLetters, type LetterContext, type LetterRequest } from '../../letters.js';
import { recordBatch } from '../../runs/batches.js';
import { SAMPLE_LETTERS, sampleOf } from '../../sample-letters.js';
import { byLetterKey } from '../notices/letter-parts.js';
import { countMails, requestsOf, type MailSettings } from './mails.js';
import { toldById } from './walk.js';

const MAILS_AT_ONCE = 1_000;

/** Counts and samples the mails of everything that the preview proposed so far. */
export async function proposeMails(context: LetterContext, run: Run, settings: MailSettings): Promise<Page> {
  const { models, institutionId, now } = context;
  const batches = await models.RunBatch.find({ institutionId, runId: run.runId, batchNo: { $lt: run.batchNo } }, { proposals: 1, letters: 1 })
    .sort({ batchNo: 1 })
    .lean();
  const newsByMail = [...byLetterKey(batches.flatMap(({ letters }) => letters))];
  const counted = [];
  for (let from = 0; from < newsByMail.length; from += MAILS_AT_ONCE) {
    const requests = newsByMail.slice(from, from + MAILS_AT_ONCE).map(([letterKey, { length }]) => counting(run, settings, letterKey, length));
    counted.push(...(await planLetters(context, requests)).planned);
  }

  const mailOf = new Map(batches.flatMap(({ proposals }) => proposals).flatMap(({ recordId, details: { letterKey } }) => (typeof letterKey === 'string' ? [[recordId, letterKey] as const] : [])));
  const shown = new Set([...new Set(mailOf.values())].slice(0, SAMPLE_LETTERS));
  const news = await toldById(models, institutionId, [...mailOf].flatMap(([id, key]) => (shown.has(key) ? [id] : [])));
  const { requests, users } = await requestsOf(models, run, settings, news.map((one) => ({ ...one, letterKey: mailOf.get(one._id)! })));
  const { planned } = await planLetters(context, requests, users);
  return recordBatch(models, run, null, { counters: countMails(counted), problems: [], proposals: planned.map(sampleOf) }, now());
}

/** A mail of so many news, without what it says. */
function counting({ runId }: Run, { letterCode }: MailSettings, letterKey: string, news: number): LetterRequest {
  const [, , userId = ''] = letterKey.split(':'); // {runId}:rl:{userId}
  const causes = Array.from({ length: news }, () => ({ recordType: 'notification', recordId: '-' }));
  return { letterCode, dedupeKey: letterKey, to: { userId }, libraryCode: null, data: {}, sendFormat: 'EMAIL', causes, runId, part: 1 };
}
