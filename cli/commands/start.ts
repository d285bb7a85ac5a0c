/** `almanac start`: everything on this machine, until Ctrl-C. */
import { performance } from 'node:perf_hooks';
import type { Command } from 'commander';
import { now } from '../../config/clock.js';
import { environment } from '../../config/environment.js';
import { answer, command } from '../command.js';
import { api, worker } from '../stack/own-processes.js';
import { announce, startStack } from '../stack/stack.js';
import { say } from '../terminal.js';

export function startCommand(): Command {
  return command('start', 'Start everything on this machine, and print where it is', 'almanac start --fresh')
    .option('--fresh', 'remove what was kept in the data folder and begin anew', false)
    .action(async ({ fresh, json }: { fresh: boolean; json: boolean }) => {
      const startedAt = performance.now();
      const interrupted = firstInterrupt();
      const starting = startStack({
        environment: environment(), report: say, now, commandLine: 'almanac start', usualPorts: true, fresh,
        parts: { temporal: true, mail: true, processes: [worker, api] },
      });
      const stack = await Promise.race([starting, interrupted]);
      if (stack === null) {
        await starting.then(({ stop }) => stop());
        return;
      }

      const addresses = await announce(stack);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const { apiUrl, temporalUiUrl } = addresses;
      answer(json, addresses, () => [
        '',
        `Almanac is ready after ${seconds} s.`,
        '',
        `  Monitor Jobs       ${apiUrl}/`,
        ...(stack.environment.smtpUrl?.includes('127.0.0.1') ? [`  Mailbox            ${apiUrl}/mail`] : []),
        ...(temporalUiUrl === null ? [] : [`  Temporal Web UI    ${temporalUiUrl}`]),
        `  API documentation  ${apiUrl}/api/docs`,
        '',
        `  Data and logs are in ${stack.environment.dataDir}. Ctrl-C ends everything.`,
        '',
      ]);

      await interrupted;
      say('Ending …');
      await stack.stop();
    });
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
