/** Who is asking: a signed-in person in one institution, with what their roles give there today. */
import type { ReqId } from 'pino-http';
import type { Request } from 'express';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import type { Session } from '../models/administration.js';
import type { Institution } from '../models/institution.js';
import type { Actor } from '../models/scheduled-job.js';
import { dayText, localDay, zoneOf, type Zone } from '../domain/days.js';
import type { Category } from '../domain/categories.js';
import {
  grantsOf,
  mayIn,
  visibleCategories,
  may,
  type Grants,
  type HeldRole,
  type InstitutionPermission,
  type JobPermission,
} from '../domain/permissions.js';

/** Whoever is known by a request, before it is said in which institution they ask. */
export interface Caller {
  /** `*`: of the platform. */
  institutionId: string;
  actor: Actor & { id: string };
  roles: readonly HeldRole[];
  /** Their own; null for the people of the platform, who have none. */
  institution: Institution | null;
}

export interface Viewer {
  /** As the audit and the runs they start will name them. */
  actor: Caller['actor'];
  /** Belongs to the platform and may choose among the institutions. */
  ofPlatform: boolean;
  institution: Institution;
  zone: Zone;
  grants: Grants;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** The living session that it carries. */
    session?: Session;
    caller?: Caller;
    /** Of a session: the caller in the institution that the pages show. */
    viewer?: Viewer;
    id: ReqId;
  }
}

export function viewerOf(request: Request): Viewer {
  if (request.viewer === undefined) throw new Refusal('unauthenticated', 'Sign in to see this.');
  return request.viewer;
}

/**
 * The caller in an institution. To those of one library another institution does not exist; the people of the platform see
 * all. `null`: the first in alphabetical order, for somebody of the platform who has not chosen yet.
 */
export async function viewerIn(
  { models, now }: ApiContext,
  { institutionId, actor, roles, institution: own }: Caller,
  code: string | null,
): Promise<Viewer | null> {
  const ofPlatform = institutionId === '*';
  const wanted = ofPlatform ? code : institutionId;
  if (!ofPlatform && code !== null && code !== institutionId) return null;
  const institution =
    wanted === null
      ? await models.Institution.findOne().sort({ code: 1 }).lean()
      : (own ?? (await models.Institution.findOne({ institutionId: wanted, code: wanted }).lean()));
  if (institution === null) return null;
  const zone = zoneOf(institution.timeZone);
  const today = dayText(localDay(zone, now().getTime()));
  return { actor, ofPlatform, institution, zone, grants: grantsOf(roles, today, { ofPlatform, activationBy: institution.activationBy }) };
}

/** What the person may not know of does not exist; what they may see but not do is forbidden. */
export function demandIn(viewer: Viewer, category: Category, permission: JobPermission, what: string): void {
  if (!mayIn(viewer.grants, category, 'VIEW')) throw new Refusal('not-found', `There is no ${what}.`);
  if (!mayIn(viewer.grants, category, permission)) throw forbidden(`${permission} in the category ${category}`);
}

export function demand(viewer: Viewer, permission: InstitutionPermission): void {
  if (!may(viewer.grants, permission)) throw forbidden(permission);
}

/** Whoever configures fulfillment jobs keeps what these go by; others who see the jobs read it. */
export const mayConfigureFulfillment = ({ grants }: Viewer): boolean => mayIn(grants, 'FULFILLMENT', 'CONFIGURE');

/** Somebody whose roles show no jobs at all has nothing to look for on Monitor Jobs. */
export function demandJobs(viewer: Viewer): Category[] {
  const visible = visibleCategories(viewer.grants);
  if (visible.length === 0) throw forbidden('VIEW in some category of jobs');
  return visible;
}

export const forbidden = (permission: string): Refusal =>
  new Refusal('forbidden', `Your roles do not give you the permission ${permission}.`);
