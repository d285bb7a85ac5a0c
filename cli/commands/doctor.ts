/** `almanac doctor`: what this machine has, in which version, and how to get what is missing. */
import type { Command } from 'commander';
import { environment } from '../../config/environment.js';
import { answer, command } from '../command.js';
import { findChromium } from '../servers/chromium.js';
import { findServer } from '../servers/find.js';
import { ownerOf } from '../stack/folder.js';

interface Finding {
  part: string;
  found: boolean;
  /** Version and place, or what was tried and what helps. */
  details: string;
}

export function doctorCommand(): Command {
  return command('doctor', 'Show what is found, which versions, and how to get what is missing', 'almanac doctor --json')
    .action(async ({ json }: { json: boolean }) => {
      const findings = [node, ...await Promise.all([mongodb(), temporal(), chromium(), dataFolder()])];
      answer(json, findings, () =>
        findings.map(({ part, found, details }) => `${found ? 'found  ' : 'missing'}  ${part.padEnd(12)} ${details}`));
      if (findings.some(({ found }) => !found)) process.exitCode = 1;
    });
}

const node: Finding = {
  part: 'Node.js', found: true, details: `${process.versions.node}, ${process.platform} ${process.arch}`,
};

async function mongodb(): Promise<Finding> {
  if (environment().mongodbUri !== null) return { part: 'MongoDB', found: true, details: 'given by MONGODB_URI' };
  return server('MongoDB', 'mongod');
}

async function temporal(): Promise<Finding> {
  const given = environment().temporal?.connectionOptions.address;
  if (given !== undefined) return { part: 'Temporal', found: true, details: `given: ${given}` };
  return server('Temporal', 'temporal');
}

/** Looks without fetching, so a server that `npm start` would fetch is missing here. */
async function server(part: string, name: 'mongod' | 'temporal'): Promise<Finding> {
  return finding(part, async () => {
    const { version, from, executable } = await findServer(name, environment(), () => undefined, { fetching: false });
    return `${version}, ${from}: ${executable}`;
  }, 'npm start and npm test fetch it');
}

async function chromium(): Promise<Finding> {
  return finding('Chromium', async () => {
    const { version, from, executable } = await findChromium(environment());
    return `${version}, ${from}: ${executable}`;
  }, 'only the tests of the pages need it');
}

async function dataFolder(): Promise<Finding> {
  const { dataDir } = environment();
  const owner = await ownerOf(dataDir);
  const use = owner === null ? 'nothing runs on it' : `${owner.name} runs on it, process ${owner.pid}`;
  return { part: 'Data folder', found: true, details: `${dataDir}, ${use}` };
}

async function finding(part: string, look: () => Promise<string>, comfort: string): Promise<Finding> {
  try {
    return { part, found: true, details: await look() };
  } catch (error) {
    return { part, found: false, details: `${error instanceof Error ? error.message : String(error)}\n  (${comfort})` };
  }
}
