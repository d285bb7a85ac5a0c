/** Terms of use of loans: list, and form with a worked example beside it (fulfillment-loans.md, S3, S5, S6). */
import { Router, type Request, type Response } from 'express';
import { dayText, localDay, localMinutes, type Zone } from '../../domain/days.js';
import type { DueDateRefusal } from '../../domain/due-date.js';
import type { TermsExample } from '../../domain/fulfillment/terms-example.js';
import { loanPolicies } from '../../domain/terms-of-use.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { briefly, when } from '../format.js';
import { Refusal } from '../refusal.js';
import { changeTermsOfUse, createTermsOfUse, exampleOfTerms, isOfNetwork, listTermsOfUse, removeTermsOfUse, rulesNaming, termsOfUseOf, type ReadTerms } from '../terms-of-use.js';
import { demandIn, mayConfigureFulfillment, viewerOf, type Viewer } from '../viewer.js';
import { formOf, messageFor, type Beside, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import { localInstant } from './local-time.js';
import type { Present } from './present.js';
import { options } from './query.js';
import { isAmount, periodText, policiesInput, policySections, ratePer, typedFrom, type Typed } from './terms-of-use-form.js';
import { amountProblem, majorUnits, minorUnits } from './typed.js';

const PATH = '/terms-of-use';
/** Apart, as any code may stand behind the other. */
const NEW_PATH = '/new-terms-of-use';
/** What a new form begins with. */
const fresh = loanPolicies.parse({ dueDate: { kind: 'PERIOD', unit: 'DAYS', value: 28 } });

export function termsOfUsePages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const terms = await listTermsOfUse(context, viewer);
    present(request, response, 'terms-of-use-list', {
      title: 'Terms of use',
      section: 'configuration',
      mayChange: mayConfigureFulfillment(viewer),
      rows: terms.map((each) => row(each, viewer, now())),
    });
  });

  router.get(NEW_PATH, async (request, response) => {
    demandIn(viewerOf(request), 'FULFILLMENT', 'CONFIGURE', 'terms of use');
    await opened(request, response, null);
  });

  router.get(`${PATH}/:code`, async (request, response) => {
    await opened(request, response, await termsOfUseOf(context, viewerOf(request), request.params.code));
  });

  router.post(NEW_PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'terms of use');
    await sent(request, response, null, form, async (policies) => {
      await createTermsOfUse(context, viewer, { code: form.text('code'), name: form.text('name'), policies }, authorOf(viewer, request.id));
    });
  });

  router.post(`${PATH}/:code`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await termsOfUseOf(context, viewer, request.params.code);
    await sent(request, response, before, form, async (policies) => {
      await changeTermsOfUse(context, viewer, ofVersion(before, form), { name: form.text('name'), policies }, authorOf(viewer, request.id));
    });
  });

  router.post(`${PATH}/:code/delete`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await termsOfUseOf(context, viewer, request.params.code);
    await removeTermsOfUse(context, viewer, ofVersion(before, form), authorOf(viewer, request.id));
    response.redirect(303, `${PATH}?done=terms-removed`);
  });

  /** The stored terms, with what they come to for a loan made now in the first library. */
  async function opened(request: Request, response: Response, read: ReadTerms | null): Promise<void> {
    const viewer = viewerOf(request);
    const { code: institutionId, currency } = viewer.institution;
    const library = await models.Library.findOne({ institutionId }, { code: 1 }).sort({ code: 1 }).lean();
    const ofPolicies = typedFrom(read?.policies ?? fresh, currency);
    const outside: Record<string, string> = {
      name: read?.terms.name ?? '', code: read?.terms.code ?? '', version: String(read?.terms.version ?? ''),
      libraryCode: library?.code ?? '', lentAt: localText(viewer.zone, now()),
    };
    const typed: Typed = (id) => outside[id] ?? ofPolicies(id);
    let answer: TermsExample | DueDateRefusal | null = null;
    try {
      answer = library === null ? null : await exampleOfTerms(context, viewer, exampleInput(typed, viewer));
    } catch (error) {
      // Terms that were loaded may be such that the form would refuse them; it says so once they are sent.
      if (!(error instanceof Refusal)) throw error;
    }
    await show(request, response, read, typed, [], answer);
  }

  /** "Show the example" computes it; anything else saves and goes back to the list. What is wrong is shown beside its field, with everything that was typed. */
  async function sent(request: Request, response: Response, before: ReadTerms | null, form: Form, save: (policies: unknown) => Promise<void>): Promise<void> {
    const viewer = viewerOf(request);
    const typed: Typed = (id) => form.text(id);
    try {
      if (form.text('do') === 'example') {
        const answer = await exampleOfTerms(context, viewer, exampleInput(typed, viewer));
        return await show(request, response, before, typed, [], answer);
      }
      await save(policiesInput(typed, viewer.institution.currency));
    } catch (error) {
      if (!(error instanceof Refusal) || error.problems.length === 0) throw error;
      return show(request, response, before, typed, error.problems.map(besidePolicy(typed, viewer.institution.currency)), null);
    }
    response.redirect(303, `${PATH}?done=terms`);
  }

  async function show(
    request: Request, response: Response, read: ReadTerms | null, typed: Typed, problems: readonly FieldProblem[], answer: TermsExample | DueDateRefusal | null,
  ): Promise<void> {
    const viewer = viewerOf(request);
    const { code: institutionId, currency } = viewer.institution;
    const libraries = await models.Library.find({ institutionId }, { code: 1, name: 1 }).sort({ code: 1 }).lean();
    const one = (id: string) => ({ id, value: typed(id), error: messageFor(problems, id) });
    present(request, response, 'terms-of-use', {
      title: read === null ? 'New terms of use' : read.terms.name,
      section: 'configuration',
      action: read === null ? NEW_PATH : pathOf(read),
      isNew: read === null,
      version: typed('version'),
      ofNetwork: read !== null && isOfNetwork(read.terms),
      unreadable: read !== null && read.policies === null,
      mayChange: mayConfigureFulfillment(viewer) && (read === null || !isOfNetwork(read.terms)),
      ...withProblems(problems),
      code: one('code'), name: one('name'), libraryCode: one('libraryCode'), lentAt: one('lentAt'), itemPrice: one('itemPrice'),
      currency,
      libraries: options(Object.fromEntries(libraries.map(({ code, name }) => [code, name])), [typed('libraryCode')]),
      removable: read !== null && mayConfigureFulfillment(viewer) && !isOfNetwork(read.terms),
      rules: read === null ? [] : (await rulesNaming(context, read.terms)).map((rule) => ({ name: rule.name, unit: rule.unitCode, href: `/fulfillment-units/${encodeURIComponent(rule.unitCode)}` })),
      sections: policySections(typed, problems, currency),
      example: answer === null ? null : exampleShown(answer, viewer),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

const pathOf = ({ terms }: ReadTerms): string => `${PATH}/${encodeURIComponent(terms.code)}`;

/** The form was made from a version of the terms; a later one is not overwritten. */
function ofVersion(read: ReadTerms, form: Form): ReadTerms {
  const { name, version } = read.terms;
  if (form.text('version') === String(version)) return read;
  throw new Refusal('precondition-failed', `${name} were changed by somebody else while you had the form open. Open it again to see how they are set now.`);
}

/** `/policies/dueDate/value` belongs to `dueDate.value`, `/lentAt` to `lentAt`. */
const besidePolicy = (typed: Typed, currency: string): Beside => (problem) => {
  const field = (problem.pointer ?? '').replace(/^\/(policies\/)?/, '').replaceAll('/', '.');
  return { field, message: isAmount(field) || field === 'itemPrice' ? amountProblem(problem, typed(field), currency) : problem.message };
};

function exampleInput(typed: Typed, { zone, institution: { currency } }: Viewer): Record<string, unknown> {
  const itemPrice = typed('itemPrice');
  return {
    policies: policiesInput(typed, currency), libraryCode: typed('libraryCode'), lentAt: instantText(zone, typed('lentAt')),
    itemPrice: itemPrice === '' ? null : minorUnits(itemPrice, currency),
  };
}

/** `2026-05-12T10:00` by the clock of the institution as an instant; what is no such time stays as it is, so that the refusal can name it. */
function instantText(zone: Zone, local: string): string {
  const at = localInstant(zone, local);
  return at instanceof Date ? at.toISOString() : local;
}

function localText(zone: Zone, at: Date): string {
  const minutes = localMinutes(zone, at.getTime());
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${dayText(localDay(zone, at.getTime()))}T${two(minutes / 60)}:${two(minutes % 60)}`;
}

const refusalWords = {
  EVENT_DATE_MISSING: 'Nothing can be lent then: the calendar of the library has no such event ahead.',
  NOT_LATER: 'Nothing can be lent then: the due date would not be later than the loan.',
};

function exampleShown(answer: TermsExample | DueDateRefusal, { zone, institution: { currency } }: Viewer) {
  if ('refused' in answer) return { refused: refusalWords[answer.refused] };
  const { dueDate, noOpenDay, late, replacementFee, processFee } = answer;
  const money = (amount: number) => majorUnits(amount, currency);
  return {
    refused: null, due: when(zone, new Date(dueDate)), noOpenDay,
    late: late.map(({ days, at, fine, recalledFine }) => (
      { after: `${days} ${days === 1 ? 'day' : 'days'}`, at: when(zone, new Date(at)), fine: money(fine), recalledFine: money(recalledFine) })),
    replacementFee: money(replacementFee), processFee: money(processFee), lost: money(replacementFee + processFee),
  };
}

function row(read: ReadTerms, { zone, institution: { currency } }: Viewer, now: Date) {
  const { terms: { code, name, updatedAt }, policies } = read;
  const fine = policies?.overdueFine ?? null;
  return {
    href: pathOf(read), code, name,
    lentFor: policies === null ? '' : periodText(policies.dueDate),
    renewable: policies === null ? '' : policies.isRenewable ? 'yes' : 'no',
    fine: fine === null ? 'none' : `${majorUnits(fine.amount, currency)} ${ratePer(fine.per)}`,
    keptBy: isOfNetwork(read.terms) ? 'the network' : 'the library',
    unreadable: policies === null ? { text: 'Cannot be read', tone: 'bad', icon: 'cross' } : null,
    changed: briefly(zone, updatedAt, now),
  };
}
