/** Where the other commands work: on the running installation, or on servers of their own for as long as they take. */
import { now } from '../config/clock.js';
import { environment, readEnvironment, required, type Environment } from '../config/environment.js';
import type { OwnProcess } from './stack/own-processes.js';
import { runningStack } from './stack/stack-file.js';
import { startStack } from './stack/stack.js';
import { say } from './terminal.js';

export interface Installation {
  /** With the addresses of what runs, for code that takes an environment. */
  environment: Environment;
  mongodbUri: string;
  apiUrl: string;
}

interface Needs {
  /** As people call it: `almanac load`. */
  commandLine: string;
  /** `mongodb` alone, or with Temporal; mail and processes are started only beside Temporal. */
  servers: 'mongodb' | 'mongodb and temporal';
  /** Started when no installation runs on the folder and no server was given by its address. */
  processes: OwnProcess[];
}

/** Ends what it started when `work` has ended, also when it failed. Throws what `startStack` throws. */
export async function withInstallation<T>(needs: Needs, work: (installation: Installation) => Promise<T>): Promise<T> {
  const given = environment();
  const running = await runningStack(given.dataDir);
  if (running !== null) {
    const { mongodbUri, temporalAddress, temporalNamespace, smtpUrl, apiUrl } = running;
    return work(installationOf(readEnvironment({
      ...given.variables,
      MONGODB_URI: mongodbUri, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: temporalNamespace,
      SMTP_URL: smtpUrl, PUBLIC_URL: apiUrl,
    })));
  }

  const withTemporal = needs.servers === 'mongodb and temporal';
  // Servers that were given have an installation around them, whose workers do the work.
  const elsewhere = given.mongodbUri !== null && given.temporal !== null;
  const stack = await startStack({
    environment: given, report: say, now, commandLine: needs.commandLine, usualPorts: false,
    parts: { temporal: withTemporal, mail: withTemporal && !elsewhere, processes: elsewhere ? [] : needs.processes },
  });
  const stopped = () => { void stack.stop().finally(() => process.exit(130)); };
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  try {
    return await work(installationOf(stack.environment));
  } finally {
    process.off('SIGINT', stopped).off('SIGTERM', stopped);
    await stack.stop();
  }
}

function installationOf(of: Environment): Installation {
  return {
    environment: of,
    mongodbUri: required('MONGODB_URI', of.mongodbUri),
    apiUrl: of.publicUrl,
  };
}
