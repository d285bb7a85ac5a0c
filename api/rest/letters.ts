/** Letters that were sent, or should have been: list, one, and how it read (platform.md 13). */
import type { QueryFilter } from 'mongoose';
import { z } from 'zod';
import { masked, may } from '../../domain/permissions.js';
import { letterStates, suppressedReasons, type StoredLetter } from '../../models/letter.js';
import type { ApiContext } from '../context.js';
import { pageOf } from '../paging.js';
import { Refusal } from '../refusal.js';
import { demand, type Viewer } from '../viewer.js';
import { endpoint } from './endpoint.js';
import { anyOf, givenInstant, id, idPath, instant, iso, isoOrNull, maybeInstant, none, pageSchema, paging } from './values.js';

const tag = 'Letters';
const channels = ['EMAIL', 'SMS', 'PRINT'] as const;

export const letterFact = z.object({
  id,
  letterCode: z.string(),
  channel: z.enum(channels),
  language: z.string(),
  recipient: z.object({ type: z.enum(['USER', 'VENDOR', 'PARTNER', 'LIBRARY', 'ADDRESS']), id: z.string().nullable(), name: z.string().nullable(), address: z.string().nullable() })
    .describe('A patron is masked without the permission PATRON_DATA.'),
  part: z.int(),
  subject: z.string().nullable().describe('null before it was rendered.'),
  state: z.enum(letterStates),
  suppressedReason: z.enum(suppressedReasons).nullable(),
  runId: id.nullable(),
  createdAt: instant,
  sentAt: maybeInstant,
  contentRemovedAt: maybeInstant,
}).meta({ id: 'Letter' });

function shownLetter({ grants }: Viewer, letter: Omit<StoredLetter, 'data'>): z.input<typeof letterFact> {
  const { recipient } = letter;
  const hidden = recipient.type === 'USER' && recipient.id !== null && !may(grants, 'PATRON_DATA') ? masked(recipient.id) : null;
  return {
    id: letter._id, letterCode: letter.letterCode, channel: letter.channel, language: letter.language,
    recipient: { type: recipient.type, id: hidden ?? recipient.id, name: hidden ?? recipient.name, address: hidden ?? recipient.address },
    part: letter.part, subject: letter.subject, state: letter.state, suppressedReason: letter.suppressedReason, runId: letter.runId,
    createdAt: iso(letter.createdAt), sentAt: isoOrNull(letter.sentAt), contentRemovedAt: isoOrNull(letter.purgedAt),
  };
}

/** Newest first. */
export async function lettersPage({ models }: ApiContext, viewer: Viewer, filter: QueryFilter<StoredLetter>, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const { items, next } = await pageOf<StoredLetter>({
    model: models.Letter, filter: { institutionId: viewer.institution.code, ...filter }, sortBy: 'createdAt', direction: -1, limit, cursor: cursor ?? null, projection: { data: 0 },
  });
  return { items: items.map((letter) => shownLetter(viewer, letter)), next };
}

const list = endpoint({
  method: 'get', at: '/letters', tag, summary: 'Letters, newest first',
  path: none,
  query: z.strictObject({
    state: anyOf(z.enum(letterStates)),
    channel: anyOf(z.enum(channels)),
    letterCode: anyOf(z.string().min(1).max(100)),
    runId: id.optional(),
    recipientId: z.string().min(1).max(100).optional().describe('Id of a user, vendor, partner or library.'),
    from: givenInstant.optional().describe('Created at or after.'),
    to: givenInstant.optional().describe('Created before.'),
    ...paging,
  }),
  body: z.undefined(),
  status: 200, answer: pageSchema(letterFact),
  refusals: ['forbidden', 'invalid-cursor'],
  handle: async (context, { viewer, query }) => {
    demand(viewer, 'LETTERS');
    const { state, channel, letterCode, runId, recipientId, from, to } = query;
    const filter: QueryFilter<StoredLetter> = {
      ...(state.length > 0 && { state: { $in: state } }),
      ...(channel.length > 0 && { channel: { $in: channel } }),
      ...(letterCode.length > 0 && { letterCode: { $in: letterCode } }),
      ...(runId !== undefined && { runId }),
      ...(recipientId !== undefined && { 'recipient.id': recipientId }),
      ...((from ?? to) !== undefined && { createdAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    };
    return { body: await lettersPage(context, viewer, filter, query) };
  },
});

const letter = letterFact.extend({
  attempts: z.array(z.object({ at: instant, outcome: z.string(), smtpCode: z.int().nullable(), text: z.string() })),
  causes: z.array(z.object({ recordType: z.string(), recordId: z.string() })).describe('The records that it is about.'),
}).meta({ id: 'LetterWithAttempts' });

const one = endpoint({
  method: 'get', at: '/letters/{id}', tag, summary: 'One letter with every attempt to deliver it',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: letter,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => {
    const found = await letterOf(context, viewer, path.id);
    return {
      body: {
        ...shownLetter(viewer, found),
        attempts: found.attempts.map(({ at, outcome, smtpCode, text }) => ({ at: iso(at), outcome, smtpCode, text })),
        causes: found.causes.map(({ recordType, recordId }) => ({ recordType, recordId })),
      },
    };
  },
});

const content = endpoint({
  method: 'get', at: '/letters/{id}/content', tag, summary: 'How a letter reads, as HTML and as text',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: z.object({ subject: z.string(), html: z.string().nullable(), text: z.string() }),
  refusals: ['forbidden', 'gone'],
  handle: async (context, { viewer, path }) => {
    const { institutionId, bodyKey, state, purgedAt } = await letterOf(context, viewer, path.id);
    // It names its patron in every line.
    demand(viewer, 'PATRON_DATA');
    if (purgedAt !== null) throw new Refusal('gone', `The content of letter ${path.id} was removed on ${iso(purgedAt)}.`);
    const rendered = bodyKey === null ? null : await context.models.LetterContent.findOne({ institutionId, _id: bodyKey }).lean();
    if (rendered === null) throw new Refusal('not-found', `Letter ${path.id} is ${state} and was not rendered.`);
    return { body: { subject: rendered.subject, html: rendered.html, text: rendered.text } };
  },
});

async function letterOf({ models }: ApiContext, viewer: Viewer, letterId: string): Promise<Omit<StoredLetter, 'data'>> {
  demand(viewer, 'LETTERS');
  const found = await models.Letter.findOne({ institutionId: viewer.institution.code, _id: letterId }, { data: 0 }).lean();
  if (found === null) throw new Refusal('not-found', `There is no letter ${letterId}.`);
  return found;
}

export const letterEndpoints = [list, one, content];
