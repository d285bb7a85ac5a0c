/**
 * Org units become libraries, copy locations locations.
 *
 * Evergreen's org units are a tree of consortium, systems, branches, sub-libraries and bookmobiles. What holds copies is a library
 * here; the system above it is its campus. A copy location may belong to a system and serve all its branches, where ours belong to
 * one library: each library whose copies stand there gets its own, under the same code, the location's id (Evergreen has no code).
 */
import type { Library, Location } from '../../../models/library.js';
import { withdrawing, type Load } from './load-context.js';
import { LeftOut, type Row } from './row.js';

interface Unit {
  id: string;
  code: string;
  parentId: string | null;
  holdsCopies: boolean;
}
interface Shelf {
  name: string;
  ownerId: string;
  visible: boolean;
  deleted: boolean;
}

// Of the org unit types that every installation begins with: 1 consortium, 2 system.
const TYPES_WITHOUT_COPIES = new Set(['1', '2']);

/** The libraries and locations that the other tables refer to; written at the end, when it is known which. */
export class Places {
  private readonly units = new Map<string, Unit>();
  private readonly addresses = new Map<string, Record<string, string>>();
  private readonly shelves = new Map<string, Shelf>();
  /** Org units that copies or loans stand in though they hold none by their type, or are not in the dump. */
  private readonly used = new Set<string>();
  /** `<org unit>/<copy location>`. */
  private readonly usedShelves = new Set<string>();

  private constructor(private readonly load: Load) {}

  static async read(load: Load): Promise<Places> {
    const places = new Places(load);
    const { dump } = load;
    const types = new Map<string, boolean>();
    await dump.look('actor.org_unit_type', (row) => types.set(row.text('id'), row.flag('can_have_vols')));
    await dump.look('actor.org_unit', (row) => {
      const type = row.text('ou_type');
      const [id, code] = [row.text('id'), row.text('shortname')];
      const holdsCopies = types.get(type) ?? !TYPES_WITHOUT_COPIES.has(type);
      places.units.set(id, { id, code, parentId: row.maybeText('parent_ou'), holdsCopies });
    });
    await dump.look('actor.org_address', (row) => places.addresses.set(row.text('id'), addressOf(row)));
    await dump.look('asset.copy_location', (row) => {
      const shelf = { name: row.text('name'), ownerId: row.text('owning_lib'), visible: row.flag('opac_visible'), deleted: row.flag('deleted') };
      places.shelves.set(row.text('id'), shelf);
    });
    return places;
  }

  /** The code of the library that an org unit is or, since something stands there, becomes. */
  libraryOf(unitId: string): string {
    if (!this.isLibrary(unitId)) this.used.add(unitId);
    return this.codeOf(unitId);
  }

  /** The code of a copy location in the library of an org unit. */
  locationOf(unitId: string, shelfId: string): string {
    this.usedShelves.add(`${unitId}/${shelfId}`);
    return shelfId;
  }

  /** Null for an org unit that is no library. */
  maybeLibraryOf(unitId: string): string | null {
    return this.isLibrary(unitId) ? this.codeOf(unitId) : null;
  }

  /** What a library is directly below: its system, or the consortium; an org unit that is no library is its own. Null for one not in the dump. */
  campusOf(unitId: string): string | null {
    let unit = this.units.get(unitId);
    while (unit !== undefined && this.isLibrary(unit.id)) unit = this.units.get(unit.parentId ?? '');
    return unit?.code ?? null;
  }

  /** Writes what is known by now: to be called when everything that stands in a library was loaded. */
  async write(): Promise<void> {
    await this.writeLibraries();
    await this.writeLocations();
  }

  private isLibrary(unitId: string): boolean {
    return this.used.has(unitId) || (this.units.get(unitId)?.holdsCopies ?? false);
  }

  private codeOf(unitId: string): string {
    return this.units.get(unitId)?.code ?? `unit-${unitId}`;
  }

  private async writeLibraries(): Promise<void> {
    const { load } = this;
    const libraries = load.writerOf(load.models.Library);
    const parents = new Set([...this.units.values()].filter(({ id }) => this.isLibrary(id)).map(({ id }) => this.campusOf(id)));
    const usedAddresses = new Set<string>();

    await load.dump.each('actor.org_unit', async (row, report) => {
      const id = row.text('id');
      const code = row.text('shortname');
      if (!this.isLibrary(id)) {
        if (parents.has(code)) return 'MERGED';
        throw new LeftOut('holds no copies, and is the system of no library', code);
      }
      const addressId = row.maybeText('mailing_address') ?? '';
      const address = this.addresses.get(addressId) ?? null;
      if (address !== null) usedAddresses.add(addressId);
      const library = { ...blankLibrary(load, id), code, name: row.text('name'), campusCode: this.campusOf(id) };
      const email = row.maybeText('email');
      await libraries.add({ ...library, email, address, suppressFromDiscovery: !row.flag('opac_visible') }, withdrawing(report, code));
      return 'MAPPED';
    });
    const report = load.dump.report('actor.org_unit');
    for (const id of [...this.used].filter((id) => !this.units.has(id))) {
      report.remark('made a library because copies or loans name it, though it is not in the dump', `id ${id}`);
      await libraries.add({ ...blankLibrary(load, id), code: this.codeOf(id), name: `Org unit ${id}` }, () => undefined);
    }
    await libraries.flush();

    await load.dump.each('actor.org_address', async (row) => {
      if (usedAddresses.has(row.text('id'))) return 'MERGED';
      throw new LeftOut('not the mailing address of a library', row.maybeText('address_type') ?? '');
    });
  }

  private async writeLocations(): Promise<void> {
    const { load } = this;
    const locations = load.writerOf(load.models.Location);
    const writtenFor = new Set<string>();
    for (const [shelfId, { ownerId }] of this.shelves) {
      if (this.isLibrary(ownerId)) this.usedShelves.add(`${ownerId}/${shelfId}`);
    }
    for (const place of this.usedShelves) {
      const [unitId = '', shelfId = ''] = place.split('/');
      writtenFor.add(shelfId);
      const shelf = this.shelves.get(shelfId);
      if (shelf === undefined) {
        const remark = 'made without its name, because copies stand there though it is not in the dump';
        load.dump.report('asset.copy_location').remark(remark, `id ${shelfId} in ${this.codeOf(unitId)}`);
      }
      await locations.add(
        {
          ...blankLocation(load, place),
          libraryCode: this.codeOf(unitId),
          code: shelfId,
          name: shelf?.name ?? `Location ${shelfId}`,
          suppressFromDiscovery: !(shelf?.visible ?? true),
          active: !(shelf?.deleted ?? false),
        },
        () => undefined,
      );
    }
    await locations.flush();

    await load.dump.each('asset.copy_location', async (row) => {
      if (writtenFor.has(row.text('id'))) return 'MAPPED';
      throw new LeftOut('belongs to no library, and no copy stands there', row.text('name'));
    });
  }
}

function addressOf(row: Row): Record<string, string> {
  const given = {
    line1: row.maybeText('street1'),
    line2: row.maybeText('street2'),
    city: row.maybeText('city'),
    region: row.maybeText('state'),
    postalCode: row.maybeText('post_code'),
    country: row.maybeText('country'),
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null));
}

const blankLibrary = (load: Load, unitId: string) => ({
  _id: load.idOf('actor.org_unit', unitId),
  institutionId: load.institutionId,
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
}) satisfies Partial<Library>;

const blankLocation = (load: Load, place: string) => ({
  _id: load.idOf('asset.copy_location', place),
  institutionId: load.institutionId,
  type: 'OPEN',
  fulfillmentUnitCode: null,
  remoteStorageId: null,
  lastChange: null,
}) satisfies Partial<Location>;
