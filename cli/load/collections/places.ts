/** libraries, locations. */
import { z } from 'zod';
import type { Library, Location } from '../../../models/library.js';
import { loadable, missing, nothing, type Destination } from './loadable.js';
import { amount, code, email, integer, text, truth } from './values.js';

const library = z.strictObject({
  code,
  name: text.optional(),
  campusCode: code.nullable().optional(),
  email: email.nullable().optional(),
  address: z.record(z.string(), z.string()).nullable().optional(),
  isResourceSharingLibrary: truth.optional(),
  defaultReplacementCost: amount.nullable().optional(),
  inheritsCalendar: truth.optional(),
  shortLoanOpeningOffsetMinutes: integer.optional(),
  suppressFromDiscovery: truth.optional(),
  active: truth.optional(),
});

export const libraries = loadable<Library, z.output<typeof library>, void>({
  name: 'libraries',
  model: (models) => models.Library,
  line: library,
  keyOf: (line) => line.code,
  storedKeyOf: (record) => record.code,
  stored: (model, institutionId, lines) => model.find({ institutionId, code: { $in: lines.map((line) => line.code) } }).lean<Library[]>(),
  references: nothing,
  fields: (line) => line,
  blank: () => ({
    code: undefined,
    name: undefined,
    campusCode: null,
    email: null,
    address: null,
    isResourceSharingLibrary: false,
    defaultReplacementCost: null,
    inheritsCalendar: true,
    shortLoanOpeningOffsetMinutes: 0,
    suppressFromDiscovery: false,
    active: true,
    lastChange: null,
  }),
  beside: nothing,
});

/** Which of the libraries that lines name there are. */
export async function librariesNamed({ models, institutionId }: Destination, codes: (string | null | undefined)[]): Promise<Set<string>> {
  const asked = [...new Set(codes.filter((one) => typeof one === 'string'))];
  const found = await models.Library.find({ institutionId, code: { $in: asked } }, { code: 1 }).lean();
  return new Set(found.map((one) => one.code));
}

const location = z.strictObject({
  libraryCode: code,
  code,
  name: text.optional(),
  type: z.enum(['OPEN', 'CLOSED']).optional(),
  suppressFromDiscovery: truth.optional(),
  active: truth.optional(),
});

export const locations = loadable<Location, z.output<typeof location>, Set<string>>({
  name: 'locations',
  model: (models) => models.Location,
  line: location,
  keyOf: (line) => `${line.libraryCode}/${line.code}`,
  storedKeyOf: (record) => `${record.libraryCode}/${record.code}`,
  stored: (model, institutionId, lines) =>
    model.find({ institutionId, libraryCode: { $in: [...new Set(lines.map((line) => line.libraryCode))] } }).lean<Location[]>(),
  references: (destination, lines) => librariesNamed(destination, lines.map((line) => line.libraryCode)),
  fields: (line, known) => (known.has(line.libraryCode) ? line : [missing('libraryCode', line.libraryCode, 'code of a library')]),
  blank: () => ({
    libraryCode: undefined,
    code: undefined,
    name: undefined,
    type: 'OPEN',
    fulfillmentUnitCode: null,
    remoteStorageId: null,
    suppressFromDiscovery: false,
    active: true,
    lastChange: null,
  }),
  beside: nothing,
});
