/**
 * What the desk answers to a step. It is kept under the form's one-time value, with which the form's answer, a 303, leads to a page that shows
 * it: a form that arrives twice is done once, a page that is loaded anew says the same, and no address carries words (docs/decisions/023).
 */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { newId } from '../../models/document.js';
import type { Loan } from '../../models/loan.js';
import type { ApiContext } from '../context.js';
import { once } from '../idempotency.js';
import { Refusal, type RefusalSlug } from '../refusal.js';
import { viewerOf, type Viewer } from '../viewer.js';
import type { Form } from './form.js';

const answerSchema = z.object({
  tone: z.enum(['good', 'warning', 'bad']),
  /** The first says what was done, or why it was not; the others what follows. No names: they are kept for a day. */
  lines: z.array(z.string()).min(1),
  loanId: z.string().nullable().default(null),
  scanned: z.string().nullable().default(null),
  /** Refused, and a manager may do it all the same. */
  overridable: z.boolean().default(false),
});
export type Answer = z.output<typeof answerSchema>;

export const answer = (tone: Answer['tone'], lines: [string, ...string[]], given: Partial<Answer> = {}): Answer =>
  ({ loanId: null, scanned: null, overridable: false, ...given, tone, lines });

/** The one-time value of a form of the desk; unlike others it rises with time, so that answers can be listed in their order. */
export const risingValue = newId;

const told: ReadonlySet<RefusalSlug> = new Set(['not-possible', 'precondition-failed', 'validation-failed', 'not-found']);

/**
 * Does a step once and leads to `page`, under which the answer is kept, set as it was. What is refused is an answer, also a second step from a
 * form that has done one, such as after the browser's Back; what is forbidden is an error.
 */
export async function answerOnce(
  context: ApiContext, request: Request, response: Response, form: Form,
  { page, settings = {}, refused = (reason) => answer('bad', [reason]) }: { page: string; settings?: Record<string, string>; refused?: (reason: string) => Answer },
  step: () => Promise<Answer>,
): Promise<void> {
  const { institution, actor } = viewerOf(request);
  const value = form.text('once');
  if (!/^[0-9a-f]{24}$/.test(value)) throw new Refusal('validation-failed', 'The form has lost its one-time value. Open the page again and repeat the step.');
  const key = `${value}${request.path}`;
  const asked = { institutionId: institution.code, actorId: actor.id, route: page, key, body: request.body };
  const done = once(context, asked, async () => {
    try {
      return await step();
    } catch (error) {
      if (error instanceof Refusal && told.has(error.slug)) return refused(error.message);
      throw error;
    }
  });
  const kept = await done.then(() => key, async (error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    // The second of two clicks: the page that both lead to shows what the first came to.
    if (error.slug === 'request-in-progress') return key;
    if (error.slug !== 'idempotency-key-reused') throw error;
    const own = `${risingValue()}${request.path}`;
    await once(context, { ...asked, key: own }, () => Promise.resolve(refused('Another step was done from that page already. Here it is anew: repeat this one.')));
    return own;
  });
  response.redirect(303, `${page}?${new URLSearchParams({ ...settings, told: kept }).toString()}`);
}

export interface ShownAnswer extends Answer {
  icon: string;
  /** It belongs to the step that has just been done. */
  live: boolean;
  /** The item it is about, as it is called now; null: none, or its loan is gone. */
  about: { text: string; loan: Loan } | null;
}

/** The answers kept for a page, the newest first, at most so many; with `key` that one alone. Of the steps that are still at work only that one says so. */
export async function answersOn({ models }: ApiContext, viewer: Viewer, page: string, { key, most }: { key?: string; most: number }): Promise<ShownAnswer[]> {
  const institutionId = viewer.institution.code;
  const own = { institutionId, actorId: viewer.actor.id, route: page, ...(key !== undefined && { key }) };
  const kept = await models.IdempotencyRecord.find(own, { state: 1, body: 1 }).sort({ key: -1 }).limit(most).lean();
  const answers = kept.flatMap(({ state, body }) => (state === 'IN_PROGRESS' && key !== undefined ? [atWork] : (answerSchema.safeParse(body).data ?? [])));
  const loans = await models.Loan.find({ institutionId, _id: { $in: answers.flatMap(({ loanId }) => loanId ?? []) } }).lean();
  const byId = new Map(loans.map((loan) => [loan._id, loan]));
  return answers.map((each, place) => {
    const loan = byId.get(each.loanId ?? '');
    return { ...each, icon: icons[each.tone], live: place === 0, about: loan === undefined ? null : { text: `${loan.title} (${loan.barcode})`, loan } };
  });
}

const atWork = answer('warning', ['The step is still at work. Open the page once more to see what it came to.']);

const icons: Readonly<Record<Answer['tone'], string>> = { good: 'check', warning: 'warning', bad: 'cross' };
