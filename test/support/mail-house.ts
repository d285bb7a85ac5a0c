/** An institution with a library, users and letters to deliver: builders whose defaults do nothing surprising. */
import type { LetterRequest } from '../../activities/letters.js';
import type { Institution } from '../../models/institution.js';
import type { Models } from '../../models/models.js';
import type { User } from '../../models/user.js';
import { overdueNoticeSamples } from '../../templates/letters/overdue-letter-samples.js';

export async function institution(models: Models, institutionId: string, given: Partial<Institution> = {}): Promise<void> {
  await models.Institution.create({
    institutionId, code: institutionId, name: 'Demo Library', kind: 'INSTITUTION', status: 'ACTIVE', environment: 'PRODUCTION',
    timeZone: 'America/New_York', currency: 'USD', defaultLanguage: 'en', languages: ['en'], ...given,
  });
  await models.Library.create({ institutionId, code: 'MAIN', name: 'Main Library', email: 'main@lib.example' });
}

/** Under the id `<institutionId>-<primaryId>`. */
export async function user(models: Models, institutionId: string, primaryId: string, given: Partial<User> = {}): Promise<void> {
  await models.User.create({
    _id: `${institutionId}-${primaryId}`, institutionId, primaryId, displayName: `Reader ${primaryId}`, lastName: primaryId,
    status: 'ACTIVE', statusDate: '2024-01-01', emails: [email(`${primaryId.toLowerCase()}@x.example`)], ...given,
  });
}

export const email = (address: string, given: { preferred?: boolean; bounced?: boolean } = {}) =>
  ({ address, types: [], preferred: false, bounced: false, segment: 'INTERNAL' as const, ...given });

/** An overdue notice of type 1 about one loan, by e-mail. */
export const notice = (institutionId: string, primaryId: string, given: Partial<LetterRequest> = {}): LetterRequest => ({
  letterCode: 'FulOverdueAndLostLoanNotificationLetter',
  dedupeKey: `run-1:notice:${primaryId}:1`,
  to: { userId: `${institutionId}-${primaryId}` },
  libraryCode: null,
  data: overdueNoticeSamples['one loan, type 1'],
  sendFormat: 'EMAIL',
  causes: [{ recordType: 'loan', recordId: '65e5f0000000000000000001' }],
  runId: 'run-1',
  part: 1,
  ...given,
});
