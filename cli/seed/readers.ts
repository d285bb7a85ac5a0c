/** The readers of the demonstration library. */
import { dayText } from '../../domain/days.js';
import { patronRole, type User } from '../../models/user.js';
import { nameLists } from './names.js';
import { GROUPS, idOf, pick, stamps, WITHOUT_ADDRESS, type Plan } from './plan.js';

const barcodeOfUser = (number: number) => `2${String(number).padStart(9, '0')}`;

export function userAt(plan: Plan, number: number): User {
  const { language, first, last } = pick(nameLists, number, 1);
  const [firstName, lastName] = [pick(first, number, 2), pick(last, number, 3)];
  const primaryId = `reader${String(number).padStart(6, '0')}`;
  const isExpired = number % 50 === 49;
  return {
    _id: idOf(plan, 'user', number),
    institutionId: plan.institutionId,
    primaryId,
    identifiers: [{ type: 'BARCODE', value: barcodeOfUser(number), note: null, status: 'ACTIVE', segment: 'INTERNAL' }],
    accountType: 'INTERNAL',
    recordType: 'PUBLIC',
    displayName: `${firstName} ${lastName}`,
    firstName,
    middleName: null,
    lastName,
    title: null,
    userGroup: pick(GROUPS, number, 4),
    jobCategory: null,
    campusCode: null,
    preferredLanguage: language,
    expiryDate: dayText(plan.today + (isExpired ? -10 : 365)),
    purgeDate: null,
    status: 'ACTIVE',
    statusDate: dayText(plan.today - 400),
    statusReason: null,
    emails:
      number % 200 === WITHOUT_ADDRESS
        ? []
        : [{ address: `${primaryId}@patrons.example`, types: ['personal'], preferred: true, bounced: false, segment: 'INTERNAL' }],
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
    ...stamps(plan),
  };
}
