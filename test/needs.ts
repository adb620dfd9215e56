/**
 * What a test needs of the machine it runs on, so that it skips with a reason instead of failing for one:
 *
 *     test('a mount survives its fault proxy', { skip: needs('fuse', 'fio') }, async () => { ... });
 *
 * Every reason starts with `missing`; `.ci/run` lets no such skip pass. Which Debian package brings what
 * stands in dev/jobs/packages.
 */
import { spawnSync } from 'node:child_process';
import { constants, readFileSync } from 'node:fs';
import { allows, isProgram } from './is-program.js';
import { mayBoundMemory } from './memory-cgroup.js';
import { postgresBin } from './postgres-bin.js';

export type Need = keyof typeof present;

/** The `skip` option of node:test: false when the machine has it all, else what it lacks. */
export function needs(...parts: readonly Need[]): string | false {
  const lacking = parts.filter((part) => !has(part));
  return lacking.length === 0 ? false : `missing: ${lacking.map((part) => sentences[part]).join(', ')}`;
}

const present = {
  root: () => process.getuid?.() === 0,
  fuse: () => isReadWrite('/dev/fuse') && (mayMount() || has('unshare')),
  unshare: () => succeeds('unshare', ['--user', '--map-root-user', '--mount', 'true']),
  loop: () => ['mount', 'mkfs.ext4'].every(isProgram) && isReadWrite('/dev/loop-control'),
  btrfs: () => ['mkfs.btrfs', 'btrfs'].every(isProgram) && knowsFilesystem('btrfs'),
  bindfs: () => isProgram('bindfs'),
  setpriv: () => isProgram('setpriv'),
  network: () => ['nft', 'ip', 'setpriv', 'nsenter'].every(isProgram) && mayMakeNetworks(),
  'memory-cgroup': mayBoundMemory,
  fio: () => isProgram('fio'),
  haproxy: () => isProgram('haproxy'),
  postgres: () => postgresBin() !== null,
  redis: () => ['redis-server', 'redis-benchmark'].every(isProgram),
  mariadb: () => ['mariadbd', 'mariadb-install-db', 'mariadb'].every(isProgram),
  chromium: () => isProgram('chromium'),
  sqlite3: () => isProgram('sqlite3'),
  attr: () => isProgram('setfattr'),
  acl: () => isProgram('setfacl'),
  etcd: () => isProgram('etcd'),
  python3: () => isProgram('python3'),
  prometheus: () => ['prometheus', 'prometheus-alertmanager'].every(isProgram),
  buildah: () => isProgram('buildah'),
  debootstrap: () => isProgram('debootstrap'),
  'kube-apiserver': () => isProgram('kube-apiserver'),
  kubectl: () => isProgram('kubectl'),
  helm: () => isProgram('helm'),
  manager: () => isProgram('manager'),
} as const;

const sentences: Readonly<Record<Need, string>> = {
  root: 'root',
  fuse: '/dev/fuse, readable and writable, and the right to mount',
  unshare: 'unshare, and a kernel that lets this user make namespaces',
  loop: 'loop devices, mount and mkfs.ext4',
  btrfs: 'mkfs.btrfs and btrfs, and a kernel with btrfs',
  bindfs: 'bindfs',
  setpriv: 'setpriv',
  network: 'nft, ip, setpriv, nsenter, and the right to make network namespaces',
  'memory-cgroup': 'the right to make a cgroup with bounded memory',
  fio: 'fio',
  haproxy: 'haproxy',
  postgres: 'a PostgreSQL server with pgbench, pg_checksums and pg_amcheck',
  redis: 'redis-server and redis-benchmark',
  mariadb: 'mariadbd and its programs',
  chromium: 'chromium',
  sqlite3: 'sqlite3',
  attr: 'setfattr',
  acl: 'setfacl',
  etcd: 'etcd',
  python3: 'python3',
  prometheus: 'prometheus and prometheus-alertmanager',
  buildah: 'buildah',
  debootstrap: 'debootstrap',
  'kube-apiserver': 'kube-apiserver, which npm run test:e2e builds with Go 1.24',
  kubectl: 'kubectl, which npm test fetches',
  helm: 'helm, which npm test fetches',
  manager: 'the manager of CloudNativePG, which npm run test:e2e builds with Go 1.24',
};

const answers = new Map<Need, boolean>();

function has(part: Need): boolean {
  const known = answers.get(part);
  if (known !== undefined) return known;
  const answer = present[part]();
  answers.set(part, answer);
  return answer;
}

function isReadWrite(path: string): boolean {
  return allows(path, constants.R_OK | constants.W_OK);
}

/** CAP_SYS_ADMIN is bit 21 of the effective capabilities: a container's root often lacks it. */
function mayMount(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n;
}

/** Built in, or a module that is there to load. */
function knowsFilesystem(name: string): boolean {
  return readFileSync('/proc/filesystems', 'utf8').includes(`\t${name}\n`) || succeeds('modprobe', [name]);
}

/** As root, or in a user namespace. */
function mayMakeNetworks(): boolean {
  const user = present.root() ? [] : ['--user', '--map-root-user'];
  return succeeds('unshare', [...user, '--net', 'true']);
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5_000 }).status === 0;
}
