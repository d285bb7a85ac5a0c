/** A parent for tests that kill it: starts the whole stack on DATA_DIR, says `ready`, ends at SIGINT. */
import { now } from '../../config/clock.js';
import { environment } from '../../config/environment.js';
import { announce, startStack } from '../../cli/stack/stack.js';

const stack = await startStack({
  environment: environment(), now, report: (line) => console.log(line), commandLine: 'almanac start', usualPorts: false,
  parts: { temporal: true, mail: true, processes: [{ name: 'worker', entry: new URL('stack-process.mjs', import.meta.url).pathname }] },
});
await announce(stack);
process.once('SIGINT', () => { void stack.stop().then(() => process.exit(0)); });
console.log('ready');
