/** Configuration: every page on which an institution says how its jobs and its desk work, by what it is about (platform.md 16). */
import { Router } from 'express';
import { may, type Grants } from '../../domain/permissions.js';
import { Refusal } from '../refusal.js';
import type { ApiContext } from '../context.js';
import { viewerOf } from '../viewer.js';
import type { Present } from './present.js';

interface Entry {
  href: string;
  name: string;
  /** What it decides, in a sentence. */
  says: string;
}

interface Group {
  heading: string;
  entries: readonly Entry[];
  isSeen(grants: Grants): boolean;
}

const seesFulfillment = (grants: Grants): boolean => grants.jobs.has('FULFILLMENT');

const groups: readonly Group[] = [
  {
    heading: 'Lending', isSeen: seesFulfillment,
    entries: [{ href: '/terms-of-use', name: 'Terms of use', says: 'How long something is lent, and what it costs late or lost.' }],
  },
  {
    heading: 'Notices and fees', isSeen: seesFulfillment,
    entries: [
      { href: '/overdue-profiles', name: 'Overdue and lost profiles', says: 'When a patron hears that a loan is late, and when it is lost.' },
      { href: '/fines-profiles', name: 'Fines and fees profiles', says: 'When a patron hears what is owed, and what the letter costs.' },
    ],
  },
  {
    heading: 'Access', isSeen: (grants) => may(grants, 'ROLES'),
    entries: [{ href: '/api-keys', name: 'API keys', says: 'Which programs use the REST API, as whom, and until when.' }],
  },
];

/** Whether there is something to configure that the person sees. */
export const seesConfiguration = (grants: Grants): boolean => groups.some(({ isSeen }) => isSeen(grants));

export function configurationPage(_context: ApiContext, { present }: Present): Router {
  const router = Router();
  router.get('/configuration', (request, response) => {
    const { grants } = viewerOf(request);
    if (!seesConfiguration(grants)) throw new Refusal('not-found', 'There is no page /configuration.');
    present(request, response, 'configuration', {
      title: 'Configuration',
      section: 'configuration',
      groups: groups.filter(({ isSeen }) => isSeen(grants)),
    });
  });
  return router;
}
