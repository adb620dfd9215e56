import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameMount, layersAt, type MountIdentity, mountAt } from '../../../sidecar/mount/mount-identity.js';

test('layersAt() finds our mounts among others, whatever their paths are called', () => {
  const lines = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '43 22 0:40 / /mnt/pg rw,relatime - fuse.havock8s /srv/pg rw,user_id=0,group_id=0',
    '44 22 0:41 / /mnt/a\\040b\\134c rw shared:7 master:1 - fuse.havock8s /srv/x rw',
    '45 22 0:42 / /mnt/größe rw - fuse.havock8s /srv/y rw',
    '46 43 0:43 / /mnt/pg rw - fuse.sshfs host:/ rw',
    '47 46 0:44 / /mnt/pg rw - fuse.havock8s /srv/pg rw',
  ];
  const found = ['/mnt/pg', '/mnt/a b\\c', '/mnt/größe', '/mnt'].map((path) =>
    layersAt(path, lines).map(({ identity: { mountId, device } }) => `${mountId} ${device}`),
  );
  assert.deepEqual(found, [['43 0:40', '47 0:44'], ['44 0:41'], ['45 0:42'], []]);
});

const mount = (mountId: number, device: string, uniqueId: string | null): MountIdentity => ({
  mountId,
  device,
  uniqueId,
});
const old = mount(42, '0:39', '7001');

const pairs: Readonly<Record<string, readonly [MountIdentity, boolean]>> = {
  'the same': [mount(42, '0:39', '7001'), true],
  'one that got its numbers after its end': [mount(42, '0:39', '7002'), false],
  'the same, by a kernel or a source without unique numbers': [mount(42, '0:39', null), true],
  'another of the same device, as propagation makes them': [mount(43, '0:39', null), false],
  'another with the same number': [mount(42, '0:40', null), false],
};

for (const [what, [other, same]] of Object.entries(pairs))
  test(`isSameMount() says ${same} of a mount and ${what}`, () => {
    assert.equal(isSameMount(old, other), same);
    assert.equal(isSameMount(other, old), same);
  });

test('mountAt() says of a path on which mount it lies, and follows no link', () => {
  const proc = mountAt('/proc') ?? assert.fail();
  assert.ok(isSameMount(proc, mountAt('/proc/version') ?? assert.fail()));
  assert.ok(!isSameMount(proc, mountAt('/') ?? assert.fail()));
  assert.ok(isSameMount(proc, mountAt('/proc/self/root') ?? assert.fail()));
  assert.equal(mountAt('/proc/nothing'), null);
});
