/**
 * `npm run build`: each program and thread of the product in one file, in `build/`, the tree as in the sources. Node.js
 * takes a millisecond of processor time for each module that it loads, and a sidecar starts eleven threads. So what most
 * of them load of packages lies in these files too, with its licences; all others stay where npm puts them.
 *
 *     cli/main.ts ─┬─ import ───► build/cli/main.js
 *                  └─ import() ─► build/cli/main-*.js, loaded when it is needed
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundle } from './bundle.js';
import { licencesOfPackages } from './licences-of-packages.js';

/** What is started by its path: as a process or as a thread. */
export const programs = [
  'cli/main',
  'sidecar/supervise/local/main',
  'sidecar/supervise/pod/main',
  'sidecar/mount/main',
  'sidecar/proxy/main',
  'sidecar/disk/reader',
  'sidecar/tcp/connection/proxy-thread',
  'sidecar/control/read-only/read-only-thread',
  'certs/issue-worker',
] as const;

/** The others are loaded by few, and when they are needed; koffi has a file that is no JavaScript. */
const withTheProduct = ['commander', 'express', 'pino', 'prom-client', 'yaml', 'zod'] as const;

const command = 'cli/main.js';
const licences = 'licences.txt';
const { include: folders, compilerOptions } = JSON.parse(readFileSync('tsconfig.product.json', 'utf8')) as {
  readonly include: readonly string[];
  readonly compilerOptions: { readonly outDir: string };
};

/** From the folder of package.json. What is there already is left as it is, and may be running. */
export async function buildProduct(): Promise<void> {
  const { outDir } = compilerOptions;
  const [built, inputs] = [new Set<string>(), new Set<string>()];
  const write = (path: string, contents: Uint8Array): void => {
    built.add(path);
    replace(path, contents);
  };
  for (const { outputFiles, metafile } of await Promise.all(
    programs.map((program) => bundle(program, { outDir, isApart })),
  )) {
    for (const input of Object.keys(metafile.inputs))
      if (!['node_modules', ...folders].some((folder) => input.startsWith(`${folder}/`)))
        throw new Error(`${input} must not ship`);
      else inputs.add(input);
    for (const { path, contents } of outputFiles) write(relative('.', path), contents);
  }
  write(join(outDir, licences), Buffer.from(licencesOfPackages(inputs)));
  chmodSync(join(outDir, command), 0o755);
  // Nothing that was compiled is newer.
  utimesSync(join(outDir, command), new Date(), new Date());
  for (const path of filesBelow(outDir)) if (!built.has(path)) rmSync(path);
}

function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}

function isApart(path: string, importer: string): boolean {
  return !importer.includes('/node_modules/') && !withTheProduct.some((name) => name === path);
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
