import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftMounts } from '../../cli/local/left-mounts.js';

test('leftMounts() finds our mounts among others, whatever their paths are called', () => {
  const mountinfo = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '43 22 0:40 / /mnt/pg rw,relatime - fuse.havock8s /srv/pg rw,user_id=0,group_id=0',
    '44 22 0:41 / /mnt/a\\040b\\134c rw shared:7 master:1 - fuse.havock8s /srv/x rw',
    '45 22 0:42 / /mnt/größe rw - fuse.havock8s /srv/y rw',
    '46 22 0:43 / /mnt/sshfs rw - fuse.sshfs host:/ rw',
    '',
  ].join('\n');
  assert.deepEqual([...leftMounts(mountinfo)], ['/mnt/pg', '/mnt/a b\\c', '/mnt/größe']);
});
