import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDiskOption } from '../../cli/commands/local/disk-option.js';

test('readDiskOption() reads name, backing, mountpoint and :ro', () => {
  const cases = [
    ['/srv/pg=/mnt/pg', { volume: 'pg', backing: '/srv/pg', mountpoint: '/mnt/pg', readOnly: false }],
    ['/srv/pg=/mnt/pg/', { volume: 'pg', backing: '/srv/pg', mountpoint: '/mnt/pg', readOnly: false }],
    [
      'data:/srv/pg=/mnt/pg:ro',
      { volume: 'data', backing: '/srv/pg', mountpoint: '/mnt/pg', readOnly: true },
    ],
    ['real=disk', { volume: 'disk', backing: resolve('real'), mountpoint: resolve('disk'), readOnly: false }],
    ['./a:b=/mnt/x', { volume: 'x', backing: resolve('a:b'), mountpoint: '/mnt/x', readOnly: false }],
    ['/srv=/mnt/a=b', { kind: 'problem' }],
    ['w:/srv=/mnt/a=b', { volume: 'w', backing: '/srv', mountpoint: '/mnt/a=b', readOnly: false }],
    ['/srv/pg=/mnt/x:ro/', { kind: 'problem' }],
  ] as const;
  for (const [text, due] of cases) {
    const read = readDiskOption(text);
    if ('kind' in due) assert.equal(read.kind, due.kind, text);
    else assert.deepEqual(read, { kind: 'disk', disk: due }, text);
  }
});

test('readDiskOption() refuses what is not a disk, and says what is expected', () => {
  for (const text of ['', '/srv/pg', '=', '=/mnt', '/srv=', 'a b:/srv=/mnt/x', ':/srv=/mnt/x', '/srv=/']) {
    const read = readDiskOption(text);
    assert.equal(read.kind, 'problem', text);
    if (read.kind === 'problem') assert.match(read.problem.message, /BACKING=MOUNT/, text);
  }
});
