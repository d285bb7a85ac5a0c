/**
 * Addresses of the servers that the global setup started for all test files of a run.
 *
 * A test takes a database, a namespace or ids of its own. It calls these at the top of the file or in `beforeAll`: the
 * run counts a file whose server is missing as skipped, by name, and as failed when CI=true.
 */

/** The address of a mongod without a database name: `mongodb://127.0.0.1:40001/?w=majority&journal=true`. */
export function mongo(): string {
  return addressOf('MongoDB', 'MONGODB_URI');
}

/** `127.0.0.1:40002`, with the namespaces `default` and `almanac`; its histories suggest continue-as-new at 200 events. */
export function temporal(): string {
  return addressOf('Temporal', 'TEMPORAL_ADDRESS');
}

function addressOf(title: string, variable: string): string {
  const address = process.env[`ALMANAC_TEST_${variable}`];
  if (address !== undefined) return address;
  const reason = process.env[`ALMANAC_TEST_${variable}_MISSING`] ?? 'the global setup of vitest.config.ts did not run';
  throw new Error(`This test needs ${title}: ${reason}`);
}
