/** A whole installation with its pages and a browser: the demonstration library, made today, and its staff. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pino } from 'pino';
import { createExplainers } from '../../activities/explain.js';
import { wakeMail } from '../../activities/mail/wake.js';
import { createApp } from '../../api/app.js';
import { bindOperations } from '../../api/bind-operations.js';
import { listMail, readMail, sourceOf } from '../../cli/mail-catcher.js';
import { sizes } from '../../cli/seed/plan.js';
import { demonstrationInstitution, seedDemonstration } from '../../cli/seed/seed.js';
import { demonstrationPassword } from '../../cli/seed/staff.js';
import { reconcileScheduledJob } from '../../worker/reconciliation.js';
import { openBrowser } from './browser.js';
import { openHouse, type House } from './house.js';

export interface PagesHouse {
  house: House;
  institutionId: string;
  address: string;
  /** A tab of a browser of its own, whose paths begin at the pages. */
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Where the links to the engine lead. */
export const TEMPORAL_UI = 'http://127.0.0.1:8233';

export async function openPages(name: string): Promise<PagesHouse> {
  const browser: Browser = await openBrowser();
  const house = await openHouse(name);
  const { models, operating, mailFolder } = house;
  await seedDemonstration({ models, now: operating.now, onProgress: () => undefined }, demonstrationInstitution, sizes.S);
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', createApp({
    operations: bindOperations({ ...operating, explainers: createExplainers(models) }),
    models,
    now: operating.now,
    log: pino({ level: 'silent' }),
    publicUrl: address,
    temporalUiUrl: TEMPORAL_UI,
    temporalNamespace: house.namespace,
    workerMetricsPort: null,
    mailbox: { list: (page) => listMail(mailFolder, page), read: (id) => readMail(mailFolder, id), source: (id) => sourceOf(mailFolder, id) },
    wakeMail: (institutionId) => wakeMail(operating.client, institutionId, operating.taskQueue),
    reconcileScheduledJob: ({ institutionId, scheduledJobId }) => reconcileScheduledJob(operating, institutionId, scheduledJobId),
  }));
  return {
    house,
    institutionId: demonstrationInstitution,
    address,
    async open(options = {}) {
      const context = await browser.newContext({ baseURL: address, ...options });
      return context.newPage();
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await house.close();
    },
  };
}

/** From the sign-in page to home; the staff of the demonstration library has one password. */
export async function signIn(page: Page, primaryId: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('User name').fill(primaryId);
  await page.getByLabel('Password').fill(demonstrationPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: /^Good day/ }).waitFor();
}
