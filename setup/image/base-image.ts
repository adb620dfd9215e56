/**
 * What images are built on: Node's own image from a registry, or, where none is reached, a Debian of our own making that
 * has Node and npm where Node's image has them.
 *
 *     debootstrap ─► minimal Debian ─┐
 *     this machine's node, npm ──────┴─► an image, kept by the builder
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheRoot } from '../../test/cluster/binaries.js';
import { type Builder, runBuilder } from './builder.js';

export const nodeImage = 'docker.io/library/node:20-bookworm-slim';

export type BaseKind = 'registry' | 'debootstrap';

const pullMs = 120_000;
const debootstrapMs = 600_000;
const suite = 'bookworm';
/** Of what is only there for people, or made anew. */
const idle = [
  'usr/share/doc',
  'usr/share/locale',
  'usr/share/man',
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
];

/** A reference that `FROM` takes. */
export function baseImage(builder: Builder, kind: BaseKind | undefined, say: (line: string) => void): string {
  if (kind !== 'debootstrap' && isPulled(builder)) return nodeImage;
  if (kind === 'registry') throw new Error(`${nodeImage} cannot be pulled`);
  const reference = `localhost/havock8s-node:${suite}-${keyOfBase()}`;
  if (has(builder, reference)) return reference;
  say(
    `no registry gives ${nodeImage}: a base of Debian ${suite} and Node ${process.version} is made (a minute, once)`,
  );
  makeBase(builder, reference);
  return reference;
}

/** A registry that is not reached says so at once, or not at all. */
function isPulled(builder: Builder): boolean {
  if (has(builder, nodeImage)) return true;
  const [program = '', ...args] = builder.command(['pull', nodeImage]);
  return spawnSync(program, args, { stdio: 'ignore', timeout: pullMs }).status === 0;
}

function has(builder: Builder, reference: string): boolean {
  const [program = '', ...args] = builder.command(['inspect', '--type=image', reference]);
  return spawnSync(program, args, { stdio: 'ignore', timeout: pullMs }).status === 0;
}

/** Another Node or npm, or another recipe, is another base. */
function keyOfBase(): string {
  const npm = JSON.parse(readFileSync(join(npmFolder(), 'package.json'), 'utf8')) as { version: string };
  const recipe = [suite, process.version, process.arch, npm.version, idle];
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}

function makeBase(builder: Builder, reference: string): void {
  mkdirSync(cacheRoot(), { recursive: true });
  const root = mkdtempSync(join(cacheRoot(), 'debootstrap-'));
  try {
    const { status, stdout, error } = spawnSync('debootstrap', ['--variant=minbase', suite, root], {
      encoding: 'utf8',
      timeout: debootstrapMs,
    });
    if (error !== undefined) throw new Error('debootstrap is missing (Debian: apt-get install debootstrap)');
    if (status !== 0) throw new Error(`debootstrap failed:\n${stdout.slice(-2000)}`);
    for (const folder of idle) {
      rmSync(join(root, folder), { recursive: true, force: true });
      mkdirSync(join(root, folder), { recursive: true });
    }
    addNode(join(root, 'usr/local'));
    const container = runBuilder(builder, ['from', 'scratch']).trim();
    runBuilder(builder, ['add', '--quiet', container, root, '/'], { timeoutMs: debootstrapMs });
    runBuilder(builder, ['commit', '--rm', '--quiet', container, reference], { timeoutMs: debootstrapMs });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The Node that runs this, and its npm. */
function addNode(local: string): void {
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  cpSync(npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
}

function npmFolder(): string {
  const prefix = dirname(dirname(process.execPath));
  const folder = ['lib/node_modules/npm', 'share/nodejs/npm']
    .map((path) => resolve(prefix, path))
    .find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`npm is not where Node ${process.execPath} has it`);
  return folder;
}
