#!/usr/bin/env node
/** The `almanac` command: installs the packages when they are missing, then runs cli/almanac.ts in this process. */
import { ensurePackages, root } from './install.mjs';

ensurePackages();
process.argv.splice(2, 0, `${root}cli/almanac.ts`);
await import('./source.mjs'); // not before there are packages
