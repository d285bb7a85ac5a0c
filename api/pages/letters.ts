/** Sent letters: which there are, how one read, every attempt to deliver it (platform.md 13). */
import { Router } from 'express';
import { foldText } from '../../domain/text.js';
import { may } from '../../domain/permissions.js';
import { letterStates } from '../../models/letter.js';
import type { ApiContext } from '../context.js';
import { briefly, toTheSecond, when } from '../format.js';
import { contentOf, letterOf, lettersOf, recipientOf, type LetterFacts } from '../letters.js';
import { runOf } from '../runs.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { letterBadges, letterNames, spelledOut, suppressedWords, type Badge } from '../words.js';
import { sendLetterFrame } from './letter-frame.js';
import type { Present } from './present.js';
import { options, Query } from './query.js';
import { recordHref } from './run-details.js';

const PATH = '/letters/sent';
const A_PAGE = 50;
const stateWords = Object.fromEntries(letterStates.map((state) => [state, letterBadges[state].text]));
const channelWords = { EMAIL: 'E-mail', SMS: 'Text message', PRINT: 'Print' } as const;
const channels = ['EMAIL', 'SMS', 'PRINT'] as const;

export function letterPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const query = Query.of(request);
    const run = query.text('run') === '' ? null : await runOf(context, viewer, query.text('run'));
    const [codes, states, sentBy] = [query.text('code'), query.among('state', letterStates), query.among('channel', channels)];
    const reader = query.text('recipient');
    const recipientId = reader === '' ? null : await userIdOf(context, viewer, reader);
    const cursor = query.text('cursor');
    const { items, next } = await lettersOf(
      context, viewer,
      { states, channels: sentBy, codes: codes === '' ? [] : [codes], run, recipientId, from: null, to: null },
      { limit: A_PAGE, cursor: cursor === '' ? null : cursor },
    );
    const runIds = [...new Set(items.flatMap(({ runId }) => runId ?? []))];
    const runs = await models.Run.find({ institutionId: viewer.institution.code, _id: { $in: runIds } }, { processId: 1 }).lean();
    const processIds = new Map(runs.map(({ _id, processId }) => [_id, processId]));

    present(request, response, 'letters-sent', {
      title: run === null ? 'Sent letters' : `Sent letters of process ${run.processId}`,
      section: 'letters',
      path: PATH,
      run: run === null ? null : { processId: run.processId, name: run.name, href: `/runs/${run.processId}`, without: query.with(PATH, { run: null, cursor: null }) },
      codes: options(letterNames, [codes]),
      states: options(stateWords, states),
      channels: options(channelWords, sentBy),
      recipient: reader,
      mayName: may(viewer.grants, 'PATRON_DATA'),
      rows: items.map((letter) => ({
        ...facts(viewer, letter),
        href: `${PATH}/${letter._id}`,
        queued: briefly(viewer.zone, letter.createdAt, now()),
        sent: briefly(viewer.zone, letter.sentAt, now()),
        run: letter.runId === null ? null : { href: `/runs/${letter.runId}`, text: String(processIds.get(letter.runId) ?? '') },
      })),
      first: cursor === '' ? null : query.with(PATH, { cursor: null }),
      next: next === null ? null : query.with(PATH, { cursor: next }),
    });
  });

  router.get(`${PATH}/:letter`, async (request, response) => {
    const viewer = viewerOf(request);
    const letter = await letterOf(context, viewer, request.params.letter);
    const mayRead = may(viewer.grants, 'PATRON_DATA') && letter.purgedAt === null;
    const content = mayRead ? await contentOf(context, viewer, letter) : null;
    const run = letter.runId === null ? null : await models.Run.findOne({ institutionId: letter.institutionId, _id: letter.runId }, { processId: 1, name: 1 }).lean();
    present(request, response, 'letter-sent', {
      title: letter.subject !== null && mayRead ? letter.subject : (letterNames[letter.letterCode] ?? letter.letterCode),
      section: 'letters',
      ...facts(viewer, letter),
      facts: [
        { name: 'To', value: addressed(viewer, letter) },
        { name: 'Language', value: letter.language },
        { name: 'Channel', value: channelWords[letter.channel] },
        { name: 'Queued', value: when(viewer.zone, letter.createdAt).text },
        { name: 'Sent', value: when(viewer.zone, letter.sentAt)?.text ?? 'not yet' },
        { name: 'Next attempt', value: letter.state === 'QUEUED' ? (when(viewer.zone, letter.nextAttemptAt)?.text ?? null) : null },
        { name: 'Message-ID', value: letter.messageId },
      ].filter(({ value }) => value !== null),
      run: run === null ? null : { href: `/runs/${run.processId}`, text: `${run.name}, process ${run.processId}` },
      original: letter.resendOfId === null ? null : `${PATH}/${letter.resendOfId}`,
      causes: letter.causes.map(({ recordType, recordId }) => ({ type: spelledOut(recordType), href: recordHref(recordType, recordId), id: recordId })),
      attempts: letter.attempts.map(({ at, outcome, smtpCode, text }) => ({ at: toTheSecond(viewer.zone, at), outcome: spelledOut(outcome), smtpCode: smtpCode === null ? '' : String(smtpCode), text })),
      removed: when(viewer.zone, letter.purgedAt)?.text ?? null,
      hidden: !may(viewer.grants, 'PATRON_DATA'),
      text: content === null ? null : content.text,
      html: content === null || content.html === null ? null : `${PATH}/${letter._id}/html`,
    });
  });

  router.get(`${PATH}/:letter/html`, async (request, response) => {
    const viewer = viewerOf(request);
    const content = await contentOf(context, viewer, await letterOf(context, viewer, request.params.letter));
    sendLetterFrame(response, content?.html ?? null);
  });
  return router;
}

function facts(viewer: Viewer, letter: LetterFacts) {
  const { letterCode, state, suppressedReason, channel } = letter;
  const badge: Badge = suppressedReason === null ? letterBadges[state] : { ...letterBadges[state], text: `${letterBadges[state].text}: ${suppressedWords[suppressedReason]}` };
  return { code: letterCode, name: letterNames[letterCode] ?? letterCode, badge, channel: channelWords[channel], recipient: addressed(viewer, letter) };
}

function addressed(viewer: Viewer, letter: LetterFacts): string {
  const { name, address, id } = recipientOf(viewer, letter);
  const who = name ?? id ?? '';
  return address === null || address === who ? who : `${who} <${address}>`;
}

/** A patron by what staff know: the primary id or a barcode. An id that nobody has finds no letter. */
async function userIdOf({ models }: ApiContext, viewer: Viewer, given: string): Promise<string> {
  const institutionId = viewer.institution.code;
  const known = await models.UserIdentifier.findOne({ institutionId, _id: `${institutionId}:${foldText(given)}` }, { userId: 1 }).lean();
  return known?.userId ?? given;
}
