/** What the pages of the desk have around them: the ways between them, and what their viewer may see and do. */
import { masked, may } from '../../domain/permissions.js';
import type { User } from '../../models/user.js';
import type { Viewer } from '../viewer.js';

export const mayOverride = ({ grants }: Viewer): boolean => may(grants, 'CIRCULATION_OVERRIDE');

/** `current` null: a page below one of them. */
export function deskFrame(viewer: Viewer, current: '/desk' | '/desk/returns' | '/desk/due-dates' | null) {
  const tabs = [
    { href: '/desk', text: 'Patron', shown: true },
    { href: '/desk/returns', text: 'Returns', shown: true },
    { href: '/desk/due-dates', text: 'Many due dates', shown: mayOverride(viewer) },
  ];
  return { section: 'desk' as const, tabs: tabs.filter(({ shown }) => shown).map((tab) => ({ ...tab, current: tab.href === current })) };
}

/** As far as the viewer may know who a patron is. */
export function nameOf({ grants }: Viewer, { _id, displayName, primaryId }: Pick<User, '_id' | 'displayName' | 'primaryId'>): { name: string; primaryId: string | null } {
  return may(grants, 'PATRON_DATA') ? { name: displayName, primaryId } : { name: masked(_id), primaryId: null };
}

/** The page of a patron. */
export const patronPath = (userId: string): string => `/desk/patrons/${userId}`;
