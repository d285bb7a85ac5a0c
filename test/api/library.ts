/** A library as the tests of API and pages know it: two institutions, staff of several roles, scheduled jobs, a night of runs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, Connection as EngineConnection } from '@temporalio/client';
import { pino } from 'pino';
import { createApp } from '../../api/app.js';
import { bindOperations } from '../../api/bind-operations.js';
import type { ApiContext } from '../../api/context.js';
import { jobs } from '../../catalogue/jobs.js';
import type { JobDefinition } from '../../catalogue/definition.js';
import { foldText } from '../../domain/text.js';
import { newId } from '../../models/document.js';
import type { Models } from '../../models/models.js';
import { newRun, type NewRun } from '../../models/new-run.js';
import type { StoredRun } from '../../models/run.js';
import type { RoleAssignment } from '../../models/user.js';
import { emptyDatabase } from '../support/database.js';

/** Tuesday 12 May 2026, 12:00 in Berlin. */
export const NOON = new Date('2026-05-12T10:00:00.000Z');
export const PASSWORD = 'correct horse battery staple';
/** Of it, at a cost that is no matter: the real one takes as long as most tests. */
const PASSWORD_HASH = 'scrypt$16$8$1$BwcHBwcHBwcHBwcHBwcHBw$dEBxRa0B7ubPMcP--pAJYsSJRiR4twtXSovDF89yRMg';

export interface TestLibrary {
  models: Models;
  context: ApiContext;
  address: string;
  /** The clock of the API; tests move it. */
  clock: { now: Date };
  /** What was asked to be brought into line with the engine, in order. */
  reconciled: string[];
  signIn(primaryId: string, institution?: string): Promise<Visitor>;
  stop(): Promise<void>;
}

/** Nothing listens there: the engine is down. */
const NO_ENGINE = '127.0.0.1:1';

export async function openLibrary(changes: Partial<ApiContext> = {}): Promise<TestLibrary> {
  const { models, close } = await emptyDatabase();
  await seed(models);
  const clock = { now: NOON };
  const reconciled: string[] = [];
  const engine = EngineConnection.lazy({ address: NO_ENGINE });
  const operating = { models, client: new Client({ connection: engine }), now: () => clock.now, taskQueue: 'no-worker', explainers: {} };
  const context: ApiContext = {
    models,
    now: operating.now,
    operations: bindOperations(operating),
    log: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    publicUrl: 'http://127.0.0.1',
    temporalUiUrl: 'http://127.0.0.1:8233',
    temporalNamespace: 'almanac',
    mailbox: null,
    workerMetricsPort: null,
    wakeMail: async () => Promise.reject(new Error('the engine is down')),
    reconcileScheduledJob: async ({ scheduledJobId }) => {
      reconciled.push(scheduledJobId);
    },
    ...changes,
  };
  const server = createApp(context).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signIn = async (primaryId: string, institution?: string) => {
    const visitor = new Visitor(address);
    const answer = await visitor.post('/sign-in', { primaryId, password: PASSWORD, to: '/', ...(institution && { institution }) });
    assert.equal(answer.status, 303, await answer.text());
    return visitor;
  };
  return {
    models, context, address, clock, reconciled, signIn,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await engine.close();
      await close();
    },
  };
}

/** A browser without JavaScript: keeps cookies, follows nothing by itself, sends forms with the token of the page. */
export class Visitor {
  private cookies = new Map<string, string>();

  constructor(private readonly address: string) {}

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = { ...(this.cookies.size > 0 && { cookie: this.cookie }), ...(options.headers as Record<string, string>) };
    const answer = await fetch(this.address + path, { redirect: 'manual', ...options, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  async page(path: string): Promise<string> {
    const answer = await this.fetch(path);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${answer.status} ${text.slice(0, 400)}`);
    return text;
  }

  post(path: string, fields: Record<string, string | string[]>): Promise<Response> {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) body.append(name, value);
    return this.fetch(path, { method: 'POST', body });
  }

  /** Opens the page of a form and sends it with its hidden fields and these. */
  async submit(page: string, fields: Record<string, string | string[]>, action = page): Promise<Response> {
    const html = await this.page(page);
    const form = html.slice(html.indexOf(`action="${action}"`));
    const hidden = [...form.slice(0, form.indexOf('</form>')).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    return this.post(action, { ...Object.fromEntries(hidden.map(([, name, value]) => [name!, unescaped(value!)])), ...fields });
  }

  async json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; headers: Headers; body: never }> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const answer = await this.fetch(path, { method, headers, ...sent });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as never };
  }
}

const unescaped = (text: string) => text.replaceAll('&#x3D;', '=').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

export const role = (name: string, given: Partial<RoleAssignment> = {}): RoleAssignment => ({
  role: name, status: 'ACTIVE', scope: 'INSTITUTION', libraryCode: null, expiryDate: null, ...given,
});

/** People of the library that `demoLibrary` makes, by primary id with one role each; they sign in as everybody does. */
export async function demoStaff({ models }: Pick<TestLibrary, 'models'>, roleOf: Readonly<Record<string, string>>): Promise<void> {
  await models.User.create(Object.entries(roleOf).map(([primaryId, name]) => ({
    institutionId: 'demo', primaryId, displayName: primaryId, lastName: primaryId, status: 'ACTIVE' as const, statusDate: '2025-01-01', roles: [role(name)], passwordHash: PASSWORD_HASH,
  })));
}

const staff = (institutionId: string, primaryId: string, displayName: string, roles: RoleAssignment[]) => ({
  institutionId, primaryId, displayName, lastName: displayName.split(' ').at(-1) ?? '', roles, passwordHash: PASSWORD_HASH,
  status: 'ACTIVE' as const, statusDate: '2025-01-01', recordType: 'STAFF' as const, staff: true, _id: newId(),
});

async function seed(models: Models): Promise<void> {
  const institution = (code: string, name: string, environment: 'SANDBOX' | 'PRODUCTION') => ({
    institutionId: code, code, name, environment, kind: 'INSTITUTION' as const, status: 'ACTIVE' as const, timeZone: 'Europe/Berlin', currency: 'EUR',
    defaultLanguage: 'en', languages: ['en', 'de'],
  });
  await models.Institution.create([institution('riverside', 'Riverside City Library', 'SANDBOX'), institution('hill', 'Hill College', 'PRODUCTION')]);
  await models.User.create([
    staff('riverside', 'admin', 'Ada Winter', [role('GENERAL_SYSTEM_ADMINISTRATOR')]),
    staff('riverside', 'fulfil', 'Femi Okafor', [role('FULFILLMENT_ADMINISTRATOR')]),
    staff('riverside', 'manager', 'Mona Bergström', [role('CIRCULATION_DESK_MANAGER')]),
    staff('riverside', 'buyer', 'Bo Larsen', [role('PURCHASING_OPERATOR')]),
    staff('riverside', 'letters', 'Lena Ortiz', [role('LETTER_ADMINISTRATOR')]),
    staff('riverside', 'nobody', 'Nils Nobody', [role('FULFILLMENT_ADMINISTRATOR', { scope: 'LIBRARY', libraryCode: 'MAIN' })]),
    staff('riverside', 'both', 'Both Here', [role('GENERAL_SYSTEM_ADMINISTRATOR')]),
    staff('hill', 'both', 'Both There', [role('GENERAL_SYSTEM_ADMINISTRATOR')]),
    staff('hill', 'hilladmin', 'Hilda Hill', [role('GENERAL_SYSTEM_ADMINISTRATOR')]),
    staff('*', 'operator', 'Olu Operator', [role('PLATFORM_OPERATOR')]),
  ]);
  for (const institutionId of ['riverside', 'hill']) {
    await models.ScheduledJob.create(
      jobs.filter((job) => job.instances === 'ONE' && Object.keys(job.listedWhen).length === 0).map((job) => scheduledJob(institutionId, job)),
    );
  }
}

function scheduledJob(institutionId: string, definition: JobDefinition) {
  const { key, name, category, defaultSchedule } = definition;
  const schedule = 'slots' in defaultSchedule ? defaultSchedule.slots[0]! : { kind: 'NONE' as const };
  return {
    _id: newId(), institutionId, jobKey: key, instanceKey: `${key}::-:1`, name, nameFolded: foldText(name), category,
    active: definition.available || category === 'REPOSITORY', inactiveReason: definition.available || category === 'REPOSITORY' ? null : ('NOT_ENABLED' as const),
    schedule, parameters: definition.parameters.parse({}), guard: { enabled: definition.guarded, factor: 5, minRecords: 500 },
  };
}

/** The scheduled job of a key in an institution. */
export async function jobNamed({ models }: TestLibrary, jobKey: string, institutionId = 'riverside') {
  const job = await models.ScheduledJob.findOne({ institutionId, jobKey }).lean();
  assert.ok(job, `no scheduled job ${jobKey}`);
  return job;
}

let processId = 1040;

/** A run of a job, ended well an hour ago unless said otherwise. */
export async function aRun(library: TestLibrary, jobKey: string, given: Partial<StoredRun> = {}, start: Partial<NewRun> = {}): Promise<StoredRun> {
  const { models } = library;
  const job = await jobNamed(library, jobKey, given.institutionId);
  const institution = await models.Institution.findOne({ institutionId: job.institutionId }).lean();
  assert.ok(institution);
  const submittedAt = given.submittedAt ?? new Date('2026-05-12T02:00:00.000Z');
  const base = newRun(job, institution, {
    trigger: 'SCHEDULE', processId: (processId += 1), submittedBy: { type: 'SYSTEM', id: null, name: 'System' }, submittedAt, asOf: submittedAt, ...start,
  });
  const run: StoredRun = {
    ...base, status: 'COMPLETED_SUCCESSFULLY', startedAt: submittedAt, endedAt: new Date(submittedAt.getTime() + 95_000),
    counters: { recordsSelected: 120, recordsProcessed: 120, recordsChanged: 117, recordsUnchanged: 3, recordsInError: 0, lettersCreated: 40 },
    ...given,
  };
  await models.Run.create(run);
  return run;
}
