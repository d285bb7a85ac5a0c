/** users: people with their addresses, cards and roles. */
import { z } from 'zod';
import { dayText, localDay } from '../../../domain/days.js';
import { roles } from '../../../domain/permissions.js';
import { patronRole, type User } from '../../../models/user.js';
import { insertOnce } from '../../../models/insert-once.js';
import { loadable, newRecordId, type Destination } from './loadable.js';
import { code, day, email, list, text, truth } from './values.js';

const emailLine = z.union([
  email.transform((address) => ({ address, types: ['personal'], preferred: false })),
  z.strictObject({ address: email, types: list(text).default(['personal']), preferred: truth.default(false) }),
], 'an e-mail address, or {address, types, preferred}');
const phoneLine = z.union([
  text.transform((number) => ({ number, types: ['home'], preferred: false, preferredSms: false })),
  z.strictObject({ number: text, types: list(text).default(['home']), preferred: truth.default(false), preferredSms: truth.default(false) }),
], 'a number, or {number, types, preferred, preferredSms}');
const roleLine = z.strictObject({
  role: z.enum([...roles, patronRole.role], 'PATRON, or a role of platform.md 11'),
  libraryCode: code.nullable().default(null),
  expiryDate: day.nullable().default(null),
});

const user = z.strictObject({
  primaryId: code,
  firstName: text.nullable().optional(),
  middleName: text.nullable().optional(),
  lastName: text.optional(),
  displayName: text.optional(),
  title: text.nullable().optional(),
  recordType: z.enum(['PUBLIC', 'STAFF', 'CONTACT']).optional(),
  userGroup: code.nullable().optional(),
  jobCategory: code.nullable().optional(),
  campusCode: code.nullable().optional(),
  preferredLanguage: code.nullable().optional(),
  expiryDate: day.nullable().optional(),
  purgeDate: day.nullable().optional(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETED']).optional(),
  barcodes: list(code).optional(),
  emails: list(emailLine).optional(),
  phones: list(phoneLine).optional(),
  roles: list(roleLine).optional(),
  letterOptOut: list(code).optional(),
});
type UserLine = z.output<typeof user>;

/** Whose identifiers are, of all that the lines name, after they were claimed for those who have none yet. */
interface Claims {
  userIds: string[];
  idOf: (line: UserLine) => string;
  ownerOf: (key: string) => string | undefined;
}

export const users = loadable<User, UserLine, Claims>({
  name: 'users',
  model: (models) => models.User,
  line: user,
  keyOf: (line) => line.primaryId,
  storedKeyOf: (record) => record.primaryId,
  stored: (model, institutionId, lines) => model.find({ institutionId, primaryId: { $in: lines.map((line) => line.primaryId) } }).lean<User[]>(),
  references: claim,
  fields: (line, claims, { now, zone }) => {
    const taken = [line.primaryId.toLowerCase(), ...(line.barcodes ?? [])].filter((key) => claims.ownerOf(key) !== claims.idOf(line));
    if (taken.length > 0) return taken.map((value) => ({ place: 'identifiers', value, expectation: 'an identifier that no other user has' }));
    const { barcodes, emails, phones, roles: given, ...fields } = line;
    const names = [line.firstName, line.middleName, line.lastName].filter((name) => typeof name === 'string');
    return {
      ...fields,
      displayName: line.displayName ?? (line.lastName === undefined ? undefined : names.join(' ')),
      statusDate: line.status === undefined ? undefined : dayText(localDay(zone, now().getTime())),
      identifiers: barcodes?.map((value) => ({ type: 'BARCODE', value, note: null, status: 'ACTIVE', segment: 'INTERNAL' })),
      emails: emails === undefined ? undefined : withOnePreferred(emails).map((one) => ({ ...one, bounced: false, segment: 'INTERNAL' })),
      phones: phones === undefined ? undefined : withOnePreferred(phones).map((one) => ({ ...one, segment: 'INTERNAL' })),
      roles: given?.map((one) => ({ ...one, status: 'ACTIVE', scope: one.libraryCode === null ? 'INSTITUTION' : 'LIBRARY' })),
      staff: given === undefined ? undefined : given.length > 0,
    };
  },
  blank: (_id, { now, zone }) => ({
    primaryId: undefined,
    identifiers: [],
    accountType: 'INTERNAL',
    recordType: 'PUBLIC',
    displayName: undefined,
    firstName: null,
    middleName: null,
    lastName: '',
    title: null,
    userGroup: null,
    jobCategory: null,
    campusCode: null,
    preferredLanguage: null,
    expiryDate: null,
    purgeDate: null,
    status: 'ACTIVE',
    statusDate: dayText(localDay(zone, now().getTime())),
    statusReason: null,
    emails: [],
    phones: [],
    addresses: [],
    notes: [],
    statistics: [],
    roles: [patronRole],
    staff: false,
    letterOptOut: [],
    readingListEmail: 'ALWAYS',
    passwordHash: null,
    dashboard: { widgets: [] },
  }),
  beside: releaseUnused,
});

/** Before a user is written, their identifiers are claimed (users-external-action, rule 2): the first who asks has them. */
async function claim({ models, institutionId, now }: Destination, lines: UserLine[]): Promise<Claims> {
  const known = await models.User.find({ institutionId, primaryId: { $in: lines.map((line) => line.primaryId) } }, { primaryId: 1 }).lean();
  const ids = new Map(known.map(({ _id, primaryId }) => [primaryId, _id]));
  const idOf = ({ primaryId }: UserLine) => ids.get(primaryId) ?? newRecordId('users', institutionId, primaryId);
  const at = now();
  const identifiers = lines.flatMap((line) =>
    [line.primaryId.toLowerCase(), ...(line.barcodes ?? [])].map((key) => ({
      _id: `${institutionId}:${key}`,
      institutionId,
      userId: idOf(line),
      version: 1,
      createdAt: at,
      updatedAt: at,
    })),
  );
  await insertOnce(models.UserIdentifier, identifiers);
  const asked = identifiers.map(({ _id }) => _id);
  const owned = await models.UserIdentifier.find({ institutionId, _id: { $in: asked } }, { userId: 1 }).lean();
  const owners = new Map(owned.map(({ _id, userId }) => [_id, userId]));
  return { userIds: lines.map(idOf), idOf, ownerOf: (key) => owners.get(`${institutionId}:${key}`) };
}

/** Identifiers are free that users had before and were not given again, and those that were claimed for a line that was refused. */
async function releaseUnused({ models, institutionId }: Destination, _written: User[], { userIds }: Claims): Promise<void> {
  const people = await models.User.find({ institutionId, _id: { $in: userIds } }, { primaryId: 1, identifiers: 1 }).lean();
  const used = new Set(
    people.flatMap(({ primaryId, identifiers }) =>
      [primaryId.toLowerCase(), ...identifiers.map(({ value }) => value)].map((key) => `${institutionId}:${key}`),
    ),
  );
  const claimed = await models.UserIdentifier.find({ institutionId, userId: { $in: userIds } }, { _id: 1 }).lean();
  const unused = claimed.map(({ _id }) => _id).filter((id) => !used.has(id));
  if (unused.length > 0) await models.UserIdentifier.deleteMany({ institutionId, _id: { $in: unused } });
}

/** The first one where no line says which. */
function withOnePreferred<T extends { preferred: boolean }>(list: T[]): T[] {
  return list.some(({ preferred }) => preferred) ? list : list.map((one, index) => ({ ...one, preferred: index === 0 }));
}
