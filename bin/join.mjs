/**
 * Joins a source with all that it imports from the repository into one file of build/, named by its content: loading hundreds of files one by
 * one would cost a process a second of its core (docs/decisions/016). Packages stay where they are.
 *
 * `node bin/join.mjs worker/main.ts api/main.ts` does so ahead, for a folder that cannot be written later.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './install.mjs';

const folder = join(root, 'build');

/** Answers with the path of the joined file. */
export async function joined(entry) {
  const name = relative(root, entry).replaceAll(/\W+/g, '-');
  const { outputFiles: [file] } = await build({
    entryPoints: [entry],
    outfile: join(folder, `${name}.mjs`), // the source map's paths start here
    write: false, bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20', keepNames: true,
    sourcemap: 'inline', sourcesContent: false, logLevel: 'silent', plugins: [whereSourcesAre],
  });
  const path = join(folder, `${name}-${createHash('sha256').update(file.contents).digest('hex').slice(0, 16)}.mjs`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  // Several processes may do so at once, and one may be killed meanwhile: the name appears with the whole content.
  await writeFile(`${path}.${process.pid}`, file.contents);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

/** A source that asks where it is hears of its own place, not of the joined file's. */
const whereSourcesAre = {
  name: 'where sources are',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const entry of process.argv.slice(2)) console.log(await joined(resolve(entry)));
