/** Every page on which an institution says how its jobs and its desk work, by what it is about (platform.md 16). */
import { may, type Grants } from '../../domain/permissions.js';

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
    entries: [
      { href: '/terms-of-use', name: 'Terms of use', says: 'How long something is lent, and what it costs late or lost.' },
      { href: '/fulfillment-units', name: 'Fulfillment units', says: 'Which locations lend by which rules: the rules choose the terms of use.' },
      { href: '/libraries', name: 'Libraries', says: 'Who sends the letters of a library, and what a lost item without a price costs there.' },
      { href: '/calendars', name: 'Calendars', says: 'When a library is open, and the days on which nothing may be due.' },
    ],
  },
  {
    heading: 'Patrons', isSeen: seesFulfillment,
    entries: [
      { href: '/patron-limits', name: 'Patron limits', says: 'How much a patron may owe or keep and still borrow and renew.' },
      { href: '/block-definitions', name: 'Block definitions', says: 'What a patron who is blocked cannot do.' },
      { href: '/block-preferences', name: 'Block preferences', says: 'What a limit that is passed, or a request of another, stops.' },
      { href: '/demerit-rules', name: 'Demerit rules', says: 'How many points a late return gives.' },
      { href: '/demerit-settings', name: 'Suspensions', says: 'How many points suspend a patron, and for how long.' },
      { href: '/auto-renewal-rules', name: 'Auto-renewal rules', says: 'Which loans are renewed before they fall due.' },
      { href: '/anonymization-rules/loans', name: 'Anonymization rules', says: 'How long a name stays on loans, fees and requests that have ended.' },
    ],
  },
  {
    heading: 'Notices and fees', isSeen: seesFulfillment,
    entries: [
      { href: '/overdue-profiles', name: 'Overdue and lost profiles', says: 'When a patron hears that a loan is late, and when it is lost.' },
      { href: '/fines-profiles', name: 'Fines and fees profiles', says: 'When a patron hears what is owed, and what the letter costs.' },
      { href: '/fulfillment-settings', name: 'Fulfillment settings', says: 'Fines of lost items, how letters are cut, and what staff may charge.' },
    ],
  },
  {
    heading: 'Institution', isSeen: (grants) => may(grants, 'SETTINGS'),
    entries: [{ href: '/institution', name: 'Institution', says: 'What letters say of it, whether mail goes out, its clock and its currency.' }],
  },
  {
    heading: 'Access', isSeen: (grants) => may(grants, 'ROLES'),
    entries: [{ href: '/api-keys', name: 'API keys', says: 'Which programs use the REST API, as whom, and until when.' }],
  },
];

/** What the person sees of it; empty: there is nothing to configure. */
export const configurationSeenBy = (grants: Grants): Group[] => groups.filter(({ isSeen }) => isSeen(grants));
