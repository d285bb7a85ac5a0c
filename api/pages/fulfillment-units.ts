/** Fulfillment units: list, and one with its rules, its locations and a worked example (fulfillment-loans.md, S9). */
import { Router, type Request, type Response } from 'express';
import { locationKey } from '../../domain/fulfillment/loan-terms.js';
import { may } from '../../domain/permissions.js';
import type { Location } from '../../models/library.js';
import { authorOf } from '../changes.js';
import type { ApiContext } from '../context.js';
import { notPossible } from '../desk.js';
import { briefly } from '../format.js';
import {
  addLocation, changeFulfillmentUnit, createFulfillmentUnit, fulfillmentUnitOf, listFulfillmentUnits, removeFulfillmentUnit, takeOutLocation, type ReadUnit,
} from '../fulfillment-units.js';
import { loanTermsExample, type LoanTermsExample } from '../loan-terms-example.js';
import { unitRulesOf } from '../unit-rules.js';
import { demandIn, mayConfigureFulfillment, viewerOf, type Viewer } from '../viewer.js';
import { demandFormOf, formOf, messageFor, problemsOf, type FieldProblem, type Form } from './form.js';
import { withProblems } from './job-forms.js';
import { policyWords } from './policies-in-words.js';
import type { Present } from './present.js';
import { options } from './query.js';
import { fieldWords, ruleTables, unitPath, UNITS_PATH } from './unit-rule-tables.js';
import { inputText } from './rule-inputs.js';

/** Apart, as any code may stand behind the other. */
const NEW_PATH = '/new-fulfillment-unit';

/** What the page of a unit shows beside what is stored. */
interface Shown {
  typed: { name: string; enabled: boolean; networkUnitCode: string };
  problems: readonly FieldProblem[];
  asked: { patron: string; barcode: string };
  example: LoanTermsExample | null;
}

export function fulfillmentUnitPages(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(UNITS_PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const institutionId = viewer.institution.code;
    const units = await listFulfillmentUnits(context, viewer);
    const [locations, rules] = await Promise.all([
      models.Location.find({ institutionId, active: true }).sort({ libraryCode: 1, code: 1 }).lean(),
      models.FulfillmentUnitRule.find({ institutionId, unitCode: { $in: units.map(({ unit }) => unit.code) }, deletedAt: null }, { unitCode: 1 }).lean(),
    ]);
    const known = new Set(units.map(({ unit }) => unit.code));
    present(request, response, 'fulfillment-units', {
      title: 'Fulfillment units',
      section: 'configuration',
      mayChange: mayConfigureFulfillment(viewer),
      newPath: NEW_PATH,
      homeless: listed(locations.filter(({ fulfillmentUnitCode: code }) => code === null || !known.has(code))),
      rows: units.map(({ unit, locations: own }) => ({
        href: unitPath(unit.code), name: unit.name, code: unit.code,
        locations: own.map((location) => locationKey(location.libraryCode, location.code)).join(', ') || 'none',
        rules: rules.filter(({ unitCode }) => unitCode === unit.code).length,
        badge: unit.enabled ? { text: 'Enabled', tone: 'good', icon: 'check' } : { text: 'Disabled', tone: 'quiet', icon: 'skip' },
        keptBy: unit.owner === 'NETWORK' ? 'the network' : 'the library',
        changed: briefly(viewer.zone, unit.updatedAt, now()),
      })),
    });
  });

  router.get(NEW_PATH, async (request, response) => {
    demandIn(viewerOf(request), 'FULFILLMENT', 'CONFIGURE', 'fulfillment units');
    await showNew(request, response, new Map(), []);
  });

  router.post(NEW_PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const code = form.text('code');
    const problems = await problemsOf(() => createFulfillmentUnit(context, viewer, { code, ...typedIn(form), networkUnitCode: networkIn(form) }, authorOf(viewer, request.id)));
    if (problems.length > 0) return showNew(request, response, new Map(['code', 'name', 'networkUnitCode'].map((field) => [field, form.text(field)])), problems);
    response.redirect(303, `${unitPath(code)}?done=unit`);
  });

  router.get(`${UNITS_PATH}/:code`, async (request, response) => {
    await show(request, response, await fulfillmentUnitOf(context, viewerOf(request), request.params.code), {});
  });

  router.post(`${UNITS_PATH}/:code`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await fulfillmentUnitOf(context, viewer, request.params.code);
    demandFormOf(before.unit, form);
    const typed = typedIn(form);
    const problems = await problemsOf(() => changeFulfillmentUnit(context, viewer, before, { ...typed, networkUnitCode: networkIn(form) }, authorOf(viewer, request.id)));
    if (problems.length > 0) return show(request, response, before, { typed: { ...typed, networkUnitCode: form.text('networkUnitCode') }, problems });
    response.redirect(303, `${unitPath(before.unit.code)}?done=unit`);
  });

  /** What was ticked since the form was made comes in, what was unticked goes out; what others did meanwhile stays. */
  router.post(`${UNITS_PATH}/:code/locations`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const author = authorOf(viewer, request.id);
    const read = await fulfillmentUnitOf(context, viewer, request.params.code);
    const [before, after] = [new Set(form.list('before')), new Set(form.list('locations'))];
    for (const location of await models.Location.find({ institutionId: viewer.institution.code }).lean()) {
      const key = locationKey(location.libraryCode, location.code);
      if (before.has(key) === after.has(key)) continue;
      await (after.has(key) ? addLocation : takeOutLocation)(context, viewer, read, location, author);
    }
    response.redirect(303, `${unitPath(read.unit.code)}?done=unit-locations`);
  });

  router.post(`${UNITS_PATH}/:code/example`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const asked = { patron: form.text('patron'), barcode: form.text('barcode') };
    const read = await fulfillmentUnitOf(context, viewer, request.params.code);
    let example: LoanTermsExample | null = null;
    const problems = await problemsOf(async () => {
      example = await loanTermsExample(context, viewer, asked);
    });
    await show(request, response, read, { asked, problems, example });
  });

  router.post(`${UNITS_PATH}/:code/delete`, async (request, response) => {
    const viewer = viewerOf(request);
    const form = formOf(request);
    const before = await fulfillmentUnitOf(context, viewer, request.params.code);
    demandFormOf(before.unit, form);
    await removeFulfillmentUnit(context, viewer, before, authorOf(viewer, request.id));
    response.redirect(303, `${UNITS_PATH}?done=unit-removed`);
  });

  async function showNew(request: Request, response: Response, typed: ReadonlyMap<string, string>, problems: readonly FieldProblem[]): Promise<void> {
    const one = (id: string) => ({ id, value: typed.get(id) ?? '', error: messageFor(problems, id) });
    present(request, response, 'new-fulfillment-unit', {
      title: 'New fulfillment unit',
      section: 'configuration',
      action: NEW_PATH,
      ...withProblems(problems),
      name: one('name'), code: one('code'),
      networkUnits: await networkUnits(viewerOf(request), typed.get('networkUnitCode') ?? ''),
    }, problems.length === 0 ? 200 : 422);
  }

  /** The units of the network that a unit may follow; null: there are none. */
  async function networkUnits(viewer: Viewer, chosen: string) {
    const found = await models.FulfillmentUnit.find({ institutionId: viewer.institution.code, owner: 'NETWORK', deletedAt: null }).sort({ code: 1 }).lean();
    return found.length === 0 ? null : options({ '': 'none', ...Object.fromEntries(found.map(({ code, name }) => [code, name])) }, [chosen]);
  }

  async function show(request: Request, response: Response, read: ReadUnit, given: Partial<Shown>): Promise<void> {
    const viewer = viewerOf(request);
    const institutionId = viewer.institution.code;
    const { unit, locations } = read;
    const { name, enabled, networkUnitCode } = unit;
    const { typed = { name, enabled, networkUnitCode: networkUnitCode ?? '' }, problems = [], asked = { patron: '', barcode: '' }, example = null } = given;
    const [rules, libraries, allLocations, terms, units] = await Promise.all([
      unitRulesOf(context, viewer, read),
      models.Library.find({ institutionId }, { code: 1, name: 1 }).sort({ code: 1 }).lean(),
      models.Location.find({ institutionId }).sort({ libraryCode: 1, code: 1 }).lean(),
      models.TermsOfUse.find({ institutionId, deletedAt: null }, { code: 1, name: 1, type: 1 }).lean(),
      models.FulfillmentUnit.find({ institutionId, deletedAt: null }, { code: 1, name: 1 }).lean(),
    ]);
    const own = unit.owner === 'LOCAL';
    const tables = ruleTables(rules, { unit, terms, mayChange: mayConfigureFulfillment(viewer) && own });
    const one = (id: string, value: string) => ({ id, value, error: messageFor(problems, id) });
    present(request, response, 'fulfillment-unit', {
      title: unit.name,
      section: 'configuration',
      path: unitPath(unit.code),
      version: String(unit.version),
      code: unit.code,
      ofNetwork: !own,
      enabled: unit.enabled,
      mayChange: mayConfigureFulfillment(viewer) && own,
      mayPlace: mayConfigureFulfillment(viewer),
      ...withProblems(problems),
      name: one('name', typed.name),
      ticked: typed.enabled,
      networkUnits: own ? await networkUnits(viewer, typed.networkUnitCode) : null,
      tables,
      libraries: libraries.map((library) => ({
        name: library.name,
        locations: allLocations.filter(({ libraryCode }) => libraryCode === library.code).map((location) => ({
          value: locationKey(location.libraryCode, location.code), name: location.name,
          ticked: location.fulfillmentUnitCode === unit.code,
          elsewhere: units.find(({ code }) => code === location.fulfillmentUnitCode && code !== unit.code)?.name ?? null,
        })),
      })).filter((library) => library.locations.length > 0),
      before: locations.map((location) => locationKey(location.libraryCode, location.code)),
      removable: locations.length === 0,
      mayAsk: may(viewer.grants, 'PATRON_DATA'),
      patron: one('patron', asked.patron), barcode: one('barcode', asked.barcode),
      example: example === null ? null : shownExample(example, viewer),
    }, problems.length === 0 ? 200 : 422);
  }
  return router;
}

const NAMED = 12;
/** As many as a sentence holds. */
function listed(locations: readonly Location[]): string {
  const names = locations.slice(0, NAMED).map((location) => `${location.name} (${locationKey(location.libraryCode, location.code)})`);
  return names.join(', ') + (locations.length > NAMED ? ` and ${locations.length - NAMED} more` : '');
}

const typedIn = (form: Form) => ({ name: form.text('name'), enabled: form.ticked('enabled') });
const networkIn = (form: Form): string | null => (form.text('networkUnitCode') === '' ? null : form.text('networkUnitCode'));

function shownExample({ location, unitCode, tried, rule, terms, refused }: LoanTermsExample, { institution: { currency } }: Viewer) {
  return {
    place: locationKey(location.currentLibraryCode, location.currentLocationCode),
    unit: unitCode === null ? null : { href: unitPath(unitCode), code: unitCode },
    tried: tried.map(({ rule: each, inputs }) => {
      const matches = each._id === rule?._id;
      // Of a rule that was passed over, what was not so.
      const why = inputs.filter(({ holds }) => holds === matches)
        .map((input) => ({ asks: inputText(input, fieldWords), value: input.value === null || input.value === '' ? 'empty' : input.value }));
      return { name: each.name, ofOther: each.unitCode === unitCode ? null : each.unitCode, matches, why };
    }),
    refused: refused === null ? null : notPossible(refused).message,
    terms: terms === null ? null : {
      name: terms.terms.name,
      href: `/terms-of-use/${encodeURIComponent(terms.terms.code)}`,
      policies: terms.policies === null ? [] : policyWords(terms.policies, currency),
    },
  };
}
