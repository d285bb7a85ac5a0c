/** The institution: what its letters go by, its mail, its clock and its money, each a form of its own. */
import { Router, type Request, type Response } from 'express';
import type { Institution } from '../../models/institution.js';
import { authorOf, type Author } from '../changes.js';
import type { ApiContext } from '../context.js';
import { changeInstitution, institutionFields } from '../institution.js';
import { changeInstitutionMail, institutionMail } from '../institution-mail.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { changeZoneAndCurrency, currencyStays, zoneAndCurrency } from '../zone-and-currency.js';
import { besideField, fieldRows, inputOf, typedFrom, type Field, type Typed } from './fields.js';
import { demandFormOf, formOf, problemsOf, type FieldProblem } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';

const PATH = '/institution';
const REASON_LENGTH = 500;

interface Part {
  id: string;
  action: string;
  heading: string;
  /** What follows from it, a sentence each. */
  saving: readonly string[];
  /** Whether one is asked for, for the audit. */
  hasReason: boolean;
  rows: (context: ApiContext, viewer: Viewer) => Promise<readonly (readonly Field[])[]>;
  mayChange: (viewer: Viewer) => boolean;
  /** Refusal: forbidden. */
  stored: (viewer: Viewer) => object;
  change: (context: ApiContext, viewer: Viewer, input: unknown, author: Author) => Promise<Institution>;
}

const letters: Part = {
  id: 'letters', action: PATH, heading: 'In letters', hasReason: false,
  saving: ['Letters go by it that are made from now on.'],
  rows: async () => [
    [
      { id: 'name', label: 'Name', kind: 'text', hint: 'As letters call it.' },
      { id: 'defaultLanguage', label: 'Language of letters', kind: 'text', hint: 'As en, de, es or fr: for patrons who have none of their own.' },
    ],
    [{ id: 'publicAccountUrl', label: 'Where patrons see their account (optional)', kind: 'text', orNone: true, hint: 'A web address. Letters have a link to it.' }],
    [{ id: 'readingListsUrl', label: 'Where reading lists are (optional)', kind: 'text', orNone: true, hint: 'A web address. Email Leganto Notifications to Users needs it.' }],
  ],
  mayChange: () => true,
  stored: institutionFields,
  change: changeInstitution,
};

const mail: Part = {
  id: 'mail', action: `${PATH}/mail`, heading: 'Mail', hasReason: true,
  saving: ['It counts from the next letters on. Letters that wait go out once mail is paused no more; a run does not wait for them and says so in its report.'],
  rows: async () => [
    [{ id: 'paused', label: 'Mail is paused', kind: 'tick', hint: 'Jobs go on and write letters, which wait. Every page says so meanwhile.' }],
    [{ id: 'maxPerMinute', label: 'Letters in a minute, at most', kind: 'number', hint: 'As many as the mail relay takes.' }],
  ],
  mayChange: () => true,
  stored: institutionMail,
  change: changeInstitutionMail,
};

const clockAndMoney: Part = {
  id: 'zone-and-currency', action: `${PATH}/zone-and-currency`, heading: 'Clock and money', hasReason: true,
  saving: [
    'Jobs keep the clock times of their schedules, by the new clock at once. What was to start in these very minutes may be left out; what has run at a time of a day does not run again at that time. A run at work keeps its zone.',
    'Loans that are out stay due at the instant they are, which the new clock shows as another hour. Opening hours, and the days by which loans are late, go by the new clock.',
    'Amounts in terms of use, limits and profiles keep their numbers in another currency.',
  ],
  rows: async (context, viewer) => {
    const { timeZone } = viewer.institution;
    const stays = await currencyStays(context, viewer);
    const zones = Object.fromEntries([...new Set([timeZone, ...Intl.supportedValuesOf('timeZone')])].toSorted().map((zone) => [zone, zone]));
    return [[
      { id: 'timeZone', label: 'Time zone', kind: 'choice', words: zones },
      { id: 'currency', label: 'Currency', kind: 'text', ...(stays === null ? { hint: 'As EUR, of ISO 4217.' } : { stays: true, hint: `It stays: ${stays}.` }) },
    ]];
  },
  mayChange: ({ grants }) => grants.operator,
  stored: zoneAndCurrency,
  change: changeZoneAndCurrency,
};

const parts = [letters, mail, clockAndMoney];

export function institutionPage(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    await show(request, response, null);
  });

  for (const part of parts) {
    router.post(part.action, async (request, response) => {
      const viewer = viewerOf(request);
      const form = formOf(request);
      part.stored(viewer); // forbidden before anything is said of versions
      demandFormOf(viewer.institution, form);
      const fields = (await part.rows(context, viewer)).flat();
      const { currency } = viewer.institution;
      const author = authorOf(viewer, request.id, form.text('reason').slice(0, REASON_LENGTH) || null);
      const problems = await problemsOf(() => part.change(context, viewer, inputOf(fields, form, currency), author), besideField(fields, form, currency));
      if (problems.length > 0) return show(request, response, { part, typed: form, problems });
      response.redirect(303, `${PATH}?done=record`);
    });
  }

  /** `sent` null: all as it is stored. */
  async function show(request: Request, response: Response, sent: { part: Part; typed: Typed; problems: FieldProblem[] } | null): Promise<void> {
    const viewer = viewerOf(request);
    const { version, currency, timeZone } = viewer.institution;
    const forms = await Promise.all(parts.map(async (part) => {
      const { id, action, heading, saving, hasReason } = part;
      const rows = await part.rows(context, viewer);
      const { typed, problems } = sent?.part === part ? sent : { typed: typedFrom(rows.flat(), part.stored(viewer), currency), problems: [] };
      return { id, action, heading, saving, hasReason, mayChange: part.mayChange(viewer), rows: fieldRows(rows, typed, problems, { currency, isNew: false }) };
    }));
    present(request, response, 'institution', {
      title: 'Institution', section: 'configuration', version: String(version), timeZone, currency, forms, ...withProblems(sent?.problems ?? []),
    }, sent === null ? 200 : 422);
  }
  return router;
}
