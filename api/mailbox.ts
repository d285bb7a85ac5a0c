/** The mailbox of the embedded installation: what its mail catcher was handed, as far as it is an institution's own. */
import type { CaughtMail, Mailbox } from './caught-mail.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import { demand, type Viewer } from './viewer.js';

/** Looked through at once; other institutions' mail lies between. */
const BATCH = 200;
const MOST_BATCHES = 25;

/** Mail of the viewer's institution, newest first. Whoever opens it reads what patrons read. */
export async function mailOf(context: ApiContext, viewer: Viewer, { limit, before }: { limit: number; before: string | null }): Promise<CaughtMail[]> {
  const mailbox = mailboxOf(context, viewer);
  const own: CaughtMail[] = [];
  let place = before;
  for (let batch = 0; batch < MOST_BATCHES && own.length < limit; batch += 1) {
    const found = await mailbox.list({ limit: BATCH, before: place });
    own.push(...(await ownOf(context, viewer, found)));
    if (found.length < BATCH) break;
    place = found.at(-1)?.id ?? null;
  }
  return own.slice(0, limit);
}

/** One message with its parts and its source; not-found for another institution's. */
export async function oneMail(context: ApiContext, viewer: Viewer, id: string) {
  const mailbox = mailboxOf(context, viewer);
  const [mail, source] = await Promise.all([mailbox.read(id), mailbox.source(id)]);
  if (mail === null || source === null || (await ownOf(context, viewer, [mail])).length === 0) throw new Refusal('not-found', `There is no message ${id}.`);
  return { mail, source };
}

function mailboxOf({ mailbox }: ApiContext, viewer: Viewer): Mailbox {
  if (mailbox === null) throw new Refusal('not-found', 'Letters go to a real mail server here: there is no mailbox to look into.');
  demand(viewer, 'PATRON_DATA');
  return mailbox;
}

/** A Message-ID names its letter: `<ltr-<letter id>@…>`. */
async function ownOf({ models }: ApiContext, { institution }: Viewer, mails: readonly CaughtMail[]): Promise<CaughtMail[]> {
  const letterId = ({ messageId }: CaughtMail) => /^<?ltr-([0-9a-f]{24})@/.exec(messageId)?.[1] ?? '';
  const letters = await models.Letter.find({ institutionId: institution.code, _id: { $in: mails.map(letterId) } }, { _id: 1 }).lean();
  const known = new Set(letters.map(({ _id }) => _id));
  return mails.filter((mail) => known.has(letterId(mail)));
}
