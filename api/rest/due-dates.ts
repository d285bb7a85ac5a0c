/** Due dates that staff set, and recalls (data-model.md, loan). */
import { z } from 'zod';
import { loanOf } from '../desk.js';
import { askedDueDate, changeDueDates, dueDateChangeSchema, dueDateSchema } from '../due-date-changes.js';
import { endRecall, recall, setDueDate } from '../loan-deeds.js';
import { endpoint } from './endpoint.js';
import { loanPath, loanSchema, shownLoan } from './loans.js';
import { id, none } from './values.js';

const tag = 'Loans';
const change = endpoint({
  method: 'put', at: '/loans/{loan}/due-date', tag, summary: 'Give a loan another due date; its notices begin anew',
  path: loanPath, query: none, body: dueDateSchema,
  status: 200, answer: loanSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, body, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    return { body: shownLoan(await setDueDate(context, { viewer, author: author() }, _id, askedDueDate(body))) };
  },
});

const recallMade = endpoint({
  method: 'post', at: '/loans/{loan}/recall', tag, summary: 'Recall a loan that somebody waits for; it is due no later than before',
  path: loanPath, query: none,
  body: z.strictObject({ requestId: id.optional(), due: dueDateSchema.optional().describe('Without it, the loan stays due as it was.') }),
  status: 200, answer: loanSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, body, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    const asked = { requestId: body.requestId ?? null, due: body.due === undefined ? null : askedDueDate(body.due) };
    return { body: shownLoan(await recall(context, { viewer, author: author() }, _id, asked)) };
  },
});

const recallEnded = endpoint({
  method: 'delete', at: '/loans/{loan}/recall', tag, summary: 'Cancel a recall: the loan is due as it was before, unless staff have set another due date since',
  path: loanPath, query: none, body: z.undefined(),
  status: 200, answer: loanSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    return { body: shownLoan(await endRecall(context, { viewer, author: author() }, _id)) };
  },
});

const counted = z.int().optional();
const changeMany = endpoint({
  method: 'post', at: '/due-date-changes', tag, summary: 'Give all loans of a library that are due within some days another due date, such as when it has to close',
  path: none, query: none,
  body: dueDateChangeSchema,
  status: 200,
  answer: z.object({
    moved: z.int(),
    left: z.object({
      LOAN_ENDED: counted, LOAN_LOST: counted, LOAN_CLAIMED: counted, LIBRARY_MISSING: counted, DUE_DATE_PAST: counted, SAME_DUE_DATE: counted, CHANGED_MEANWHILE: counted,
    }).describe('How many stayed, by reason.'),
  }),
  refusals: ['forbidden'],
  handle: async (context, { viewer, body, author }) => ({ body: await changeDueDates(context, { viewer, author: author() }, body) }),
});

export const dueDateEndpoints = [change, recallMade, recallEnded, changeMany];
