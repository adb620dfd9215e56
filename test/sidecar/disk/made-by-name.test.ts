/**
 * Without the right to act in the caller's name, what was made is given to him afterwards: that very thing. Here another
 * takes its name between the two, as soon as it was made.
 */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import { CallerIdentity } from '../../../sidecar/disk/caller-identity.js';
import { libc } from '../../../sidecar/linux/libc.js';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { OpenedVolume } from './opened-volume.js';
import { ask, names, request, u32 } from './request.js';

const { ESTALE } = constants.errno;
const caller = { uid: 2002, gid: 2002 };

interface Making {
  readonly call: 'mkdirat' | 'mknodat' | 'symlinkat';
  readonly frame: () => Buffer;
  readonly secret: (path: string) => void;
}

const makings: readonly Making[] = [
  {
    call: 'mkdirat',
    frame: () => request('MKDIR', caller, u32(0o700, 0), names('x')),
    secret: (path) => mkdirSync(path, { mode: 0o700 }),
  },
  {
    call: 'mknodat',
    frame: () => request('MKNOD', caller, u32(0o010600, 0, 0, 0), names('x')),
    secret: (path) => writeFileSync(path, 'of root', { mode: 0o600 }),
  },
  {
    call: 'symlinkat',
    frame: () => request('SYMLINK', caller, names('x', 'target')),
    secret: (path) => writeFileSync(path, 'of root', { mode: 0o600 }),
  },
];

for (const { call, frame, secret } of makings) {
  test(`what ${call} made is the caller's`, { skip: needs('root') }, (t) => {
    const opened = OpenedVolume.open(t, { caller: new CallerIdentity({ mayChange: false }) });
    assert.equal(ask(opened, frame()).error, 0);
    const { uid, gid } = lstatSync(opened.path('x'));
    assert.deepEqual({ uid, gid }, caller);
  });

  test(`what took the name of what ${call} made is not`, { skip: needs('root') }, async (t) => {
    const opened = OpenedVolume.open(t, { caller: new CallerIdentity({ mayChange: false }) });
    secret(opened.path('secret'));
    const later = Date.now() + 50;
    await until(() => Date.now() > later);
    const real = libc[call];
    t.mock.method(libc, call, (...args: (number | bigint)[]) => {
      const result = real(...args);
      renameSync(opened.path('x'), opened.path('away'));
      renameSync(opened.path('secret'), opened.path('x'));
      return result;
    });
    const { error } = ask(opened, frame());
    assert.ok(error === -ESTALE || error === 0, String(error));
    assert.equal(lstatSync(opened.path('x')).uid, 0);
  });
}
