/**
 * The whole installation on one machine: the servers, the mail catcher and our own processes as children of this one.
 *
 * Servers whose address is given are used and not started. Order: store and Temporal together, mail, then worker and
 * API together; they end in reverse (engine.md 5.2).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Now } from '../../config/clock.js';
import { readEnvironment, type Environment } from '../../config/environment.js';
import { startMailCatcher } from '../mail-catcher.js';
import { findServer, type Report } from '../servers/find.js';
import { during } from '../terminal.js';
import { claim, empty, endLeftovers } from './folder.js';
import { processSpec, type OwnProcess } from './own-processes.js';
import { freePort, isFree } from './ports.js';
import { sessionSecret } from './secret.js';
import { mongodSpec, namespace, temporalSpec } from './servers.js';
import { writeStack, type StackAddresses } from './stack-file.js';
import { Supervisor } from './supervise.js';

export interface StackOptions {
  environment: Environment;
  report: Report;
  now: Now;
  /** For whom the folder is taken: `npm start`, `almanac load`. */
  commandLine: string;
  /** Whether the ports that people know are taken when they are free; else any. */
  usualPorts: boolean;
  parts: {
    /** MongoDB as a replica set of one, whose writes are kept as a cluster keeps them; else standalone. */
    replicaSet?: boolean;
    temporal: boolean;
    mail: boolean;
    processes: OwnProcess[];
  };
  /** Everything that was kept is removed first. */
  fresh?: boolean;
  /** Done when the servers are ready and before our own processes start. */
  prepare?: (environment: Environment) => Promise<void>;
}

export interface Stack {
  /** With the addresses of everything that was started. */
  environment: Environment;
  /** Whoever asks again waits for the same end. */
  stop(): Promise<void>;
}

const usual = { mongodb: 27017, temporal: 7233, temporalUi: 8233, smtp: 1025 };

/** Throws `FolderTaken`, `ServerMissing`, `PortTaken`, `CannotListen`, or what a child said that did not become ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { environment: { dataDir }, report, commandLine } = options;
  const release = await claim(dataDir, commandLine);
  const supervisor = new Supervisor(dataDir, report);
  const endings = [release, () => supervisor.stop()];
  let stopping: Promise<void> | null = null;
  const stop = () => (stopping ??= endAll(endings));
  try {
    await rm(join(dataDir, 'stack.json'), { force: true });
    await endLeftovers(dataDir, report);
    if (options.fresh) await empty(dataDir);
    const environment = await startParts(options, supervisor, endings);
    return { environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function endAll(endings: (() => Promise<void>)[]): Promise<void> {
  for (const ending of endings.toReversed()) await ending();
}

async function startParts(
  options: StackOptions, supervisor: Supervisor, endings: (() => Promise<void>)[],
): Promise<Environment> {
  const { environment: given, report, parts } = options;
  const port = await apiPort(given, options.usualPorts, report);
  const [mongodb, temporal] = await during(report, 'Starting MongoDB and Temporal', Promise.all([
    startMongod(options, supervisor),
    parts.temporal ? startTemporal(options, supervisor) : {},
  ]));
  const mail = parts.mail ? await startMail(options, endings) : {};
  const environment = readEnvironment({
    ...given.variables,
    ...mongodb, ...temporal, ...mail,
    PORT: String(port),
    DATA_DIR: given.dataDir,
    SESSION_SECRET: given.sessionSecret ?? (await sessionSecret(given.dataDir)),
  });

  await options.prepare?.(environment);
  const folder = given.dataDir;
  const starting = parts.processes.map((own) => supervisor.start(processSpec(own, folder, environment.variables)));
  await during(report, `Starting ${parts.processes.map(({ name }) => name).join(' and ')}`, Promise.all(starting));
  return environment;
}

/** Settings for the environment of our own processes; none when the server was given. */
type Settings = Record<string, string>;

async function startMongod(options: StackOptions, supervisor: Supervisor): Promise<Settings> {
  const { environment, report, parts } = options;
  if (environment.mongodbUri !== null) return {};
  const found = await findServer('mongod', environment, report);
  const port = await portFor('MongoDB', usual.mongodb, options);
  const place = { folder: environment.dataDir, port, variables: environment.variables };
  await supervisor.start(await mongodSpec(found, place, 1, parts.replicaSet ?? false));
  report(`MongoDB ${found.version}, ${found.from}, on 127.0.0.1:${port}`);
  return { MONGODB_URI: `mongodb://127.0.0.1:${port}/almanac` };
}

async function startTemporal(options: StackOptions, supervisor: Supervisor): Promise<Settings> {
  const { environment, report } = options;
  if (environment.temporal !== null) return {};
  const found = await findServer('temporal', environment, report);
  const port = await portFor('Temporal', usual.temporal, options);
  const uiPort = await portFor('The Temporal Web UI', usual.temporalUi, options);
  const place = { folder: environment.dataDir, port, variables: environment.variables };
  await supervisor.start(await temporalSpec(found, place, uiPort));
  report(`Temporal ${found.version}, ${found.from}, on 127.0.0.1:${port}`);
  return {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_NAMESPACE: namespace, TEMPORAL_UI_URL: `http://127.0.0.1:${uiPort}`,
  };
}

async function startMail(options: StackOptions, endings: (() => Promise<void>)[]): Promise<Settings> {
  const { environment, now, report } = options;
  if (environment.smtpUrl !== null) return {};
  const port = await portFor('The mail catcher', usual.smtp, options);
  const catcher = await startMailCatcher({ folder: join(environment.dataDir, 'mail'), port, now });
  endings.splice(1, 0, catcher.stop); // ended after the worker, which sends
  report(`Mail catcher on 127.0.0.1:${catcher.port}`);
  return { SMTP_URL: `smtp://127.0.0.1:${catcher.port}` };
}

async function portFor(what: string, port: number, { usualPorts, report }: StackOptions): Promise<number> {
  const taken = await freePort(usualPorts ? port : 0);
  if (usualPorts && taken !== port) report(`${what}: port ${port} is taken, so it listens on ${taken}.`);
  return taken;
}

/** A port that somebody asked for and that is taken. */
export class PortTaken extends Error {
  constructor(host: string, port: number) {
    super(`Another program listens on ${host}:${port} (PORT). End it, or choose another with PORT.`);
    this.name = 'PortTaken';
  }
}

/** One that was asked for is not exchanged: others may know it. */
async function apiPort({ port, host, variables }: Environment, usualPorts: boolean, report: Report): Promise<number> {
  const asked = 'PORT' in variables && port !== 0;
  if (asked && !(await isFree(port, host))) throw new PortTaken(host, port);
  const taken = await freePort(asked || usualPorts ? port : 0, host);
  if (usualPorts && port !== 0 && taken !== port) report(`The pages: port ${port} is taken, so they are on ${taken}.`);
  return taken;
}

/** Tells the other commands where this installation is reached. */
export async function announce({ environment }: Stack): Promise<StackAddresses> {
  const { dataDir, mongodbUri, temporal, temporalUiUrl, smtpUrl, publicUrl } = environment;
  const addresses = {
    mongodbUri: mongodbUri ?? '',
    temporalAddress: temporal?.connectionOptions.address ?? '',
    temporalNamespace: temporal?.namespace ?? '',
    apiUrl: publicUrl,
    temporalUiUrl,
    smtpUrl: smtpUrl ?? '',
  };
  await writeStack(dataDir, addresses);
  return addresses;
}
