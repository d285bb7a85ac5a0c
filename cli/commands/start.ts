/** `almanac start`: everything on this machine, until Ctrl-C. */
import { performance } from 'node:perf_hooks';
import type { Command } from 'commander';
import { now } from '../../config/clock.js';
import { environment, required } from '../../config/environment.js';
import { answer, command } from '../command.js';
import { demonstrationPassword, type SignIn } from '../seed/staff.js';
import { api, worker } from '../stack/own-processes.js';
import type { StackAddresses } from '../stack/stack-file.js';
import { announce, startStack } from '../stack/stack.js';
import { say } from '../terminal.js';

export function startCommand(): Command {
  return command('start', 'Start everything on this machine, and print where it is', 'almanac start --fresh')
    .option('--fresh', 'remove what was kept in the data folder and begin anew', false)
    .action(async ({ fresh, json }: { fresh: boolean; json: boolean }) => {
      const startedAt = performance.now();
      const interrupted = firstInterrupt();
      // A store that was given is somebody's own: nothing is put into it unasked, least of all people with a known password.
      const demonstration = environment().mongodbUri === null ? import('../seed/first-start.js') : null;
      let signIns: SignIn[] = [];
      const starting = startStack({
        environment: environment(), report: say, now, commandLine: 'almanac start', usualPorts: true, fresh,
        parts: { temporal: true, mail: true, processes: [worker, api] },
        prepare: async ({ mongodbUri }) => {
          if (demonstration === null) return;
          signIns = await (await demonstration).demonstrationOf(required('MONGODB_URI', mongodbUri));
        },
      });
      const stack = await Promise.race([starting, interrupted]);
      if (stack === null) {
        say('Ending once what has begun is up; Ctrl-C once more ends at once …');
        await starting.then(({ stop }) => stop());
        return;
      }

      const addresses = await announce(stack);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      answer(json, { ...addresses, signIns }, () => [
        '',
        `Almanac is ready after ${seconds} s.`,
        '',
        ...addressLines(addresses),
        ...signInLines(signIns),
        '',
        `  Data and logs are in ${stack.environment.dataDir}. Ctrl-C ends everything.`,
        '',
      ]);

      await interrupted;
      say('Ending …');
      await stack.stop();
    });
}

function addressLines({ apiUrl, smtpUrl, temporalUiUrl }: StackAddresses): string[] {
  return [
    `  Monitor Jobs       ${apiUrl}/`,
    ...(new URL(smtpUrl).hostname === '127.0.0.1' ? [`  Mailbox            ${apiUrl}/mail`] : []),
    ...(temporalUiUrl === null ? [] : [`  Temporal Web UI    ${temporalUiUrl}`]),
    `  API documentation  ${apiUrl}/api/docs`,
  ];
}

/** Those who see most; `almanac seed` lists them all. */
function signInLines(signIns: SignIn[]): string[] {
  const shown = signIns.filter(({ role }) => ['PLATFORM_OPERATOR', 'GENERAL_SYSTEM_ADMINISTRATOR', 'FULFILLMENT_ADMINISTRATOR'].includes(role));
  if (shown.length === 0) return ['', '  To look around in a library of invented readers: almanac seed'];
  return [
    '',
    `  Sign in to the demonstration library with the password ${demonstrationPassword} as`,
    ...shown.map(({ primaryId, role }) => `    ${primaryId.padEnd(30)} ${role}`),
  ];
}

/** Resolves with null at the first Ctrl-C, SIGTERM or closed terminal. A second one ends at once. */
function firstInterrupt(): Promise<null> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130); // whose listener kills the children
        asked = true;
        resolve(null);
      });
    }
  });
}
