#!/usr/bin/env node
/** The `almanac` command: installs the packages when they are missing, then runs cli/almanac.ts in this process. */
import { ensurePackages } from './install.mjs';

ensurePackages();
const { register } = await import('tsx/esm/api');
register();
await import('../cli/almanac.ts');
