/** Users with their cards, addresses and groups become users and the identifiers that belong to them. */
import type { Day } from '../../../domain/days.js';
import { patronRole, type User } from '../../../models/user.js';
import type { TableReport } from '../table-report.js';
import type { Outcome } from './dump.js';
import { withdrawing, type Load } from './load-context.js';
import type { Places } from './places.js';
import { LeftOut, type Row } from './row.js';

/** What loans, bills and holds say of a person. */
export interface Person {
  userId: string;
  userGroup: string;
}

interface Card {
  id: string;
  barcode: string;
  active: boolean;
}

// The stock groups and the account `admin` come with every installation and are in no dump of a library's own rows.
const groupWithoutName = (id: string) => `group-${id}`;

/** Only what looks like an address is one; the mail server has the last word. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Answers who was loaded, by Evergreen's id. `missingEmail` is the pattern of an address for users without one, with `{barcode}`,
 * `{usrname}` and `{id}`; null leaves them without.
 */
export async function loadPeople(load: Load, places: Places, missingEmail: string | null): Promise<ReadonlyMap<string, Person>> {
  const { dump } = load;
  const groups = new Map<string, string>();
  const cards = new Map<string, Card[]>();
  const addresses = new Map<string, Record<string, unknown>[]>();
  await dump.look('permission.grp_tree', (row) => groups.set(row.text('id'), row.text('name')));
  await dump.look('actor.card', (row) => {
    collect(cards, row.text('usr'), { id: row.text('id'), barcode: row.text('barcode'), active: row.flag('active') });
  });
  await dump.look('actor.usr_address', (row) => {
    if (!row.flag('pending')) collect(addresses, row.text('usr'), { id: row.text('id'), ...addressOf(row) });
  });

  const users = load.writerOf(load.models.User);
  const identifiers = load.writerOf(load.models.UserIdentifier);
  const people = new Map<string, Person>();
  const elsewhere = await identifiersOfOthers(load);
  const owners = new Map(elsewhere);
  await dump.each('actor.usr', async (row, report) => {
    const id = row.text('id');
    const user = userOf(load, row, cards.get(id) ?? []);
    if (elsewhere.has(user.primaryId.toLowerCase())) throw new LeftOut('a user who is not of this dump has its user name', user.primaryId);
    const own = addresses.get(id) ?? [];
    const userGroup = groupOf(row.text('profile'), groups, report, user.primaryId);
    const given = {
      ...user,
      userGroup,
      campusCode: places.campusOf(row.text('home_ou')),
      emails: emailsOf(row, cards.get(id) ?? [], missingEmail, report),
      addresses: own.map(({ id: addressId, ...address }) => ({ ...address, preferred: addressId === row.maybeText('mailing_address') })),
    };

    for (const key of identifierKeys(user)) {
      const owner = owners.get(key);
      if (owner !== undefined && owner !== user._id) {
        report.remark('an identifier that another user has already', `${row.label}: ${key}`);
        continue;
      }
      owners.set(key, user._id);
      const identifier = { _id: `${load.institutionId}:${key}`, institutionId: load.institutionId, userId: user._id };
      await identifiers.add(identifier, () => undefined);
    }
    await users.add(given, withdrawing(report, row.label));
    people.set(id, { userId: user._id, userGroup });
    if (row.flag('barred')) report.remark('barred: no block was made of it', user.primaryId);
    return 'MAPPED';
  });
  await identifiers.flush();
  await users.flush();

  await accountForParts(load, people, groups);
  return people;
}

/** Users by identifier: of those who were in the institution already and are no row of this dump, so that it takes nothing from them. */
async function identifiersOfOthers(load: Load): Promise<Map<string, string>> {
  const ids = new Set<string>();
  await load.dump.look('actor.usr', (row) => ids.add(load.idOf('actor.usr', row.text('id'))));
  const held = new Map<string, string>();
  const prefix = `${load.institutionId}:`;
  for await (const { _id, userId } of load.models.UserIdentifier.find({ institutionId: load.institutionId }, { userId: 1 }).lean().cursor()) {
    if (!ids.has(userId)) held.set(_id.slice(prefix.length), userId);
  }
  return held;
}

function userOf(load: Load, row: Row, cards: Card[]) {
  const preferred = (column: string) => row.maybeText(`pref_${column}`) ?? row.maybeText(column);
  const [firstName, middleName] = [preferred('first_given_name'), preferred('second_given_name')];
  const lastName = preferred('family_name') ?? '';
  const names = [firstName, middleName, lastName, preferred('suffix')].filter((name) => name !== null && name !== '');
  const primaryId = row.text('usrname');
  const [deleted, active] = [row.flag('deleted'), row.flag('active')];
  return {
    _id: load.idOf('actor.usr', row.text('id')),
    institutionId: load.institutionId,
    primaryId,
    identifiers: cards.map(({ barcode, active }) => ({
      type: 'BARCODE',
      value: barcode,
      note: null,
      status: active ? 'ACTIVE' : 'INACTIVE',
      segment: 'INTERNAL',
    })),
    accountType: 'INTERNAL',
    recordType: 'PUBLIC',
    displayName: names.length === 0 ? primaryId : names.join(' '),
    firstName,
    middleName,
    lastName,
    title: preferred('prefix'),
    jobCategory: null,
    preferredLanguage: row.maybeText('locale'),
    expiryDate: row.maybeDay('expire_date', load.zone),
    purgeDate: null,
    status: deleted ? 'DELETED' : active ? 'ACTIVE' : 'INACTIVE',
    statusDate: statusDayOf(row, load),
    statusReason: null,
    phones: phonesOf(row),
    notes: [],
    statistics: [],
    roles: [patronRole],
    staff: false,
    letterOptOut: [],
    readingListEmail: 'ALWAYS',
    passwordHash: null,
    dashboard: { widgets: [] },
  } satisfies Partial<User>;
}

/** Evergreen does not keep since when a user is as they are; the day of the last change is no earlier. */
function statusDayOf(row: Row, { zone }: Load): Day {
  const day = row.maybeDay('last_update_time', zone) ?? row.maybeDay('create_date', zone);
  if (day === null) throw new LeftOut('neither changed nor made on any day');
  return day;
}

function groupOf(profile: string, groups: ReadonlyMap<string, string>, report: TableReport, primaryId: string): string {
  const name = groups.get(profile);
  if (name === undefined) report.remark('group known by its number only, because it is not in the dump', `${primaryId}: ${groupWithoutName(profile)}`);
  return name ?? groupWithoutName(profile);
}

function emailsOf(row: Row, cards: Card[], missingEmail: string | null, report: TableReport): User['emails'] {
  const given = row.maybeText('email');
  if (given !== null && EMAIL.test(given)) return [emailOf(given)];
  if (given !== null) report.remark('e-mail address that is none', `${row.label}: ${given}`);
  if (missingEmail === null) {
    report.remark('without an e-mail address', row.label);
    return [];
  }
  const card = cards.find(({ id }) => id === row.maybeText('card')) ?? cards[0];
  const words = new Map([
    ['{barcode}', card?.barcode ?? row.text('usrname')],
    ['{usrname}', row.text('usrname')],
    ['{id}', row.text('id')],
  ]);
  report.remark('e-mail address made by the pattern', row.label);
  return [emailOf(missingEmail.replace(/\{\w+\}/g, (word) => words.get(word) ?? word))];
}

const emailOf = (address: string) => ({ address, types: ['personal'], preferred: true, bounced: false, segment: 'INTERNAL' as const });

function phonesOf(row: Row): User['phones'] {
  const numbers = (['day_phone', 'evening_phone', 'other_phone'] as const).flatMap((column) => {
    const number = row.maybeText(column);
    return number === null ? [] : [{ number, types: [column.replace('_phone', '')] }];
  });
  return numbers.map((phone, index) => ({ ...phone, preferred: index === 0, preferredSms: false, segment: 'INTERNAL' }));
}

function addressOf(row: Row): Record<string, unknown> {
  return {
    line1: row.maybeText('street1'),
    line2: row.maybeText('street2'),
    city: row.maybeText('city'),
    state: row.maybeText('state'),
    postalCode: row.maybeText('post_code'),
    country: row.maybeText('country'),
    startDate: null,
    endDate: null,
    types: [(row.maybeText('address_type') ?? 'home').toLowerCase()],
    segment: 'INTERNAL',
  };
}

/** A primary id compares without case, everything else as it is (data-model.md, userIdentifier). */
function identifierKeys({ primaryId, identifiers }: { primaryId: string; identifiers: { value: string }[] }): Set<string> {
  return new Set([primaryId.toLowerCase(), ...identifiers.map(({ value }) => value)]);
}

async function accountForParts(load: Load, people: ReadonlyMap<string, Person>, groups: ReadonlyMap<string, string>): Promise<void> {
  const { dump } = load;
  const ofUser = (row: Row): Outcome => {
    if (people.has(row.text('usr'))) return 'MERGED';
    throw new LeftOut('its user was not loaded', `user ${row.text('usr')}`);
  };
  await dump.each('actor.card', async (row) => {
    row.text('barcode'); // a card without a number is none
    return ofUser(row);
  });
  await dump.each('actor.usr_address', async (row) => {
    if (row.flag('pending')) throw new LeftOut('not yet approved by staff');
    return ofUser(row);
  });
  const used = new Set([...people.values()].map(({ userGroup }) => userGroup));
  await dump.each('permission.grp_tree', async (row) => {
    if (used.has(groups.get(row.text('id')) ?? '')) return 'MERGED';
    throw new LeftOut('a group without users', row.text('name'));
  });
}

function collect<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
