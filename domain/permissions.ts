/**
 * Who may do what: roles, the permissions they give, and in which categories of jobs.
 *
 * Specification: platform.md 4 and 11. Several roles add up; a role of one library, or one that has expired, gives nothing here.
 */
import { categories, type Category } from './categories.js';
import type { Day } from './days.js';

/** Held for one category of jobs, or for all of them. */
export type JobPermission = 'VIEW' | 'RUN' | 'ABORT' | 'SCHEDULE' | 'CONFIGURE';
/** Held for the institution as a whole. */
export type InstitutionPermission =
  | 'ACTIVATE' | 'NOTIFY' | 'HOLD' | 'LETTERS' | 'RESEND' | 'CONFIG_IO' | 'AUDIT' | 'SETTINGS' | 'ROLES' | 'PATRON_DATA'
  /** The circulation desk: lend, return, take money; and what its managers decide beside: waive, dispute, set aside a block, move many due dates. */
  | 'CIRCULATION' | 'CIRCULATION_OVERRIDE';

export interface HeldRole {
  role: string;
  status: 'ACTIVE' | 'INACTIVE';
  scope: 'INSTITUTION' | 'LIBRARY';
  /** Last day it counts; null = no end. */
  expiryDate: Day | null;
}

/** What a person may do in one institution. */
export interface Grants {
  /** The operator of the platform, who alone reschedules jobs that are not the library's to schedule. */
  readonly operator: boolean;
  readonly institution: ReadonlySet<InstitutionPermission>;
  readonly jobs: ReadonlyMap<Category, ReadonlySet<JobPermission | 'ABORT_OWN'>>;
}

type Rank = 'administrator' | 'manager' | 'operator';
const OF_RANK: Readonly<Record<Rank, readonly (JobPermission | 'ABORT_OWN')[]>> = {
  administrator: ['VIEW', 'RUN', 'ABORT', 'SCHEDULE', 'CONFIGURE'],
  manager: ['VIEW', 'RUN', 'ABORT_OWN'],
  operator: ['VIEW'],
};

const repository = {
  administrator: ['REPOSITORY_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR'],
  manager: ['REPOSITORY_MANAGER', 'CATALOG_MANAGER'],
  operator: ['REPOSITORY_OPERATOR'],
};
/** platform.md 11, second table; Administration is the general system administrator's. */
const ROLES_OF: Readonly<Record<Category, Readonly<Record<Rank, readonly string[]>>>> = {
  ACQUISITION: {
    administrator: ['ACQUISITIONS_ADMINISTRATOR'],
    manager: ['PURCHASING_MANAGER', 'INVOICE_MANAGER'],
    operator: ['PURCHASING_OPERATOR', 'INVOICE_OPERATOR'],
  },
  ADMINISTRATION: { administrator: [], manager: [], operator: [] },
  ANALYTICS: { administrator: ['ANALYTICS_ADMINISTRATOR'], manager: [], operator: [] },
  DATA_SERVICES: repository,
  DISCOVERY: { administrator: ['DISCOVERY_ADMINISTRATOR'], manager: [], operator: [] },
  FULFILLMENT: {
    administrator: ['FULFILLMENT_ADMINISTRATOR'],
    manager: ['FULFILLMENT_SERVICES_MANAGER', 'CIRCULATION_DESK_MANAGER'],
    operator: ['FULFILLMENT_SERVICES_OPERATOR', 'CIRCULATION_DESK_OPERATOR', 'REQUESTS_OPERATOR'],
  },
  IMPORT: {
    administrator: ['CATALOG_ADMINISTRATOR', 'ACQUISITIONS_ADMINISTRATOR'],
    manager: ['CATALOG_MANAGER', 'PURCHASING_MANAGER'],
    operator: ['PURCHASING_OPERATOR'],
  },
  PUBLISHING: repository,
  REPOSITORY: repository,
  USERS: { administrator: ['USER_ADMINISTRATOR'], manager: ['USER_MANAGER'], operator: [] },
};

const ALL_OF_THE_INSTITUTION: readonly InstitutionPermission[] = [
  'ACTIVATE', 'NOTIFY', 'HOLD', 'LETTERS', 'RESEND', 'CONFIG_IO', 'AUDIT', 'SETTINGS', 'ROLES', 'PATRON_DATA',
  'CIRCULATION', 'CIRCULATION_OVERRIDE',
];
/** Our decision: platform.md 11 knows the roles and leaves the desk out. */
const OVERRIDING = ['FULFILLMENT_ADMINISTRATOR', 'FULFILLMENT_SERVICES_MANAGER', 'CIRCULATION_DESK_MANAGER'];
const CIRCULATING = [...OVERRIDING, 'FULFILLMENT_SERVICES_OPERATOR', 'CIRCULATION_DESK_OPERATOR'];

/** The roles that see who a patron is, whatever their rank. */
const PATRON_DATA_CATEGORIES: readonly Category[] = ['FULFILLMENT', 'USERS'];

const ranks = Object.keys(OF_RANK) as Rank[];
/** Every role there is, as the role pages and the seeds may name it. */
export const roles: readonly string[] = [
  ...new Set([
    'PLATFORM_OPERATOR', 'GENERAL_SYSTEM_ADMINISTRATOR', 'LETTER_ADMINISTRATOR', 'AUDITOR',
    ...categories.flatMap((category) => ranks.flatMap((rank) => ROLES_OF[category][rank])),
  ]),
];

/**
 * What somebody's roles give on `today`, a local day of the institution.
 *
 * `ofPlatform`: whether the person belongs to the platform (`institutionId` `*`) and not to a library; only there does
 * PLATFORM_OPERATOR count.
 */
export function grantsOf(
  held: readonly HeldRole[],
  today: Day,
  { ofPlatform, activationBy }: { ofPlatform: boolean; activationBy: 'OPERATOR' | 'OPERATOR_AND_GENERAL_ADMIN' },
): Grants {
  const counting = held.filter((one) => counts(one, today)).map(({ role }) => role);
  const operator = ofPlatform && counting.includes('PLATFORM_OPERATOR');
  const general = !ofPlatform && counting.includes('GENERAL_SYSTEM_ADMINISTRATOR');
  const institution = new Set<InstitutionPermission>();
  const jobs = new Map<Category, Set<JobPermission | 'ABORT_OWN'>>();
  const give = (category: Category, permissions: readonly (JobPermission | 'ABORT_OWN')[]) => {
    jobs.set(category, new Set([...(jobs.get(category) ?? []), ...permissions]));
  };

  if (operator || general) {
    for (const permission of ALL_OF_THE_INSTITUTION) institution.add(permission);
    for (const category of categories) give(category, OF_RANK.administrator);
    if (!operator && activationBy === 'OPERATOR') institution.delete('ACTIVATE');
  }
  if (ofPlatform) return { operator, institution, jobs };

  if (counting.some((role) => CIRCULATING.includes(role))) institution.add('CIRCULATION');
  if (counting.some((role) => OVERRIDING.includes(role))) institution.add('CIRCULATION_OVERRIDE');
  if (counting.includes('LETTER_ADMINISTRATOR')) institution.add('LETTERS').add('RESEND');
  if (counting.includes('AUDITOR')) {
    institution.add('AUDIT');
    for (const category of categories) give(category, ['VIEW']);
  }
  for (const category of categories) {
    for (const rank of ranks) {
      if (!ROLES_OF[category][rank].some((role) => counting.includes(role))) continue;
      give(category, OF_RANK[rank]);
      if (PATRON_DATA_CATEGORIES.includes(category)) institution.add('PATRON_DATA');
    }
  }
  return { operator, institution, jobs };
}

function counts({ status, scope, expiryDate }: HeldRole, today: Day): boolean {
  return status === 'ACTIVE' && scope === 'INSTITUTION' && (expiryDate === null || expiryDate >= today);
}

export function may(grants: Grants, permission: InstitutionPermission): boolean {
  return grants.institution.has(permission);
}

export function mayIn(grants: Grants, category: Category, permission: JobPermission): boolean {
  return grants.jobs.get(category)?.has(permission) ?? false;
}

/** The categories whose jobs, runs and records exist for the person at all. */
export function visibleCategories(grants: Grants): Category[] {
  return categories.filter((category) => mayIn(grants, category, 'VIEW'));
}

/** A job that is not marked "user: yes" is rescheduled by the operator only. */
export function mayReschedule(grants: Grants, job: { category: Category; userSchedulable: boolean }): boolean {
  return grants.operator || (job.userSchedulable && mayIn(grants, job.category, 'SCHEDULE'));
}

/** A manager stops what the manager started. */
export function mayAbort(grants: Grants, run: { category: Category; own: boolean }): boolean {
  return mayIn(grants, run.category, 'ABORT') || (run.own && (grants.jobs.get(run.category)?.has('ABORT_OWN') ?? false));
}

/** How a patron reads to those who may not know who it is. */
export function masked(internalId: string): string {
  return `patron ••••${internalId.slice(-3)}`;
}
