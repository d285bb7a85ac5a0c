/** The letters that a person may know of, for pages and API (platform.md 11 and 13). */
import type { QueryFilter } from 'mongoose';
import { masked, may, mayIn } from '../domain/permissions.js';
import {
  letterChannels,
  letterStates,
  type LetterContent,
  type LetterState,
  type StoredLetter,
} from '../models/letter.js';
import type { Models } from '../models/models.js';
import type { StoredRun } from '../models/run.js';
import { letters } from '../templates/letters.js';
import type { ApiContext } from './context.js';
import { pageOf, type PageOf } from './paging.js';
import { Refusal } from './refusal.js';
import { demand, forbidden, type Viewer } from './viewer.js';

/** Of every letter that there is. */
const allCodes = letters.map(({ code }) => code);

/** A letter without the snapshot that it is rendered from. */
export type LetterFacts = Omit<StoredLetter, 'data'>;

export interface LetterFilter {
  states: readonly LetterState[];
  channels: readonly StoredLetter['channel'][];
  codes: readonly string[];
  run: StoredRun | null;
  /** Id of a user, vendor, partner or library. */
  recipientId: string | null;
  /** [from, to) of the time when it was queued. */
  from: Date | null;
  to: Date | null;
}

export const allLetters: LetterFilter = {
  states: [],
  channels: [],
  codes: [],
  run: null,
  recipientId: null,
  from: null,
  to: null,
};

/** Newest first. Who may see a run may see its letters; all letters are for those with LETTERS. */
export async function lettersOf(
  { models }: ApiContext,
  viewer: Viewer,
  filter: LetterFilter,
  page: { limit: number; cursor: string | null },
): Promise<PageOf<LetterFacts>> {
  if (filter.run === null || !seesRun(viewer, filter.run)) demand(viewer, 'LETTERS');
  return pageOf<StoredLetter>({
    model: models.Letter,
    filter: await letterQuery(models, viewer, filter),
    sortBy: 'createdAt',
    direction: -1,
    projection: { data: 0 },
    ...page,
  });
}

/**
 * Each filter leads by an index of its own, so that a channel or a state that hardly any letter has is found as fast as all letters are:
 * what is named without being asked for stands between it and the order.
 */
async function letterQuery(models: Models, viewer: Viewer, filter: LetterFilter): Promise<QueryFilter<StoredLetter>> {
  const { channels, run, recipientId, from, to } = filter;
  const states = filter.states.length > 0 ? filter.states : letterStates;
  const within = { institutionId: viewer.institution.code, ...(run !== null && { runId: run._id }) };
  const codes =
    filter.codes.length > 0
      ? filter.codes
      : run !== null
        ? await models.Letter.distinct('letterCode', within)
        : channels.length > 0
          ? allCodes
          : null;
  return {
    ...within,
    state: { $in: [...states] },
    ...(codes !== null && { letterCode: { $in: [...codes] } }),
    ...((channels.length > 0 || codes !== null) && {
      channel: { $in: channels.length > 0 ? [...channels] : [...letterChannels] },
    }),
    ...(recipientId !== null && { 'recipient.id': recipientId }),
    ...((from ?? to) !== null && { createdAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
  };
}

/** Throws not-found, or forbidden for somebody who may see neither all letters nor the run it is of. */
export async function letterOf({ models }: ApiContext, viewer: Viewer, letterId: string): Promise<LetterFacts> {
  const institutionId = viewer.institution.code;
  const letter = await models.Letter.findOne({ institutionId, _id: letterId }, { data: 0 }).lean<LetterFacts>();
  const run =
    letter === null || letter.runId === null
      ? null
      : await models.Run.findOne({ institutionId, _id: letter.runId }).lean();
  if (run === null || !seesRun(viewer, run)) demand(viewer, 'LETTERS');
  if (letter === null) throw new Refusal('not-found', `There is no letter ${letterId}.`);
  return letter;
}

const seesRun = ({ grants }: Viewer, { category }: StoredRun): boolean => mayIn(grants, category, 'VIEW');

/** How it reads; null for a letter that was not rendered. Throws forbidden without PATRON_DATA, gone after its retention. */
export async function contentOf(
  { models }: ApiContext,
  { grants }: Viewer,
  letter: LetterFacts,
): Promise<LetterContent | null> {
  if (!may(grants, 'PATRON_DATA')) throw forbidden('PATRON_DATA'); // it names its patron in every line
  const { institutionId, _id, bodyKey, purgedAt } = letter;
  if (purgedAt !== null)
    throw new Refusal('gone', `The content of letter ${_id} was removed on ${purgedAt.toISOString()}.`);
  return bodyKey === null ? null : models.LetterContent.findOne({ institutionId, _id: bodyKey }).lean();
}

/** Whom it is for; a patron is masked without PATRON_DATA. */
export function recipientOf({ grants }: Viewer, { recipient }: LetterFacts): StoredLetter['recipient'] {
  if (recipient.type !== 'USER' || recipient.id === null || may(grants, 'PATRON_DATA')) return recipient;
  const hidden = masked(recipient.id);
  return { type: recipient.type, id: hidden, name: hidden, address: hidden };
}
