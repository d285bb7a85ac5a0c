/** Block preferences: what each condition stops, a form each on one page. */
import { Router, type Request, type Response } from 'express';
import { blockPreferenceOf, blockPreferences, changeBlockPreference, type BlockCondition, type ReadPreference } from '../block-preferences.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { mayConfigureFulfillment, viewerOf } from '../viewer.js';
import { fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';

const PATH = '/block-preferences';

const says: Readonly<Record<BlockCondition, { heading: string; when: string }>> = {
  CASH_LIMIT: { heading: 'Owes too much', when: 'When a patron owes more than the limit of their group.' },
  OVERDUE_LIMIT: { heading: 'Too many overdue loans', when: 'When a patron has more overdue loans than the limit of their group.' },
  OVERDUE_RECALL_LIMIT: { heading: 'Too many recalled loans', when: 'When a patron keeps more overdue loans that others wait for than the limit of their group.' },
  ITEM_REQUESTED: { heading: 'Requested by another', when: 'When another patron has requested the item, or a copy of the title that no other copy on the shelf can fill.' },
};

const handling: Field = {
  id: 'handling', label: 'Requests for any copy of the title', kind: 'choice',
  words: { BLOCK: 'stop it as those for the item do', HANDLE_AUTOMATICALLY: 'stop no renewal: other copies will fill them' },
};
const fieldsOf = (code: BlockCondition): Field[] => [
  { id: 'actions', label: 'It stops', kind: 'ticks', words: { LOAN: 'borrowing', RENEW: 'renewing' } },
  ...(code === 'ITEM_REQUESTED' ? [handling] : []),
];

export function blockPreferencePages(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    await show(request, response, null);
  });

  router.post(`${PATH}/:code`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await blockPreferenceOf(context, viewer, request.params.code);
    demandFormOf({ name: says[before.code].heading, version: before.version }, form);
    const input = inputOf(fieldsOf(before.code), form, viewer.institution.currency);
    const problems = await problemsOf(() => changeBlockPreference(context, viewer, before, input, authorOf(viewer, request.id)));
    if (problems.length > 0) return show(request, response, { code: before.code, typed: form, problems });
    response.redirect(303, `${PATH}?done=record`);
  });

  /** `sent` null: as they are stored. */
  async function show(request: Request, response: Response, sent: { code: BlockCondition; typed: Typed; problems: FieldProblem[] } | null): Promise<void> {
    const viewer = viewerOf(request);
    const preferences = await blockPreferences(context, viewer);
    const { currency } = viewer.institution;
    const card = (preference: ReadPreference) => {
      const { code, version } = preference;
      const fields = fieldsOf(code);
      const { typed, problems } = sent?.code === code ? sent : { typed: typedFrom(fields, preference, currency), problems: [] };
      const rows = fieldRows([fields], typed, problems, { currency, isNew: false });
      return { code, ...says[code], action: `${PATH}/${code}`, version: String(version), fields: rows.flat().map((field) => ({ ...field, inputId: `${code}-${field.id}` })) };
    };
    present(request, response, 'block-preferences', {
      title: 'Block preferences', section: 'configuration', mayChange: mayConfigureFulfillment(viewer),
      ...withProblems(sent?.problems.map(({ field, message }) => ({ field: `${sent.code}-${field}`, message })) ?? []),
      cards: preferences.map(card),
    }, sent === null ? 200 : 422);
  }
  return router;
}
