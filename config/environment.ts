/**
 * The environment of a process as one checked value: the only reader of `process.env`.
 *
 * Every wrong setting is named at once, with its value and what was expected, and the process does not start. An empty
 * value counts as not set (compose files pass those). Names: engine.md 5.
 */
import { resolve } from 'node:path';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { taskQueues } from './queues.js';

const text = z.string().nullable().default(null);
const port = z.coerce.number().int().min(0).max(65_535);
const webAddress = z.url({ protocol: /^https?$/ });
const bareAddress = /^(?:[^<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;

/** One line a setting: how it is read, what it is without one, and, after `describe`, what an error says was expected. */
const settings = z.object({
  MONGODB_URI: z.string().transform(acknowledgedByTheMajority).nullable().default(null)
    .describe('mongodb:// or mongodb+srv://, with w=majority and journal=true or without these two'),
  TEMPORAL_ADDRESS: z.string().regex(/^(https?:\/\/)?[^\s/]+:\d+$/).nullable().default(null).describe('host:port'),
  TEMPORAL_NAMESPACE: z.string().regex(/^[\w.-]+$/).nullable().default(null).describe('the name of a namespace'),
  TEMPORAL_UI_URL: webAddress.nullable().default(null).describe('an http or https address'),
  TEMPORAL_PROFILE: text,
  TEMPORAL_CONFIG_FILE: text,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).nullable().default(null).describe('smtp:// or smtps://, user and password included'),
  MAIL_FROM: z.string().regex(bareAddress).default('Almanac <almanac@localhost>').describe('address, or Name <address>'),
  MAIL_BOUNCE_DOMAIN: z.string().regex(/^[a-z0-9.-]+$/i).nullable().default(null).describe('a domain name'),
  HOST: z.string().default('127.0.0.1').describe('the address to listen on'),
  PORT: port.default(3000).describe('a port from 0 to 65535 (0: any free one)'),
  PUBLIC_URL: webAddress.nullable().default(null).describe('the http or https address that people open'),
  METRICS_PORT: port.nullable().default(null).describe('a port from 0 to 65535'),
  SESSION_SECRET: z.string().min(32).nullable().default(null).describe('at least 32 characters'),
  DATA_DIR: z.string().default('.almanac').transform((folder) => resolve(folder)).describe('a folder'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')
    .describe('fatal, error, warn, info, debug, trace or silent'),
  WORKER_QUEUES: z.string().transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(taskQueues)).nonempty()).default([...taskQueues])
    .describe(`a comma list of ${taskQueues.join(', ')}`),
  TEMPORAL_CLI_PATH: text.describe('the path of the temporal executable'),
  MONGOD_PATH: text.describe('the path of the mongod executable'),
  CHROMIUM_PATH: text.describe('the path of a Chromium executable'),
  PATH: z.string().default(''),
  ALMANAC_CACHE_DIR: text.describe('the folder of fetched servers'),
  XDG_CACHE_HOME: text,
  LOCALAPPDATA: text,
  ALMANAC_SHARED_DATA: text.describe('the folder of sample data'),
  CI: z.string().default('').transform((value) => value === 'true' || value === '1'),
});

export type Environment = ReturnType<typeof readEnvironment>;

/** All that is wrong with an environment, a line each; `npm start` and the workers print it and end with status 78. */
export class EnvironmentError extends Error {
  constructor(readonly faults: string[]) {
    super(['The environment cannot be right:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'EnvironmentError';
  }
}

/**
 * Throws an `EnvironmentError` that names every wrong setting.
 *
 * `temporal` is null without TEMPORAL_ADDRESS, TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE: a profile in the home folder
 * alone does not send the embedded installation to somebody's cluster.
 */
export function readEnvironment(variables: Record<string, string | undefined>) {
  const given = Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  );
  const parsed = settings.safeParse(given);
  const faults = [...(parsed.error?.issues ?? []).map((issue) => faultOf(String(issue.path[0]), given)), ...unknownNames(given)];
  if (!parsed.success || faults.length > 0) throw new EnvironmentError([...new Set(faults)]);
  const read = parsed.data;

  return {
    mongodbUri: read.MONGODB_URI,
    temporal: temporalOf(given),
    temporalUiUrl: read.TEMPORAL_UI_URL,
    smtpUrl: read.SMTP_URL,
    mailFrom: read.MAIL_FROM,
    mailBounceDomain: read.MAIL_BOUNCE_DOMAIN,
    host: read.HOST,
    port: read.PORT,
    // 0.0.0.0 and :: are addresses to listen on, not to open.
    publicUrl: read.PUBLIC_URL ?? `http://${/^(0\.0\.0\.0|::)$/.test(read.HOST) ? 'localhost' : read.HOST}:${read.PORT}`,
    metricsPort: read.METRICS_PORT,
    sessionSecret: read.SESSION_SECRET,
    dataDir: read.DATA_DIR,
    logLevel: read.LOG_LEVEL,
    workerQueues: read.WORKER_QUEUES,
    servers: {
      temporalCliPath: read.TEMPORAL_CLI_PATH,
      mongodPath: read.MONGOD_PATH,
      chromiumPath: read.CHROMIUM_PATH,
      searchPath: read.PATH,
      cacheDir: read.ALMANAC_CACHE_DIR,
      xdgCacheHome: read.XDG_CACHE_HOME,
      localAppData: read.LOCALAPPDATA,
    },
    sharedData: read.ALMANAC_SHARED_DATA,
    ci: read.CI,
    /** As it came, for child processes. */
    variables: given,
  };
}

let ofThisProcess: Environment | null = null;

/** The environment of this process, read at the first call. */
export function environment(): Environment {
  return (ofThisProcess ??= readEnvironment(process.env));
}

/** The value of a setting that this process cannot do without; the embedded installation passes it to its children. */
export function required<T>(name: string, value: T | null): T {
  if (value === null) throw new EnvironmentError([`${name} is not set, and this process cannot work without it.`]);
  return value;
}

/** Null parts are what the SDK's own defaults decide. Keys of TEMPORAL_* beside ours are read by the SDK. */
function temporalOf(given: Record<string, string>): (ClientConnectConfig & { namespace: string }) | null {
  const fromFile = 'TEMPORAL_PROFILE' in given || 'TEMPORAL_CONFIG_FILE' in given;
  if (!fromFile && !('TEMPORAL_ADDRESS' in given)) return null;
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given, disableFile: !fromFile });
    return { connectionOptions, namespace: namespace ?? 'default' };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError([`TEMPORAL_* cannot be read: ${said}`]);
  }
}

/**
 * A standalone server's default loses writes that it acknowledged when it is killed (engine.md 6.1), so ours is stated,
 * and an address that asks for less is refused.
 */
function acknowledgedByTheMajority(uri: string, context: z.RefinementCtx): string {
  const [base = '', query = ''] = uri.split('?', 2);
  const options = new URLSearchParams(query);
  const weaker = [...options].some(([name, value]) => {
    if (name.toLowerCase() === 'w') return value !== 'majority';
    return name.toLowerCase() === 'journal' && value !== 'true';
  });
  if (weaker || !/^mongodb(\+srv)?:\/\/[^/]+/.test(base)) {
    context.addIssue({ code: 'custom', message: 'weaker or no MongoDB address' });
    return z.NEVER;
  }
  options.set('w', 'majority');
  options.set('journal', 'true');
  return `${/^mongodb(\+srv)?:\/\/[^/]+$/.test(base) ? `${base}/` : base}?${options.toString()}`;
}

/** ALMANAC_TEST_* belongs to the tests, which find their servers by it. */
function unknownNames(given: Record<string, string>): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith('ALMANAC_') && !name.startsWith('ALMANAC_TEST_') && !(name in settings.shape))
    .map((name) => `${name} is no setting of Almanac: a slip of the pen?`);
}

function faultOf(name: string, given: Record<string, string>): string {
  const expectation = settings.shape[name as keyof typeof settings.shape].description ?? 'a text';
  return `${name}=${withoutSecrets(name, given[name] ?? '')}: expected ${expectation}.`;
}

function withoutSecrets(name: string, value: string): string {
  if (/SECRET|KEY|PASSWORD|TOKEN/.test(name)) return `(hidden, ${value.length} characters)`;
  return value.replace(/\/\/[^@/]*@/, '//…@');
}
