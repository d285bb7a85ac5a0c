/** Puts a page into its frame: title, navigation, who is signed in, which institution and what its clock shows. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request, Response } from 'express';
import { may, visibleCategories } from '../../domain/permissions.js';
import type { Session } from '../../models/administration.js';
import { createPages } from '../../templates/pages/render.js';
import type { ApiContext } from '../context.js';
import { when, zoneText } from '../format.js';
import { formToken } from '../sessions.js';
import type { Viewer } from '../viewer.js';
import { configurationSeenBy } from './configuration.js';

export type Section = 'home' | 'scheduled' | 'running' | 'history' | 'letters' | 'desk' | 'configuration' | 'mail' | 'help' | null;

/** What a page says beside its own data. `title` is its one heading and its `<title>`. */
export interface PageData {
  title: string;
  section: Section;
  [field: string]: unknown;
}

export type Present = ReturnType<typeof createPresent>;

/** What was done by the form that led here, by the value of `?done=`. */
const notices: Readonly<Record<string, string>> = {
  schedule: 'The schedule was saved.',
  parameters: 'The parameters were saved.',
  activated: 'The job is active now.',
  deactivated: 'The job is inactive now. A run that has begun goes on.',
  started: 'The run was started.',
  aborting: 'The run is being stopped. What it has done stays done.',
  record: 'It was saved. A run that is at work is not changed by it.',
  'record-moved': 'It was moved. The next run goes by the new order.',
  'record-removed': 'It was deleted. What was done by it stays on record.',
  terms: 'The terms of use were saved.',
  'terms-removed': 'The terms of use were deleted.',
  unit: 'The fulfillment unit was saved.',
  'unit-locations': 'The locations of the unit were saved.',
  'unit-removed': 'The fulfillment unit was deleted, with its rules.',
  rule: 'The rule was saved. What is lent from now on goes by it.',
  'rule-moved': 'The rule was moved. What is lent from now on goes by the new order.',
  'rule-removed': 'The rule was deleted.',
  'key-revoked': 'The key was revoked. Nothing can be done with it any more.',
  'calendar-draft': 'The draft was saved. It counts once the changes are applied.',
  'calendar-discarded': 'What was drafted is gone. What is in force stays.',
  'calendar-applied': 'The changes are in force now. The due date correction looks at the loans concerned when it runs next.',
  institution: 'You are looking at another institution now.',
  'signed-out': 'You are signed out.',
};

export function createPresent(context: ApiContext) {
  const render = createPages();
  const styles = `/public/almanac.css?v=${fingerprint(join(import.meta.dirname, '../public/almanac.css'))}`;
  const icons = `/public/icons.svg?v=${fingerprint(join(import.meta.dirname, '../public/icons.svg'))}`;

  /** The page as text; `viewer` null: nobody is signed in. */
  const pageText = (request: Request, page: string, data: PageData): string => {
    const { viewer, session } = request;
    const notice = notices[String(request.query['done'] ?? '')] ?? null;
    return render(page, { ...data, styles, icons, notice, frame: viewer === undefined || session === undefined ? null : frameOf(context, viewer, session, data.section) });
  };
  /** Answers with a page. */
  const present = (request: Request, response: Response, page: string, data: PageData, status = 200): void => {
    response.status(status).type('html').set('Cache-Control', 'no-store').send(pageText(request, page, data));
  };
  return { present, pageText };
}

const fingerprint = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 10);

function frameOf({ now, mailbox }: ApiContext, viewer: Viewer, session: Session, section: Section) {
  const { institution, zone, grants } = viewer;
  const seesJobs = visibleCategories(grants).length > 0;
  const links: { section: Section; href: string; text: string; icon: string; shown: boolean }[] = [
    { section: 'home', href: '/', text: 'Home', icon: 'home', shown: true },
    { section: 'desk', href: '/desk', text: 'Desk', icon: 'barcode', shown: may(grants, 'CIRCULATION') },
    { section: 'scheduled', href: '/monitor-jobs/scheduled', text: 'Scheduled', icon: 'calendar', shown: seesJobs },
    { section: 'running', href: '/monitor-jobs/running', text: 'Running', icon: 'play', shown: seesJobs },
    { section: 'history', href: '/monitor-jobs/history', text: 'History', icon: 'history', shown: seesJobs },
    { section: 'letters', href: '/letters/sent', text: 'Sent letters', icon: 'letter', shown: may(grants, 'LETTERS') },
    { section: 'configuration', href: '/configuration', text: 'Configuration', icon: 'book', shown: configurationSeenBy(grants).length > 0 },
    { section: 'mail', href: '/mail', text: 'Test mailbox', icon: 'inbox', shown: mailbox !== null && may(grants, 'PATRON_DATA') },
    { section: 'help', href: '/help', text: 'Help', icon: 'help', shown: true },
  ];
  return {
    person: viewer.actor.name,
    ofPlatform: viewer.ofPlatform,
    institution: institution.name,
    sandbox: institution.environment === 'SANDBOX',
    mailPaused: institution.mailPaused,
    mayResumeMail: may(grants, 'SETTINGS'),
    zone: zoneText(zone, now()),
    clock: when(zone, now()),
    token: formToken(session, institution.code),
    links: links.filter(({ shown }) => shown).map((link) => ({ ...link, current: link.section === section })),
  };
}
