/** Extended attributes whose rules the kernel leaves to the file system beneath, which would take us for the caller. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import { libc } from '../../../sidecar/linux/libc.js';
import { OpenedVolume } from './opened-volume.js';
import { ask, lookUp, names, nodeidOf, request, u32 } from './request.js';

const { EOPNOTSUPP } = constants.errno;

test('an attribute of system.* that is not an ACL is not set or removed as root, by nobody', (t) => {
  const opened = OpenedVolume.open(t);
  writeFileSync(opened.path('a'), '');
  const nodeid = nodeidOf(lookUp(opened, 'a'));
  const set = t.mock.method(libc, 'setxattr');
  const removed = t.mock.method(libc, 'removexattr');
  const value = Buffer.from('value');
  for (const name of ['system.nfs4_acl', 'system.cifs_acl', 'system.']) {
    const parts = [u32(value.length, 0, 0, 0), names(name), value];
    assert.equal(ask(opened, request('SETXATTR', { nodeid, uid: 2002 }, ...parts)).error, -EOPNOTSUPP, name);
    assert.equal(
      ask(opened, request('REMOVEXATTR', { nodeid, uid: 2002 }, names(name))).error,
      -EOPNOTSUPP,
      name,
    );
  }
  assert.deepEqual([set.mock.callCount(), removed.mock.callCount()], [0, 0]);
  ask(
    opened,
    request('SETXATTR', { nodeid }, u32(value.length, 0, 0, 0), names('system.posix_acl_access'), value),
  );
  assert.equal(set.mock.callCount(), 1, 'an ACL is');
});
