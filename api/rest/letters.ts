/** Letters that were sent, or should have been: list, one, and how it read (platform.md 13). */
import { z } from 'zod';
import { letterStates, suppressedReasons } from '../../models/letter.js';
import { contentOf, letterOf, lettersOf, recipientOf, type LetterFacts } from '../letters.js';
import { Refusal } from '../refusal.js';
import { runOf } from '../runs.js';
import type { Viewer } from '../viewer.js';
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

export function shownLetter(viewer: Viewer, letter: LetterFacts): z.input<typeof letterFact> {
  return {
    id: letter._id, letterCode: letter.letterCode, channel: letter.channel, language: letter.language, recipient: recipientOf(viewer, letter),
    part: letter.part, subject: letter.subject, state: letter.state, suppressedReason: letter.suppressedReason, runId: letter.runId,
    createdAt: iso(letter.createdAt), sentAt: isoOrNull(letter.sentAt), contentRemovedAt: isoOrNull(letter.purgedAt),
  };
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
    const { state, channel, letterCode, runId, recipientId, from, to, limit, cursor } = query;
    const { items, next } = await lettersOf(context, viewer, {
      states: state, channels: channel, codes: letterCode, run: runId === undefined ? null : await runOf(context, viewer, runId),
      recipientId: recipientId ?? null, from: from ?? null, to: to ?? null,
    }, { limit, cursor: cursor ?? null });
    return { body: { items: items.map((letter) => shownLetter(viewer, letter)), next } };
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
    const letter = await letterOf(context, viewer, path.id);
    const rendered = await contentOf(context, viewer, letter);
    if (rendered === null) throw new Refusal('not-found', `Letter ${path.id} is ${letter.state} and was not rendered.`);
    return { body: { subject: rendered.subject, html: rendered.html, text: rendered.text } };
  },
});

export const letterEndpoints = [list, one, content];
