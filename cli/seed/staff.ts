/** The staff of the demonstration library: one person for each role, all with one password that is no secret. */
import { hashPassword } from '../../api/passwords.js';
import { dayText } from '../../domain/days.js';
import { roles } from '../../domain/permissions.js';
import type { Models } from '../../models/models.js';
import type { User } from '../../models/user.js';
import { idOf, type Plan } from './plan.js';

/** Printed wherever the library is offered; its institution is a sandbox and writes to `.example` only. */
export const demonstrationPassword = 'almanac-demo';

const OPERATOR = 'PLATFORM_OPERATOR';
/** `fulfillment-administrator` for FULFILLMENT_ADMINISTRATOR. */
const primaryIdOf = (role: string) => role.toLowerCase().replaceAll('_', '-');

/** Who can sign in where. */
export interface SignIn {
  institutionId: string;
  primaryId: string;
  role: string;
}

export function signInsOf(institutionId: string): SignIn[] {
  return roles.map((role) => ({
    institutionId: role === OPERATOR ? '*' : institutionId, // operators belong to no library
    primaryId: role === OPERATOR ? 'operator' : primaryIdOf(role),
    role,
  }));
}

/** Nobody, where an institution of that code is not the demonstration library but somebody's own. */
export async function signInsAt(models: Models, institutionId: string): Promise<SignIn[]> {
  const signIns = signInsOf(institutionId);
  const isMade = await models.User.exists({ institutionId, _id: { $in: signIns.map((one, number) => idOf(one, 'staff', number)) } });
  return isMade === null ? [] : signIns;
}

/** One hash for all: making it takes a tenth of a second, by intention. */
export async function staffOf(plan: Plan): Promise<User[]> {
  const passwordHash = await hashPassword(demonstrationPassword);
  return signInsOf(plan.institutionId).map(({ institutionId, primaryId, role }, number) => ({
    _id: idOf({ institutionId }, 'staff', number),
    institutionId,
    primaryId,
    identifiers: [],
    accountType: 'INTERNAL',
    recordType: 'STAFF',
    displayName: primaryId.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' '),
    firstName: null,
    middleName: null,
    lastName: primaryId,
    title: null,
    userGroup: 'STAFF',
    jobCategory: null,
    campusCode: null,
    preferredLanguage: 'en',
    expiryDate: null,
    purgeDate: null,
    status: 'ACTIVE',
    statusDate: dayText(plan.today),
    statusReason: null,
    emails: [{ address: `${primaryId}@library.example`, types: ['work'], preferred: true, bounced: false, segment: 'INTERNAL' }],
    phones: [],
    addresses: [],
    notes: [],
    statistics: [],
    roles: [{ role, status: 'ACTIVE', scope: 'INSTITUTION', libraryCode: null, expiryDate: null }],
    staff: true,
    letterOptOut: [],
    readingListEmail: 'ALWAYS',
    passwordHash,
    dashboard: { widgets: [] },
    version: 1,
    createdAt: plan.at,
    updatedAt: plan.at,
  }));
}
