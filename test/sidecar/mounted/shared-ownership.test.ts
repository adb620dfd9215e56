/**
 * What is made on a volume is its maker's, and nothing else becomes so: not what somebody who reaches the volume in a
 * second way, as a claim of two pods is reached, has put into its place meanwhile.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../../needs.js';
import { asUser } from './libc/credentials.js';
import { mknod } from './libc/files.js';
import { withMount } from './mounted-disk.js';

const user = { uid: 2002, gid: 2002 };
const exchanger = fileURLToPath(new URL('./keep-exchanging.js', import.meta.url));
const S_IFIFO = 0o010000;
const S_IFREG = 0o100000;
const eachMs = 400;

interface Making {
  readonly what: string;
  readonly make: (path: string) => void;
  /** What root has there, which the user must not get. */
  readonly secret: (path: string) => void;
}

const secretFile = (path: string): void => writeFileSync(path, 'of root', { mode: 0o600 });
const secretDirectory = (path: string): void => mkdirSync(path, { mode: 0o700 });

const makings: readonly Making[] = [
  { what: 'mknod of a file', make: (path) => mknod(path, S_IFREG | 0o600, 0), secret: secretFile },
  { what: 'mknod of a FIFO', make: (path) => mknod(path, S_IFIFO | 0o600, 0), secret: secretFile },
  { what: 'mkdir', make: (path) => mkdirSync(path, { mode: 0o700 }), secret: secretDirectory },
  { what: 'symlink', make: (path) => symlinkSync('target', path), secret: secretFile },
  { what: 'create', make: (path) => closeSync(openSync(path, 'wx', 0o600)), secret: secretFile },
];

test('who makes something gets it, and nothing that took its name meanwhile', {
  skip: needs('root', 'fuse'),
}, async (t) => {
  await withMount(async (disk) => {
    for (const { what, make, secret } of makings) {
      const [own, served] = [disk.backing, disk.mount].map((each) => join(each, 'own')) as [string, string];
      mkdirSync(own);
      chownSync(own, user.uid, user.gid);
      secret(join(own, 'secret'));
      const fd = openSync(join(own, 'secret'), 'r');
      const paths = [join(own, 'secret'), join(own, 'x')];
      const child = spawn(process.execPath, [exchanger, ...paths, String(user.uid)], { stdio: 'pipe' });
      try {
        await once(child.stdout, 'data');
        const { tries, owner } = makeUntil(() => make(join(served, 'x')), fd);
        t.diagnostic(`${what}: ${tries} tries`);
        assert.equal(owner, 0, `${what}: the secret has another owner after ${tries} tries`);
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
        closeSync(fd);
      }
      rmSync(own, { recursive: true });
    }
  });
});

/** Makes it again and again, until the secret has another owner, or for long enough. */
function makeUntil(make: () => void, secret: number): { tries: number; owner: number } {
  const end = performance.now() + eachMs;
  let tries = 0;
  for (; performance.now() < end && fstatSync(secret).uid === 0; tries++) {
    asUser(user, () => {
      try {
        make();
      } catch {
        // There is one yet, or it was taken away meanwhile.
      }
    });
  }
  return { tries, owner: fstatSync(secret).uid };
}
